from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.executor.kinds.outputfile import MAX_BYTES, OutputFileError, read_outputs


@pytest.mark.parametrize(
    ("text", "outputs"),
    [
        ("", {}),
        ("\n\n", {}),
        ("a=1\n", {"a": "1"}),
        ("a=1", {"a": "1"}),
        ("a=\n", {"a": ""}),
        ("a=b=c\n", {"a": "b=c"}),
        ("a=x << y\n", {"a": "x << y"}),
        ("a=1\na=2\n", {"a": "2"}),
        ("a<<END\none\ntwo\nEND\nb=3\n", {"a": "one\ntwo", "b": "3"}),
        ("a<<END\nEND\n", {"a": ""}),
        ("a<<E\nb=1\n\n c\nE\n", {"a": "b=1\n\n c"}),
    ],
)
def test_outputs_are_read(tmp_path: Path, text: str, outputs: dict[str, str]) -> None:
    path = tmp_path / "out"
    path.write_text(text)
    assert read_outputs(path) == outputs


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ok=1\nhello\n", "line 2 is neither"),
        ("=1\n", "line 1 is neither"),
        ("a<<END\none\n", "starts in line 1 is not closed by 'END'"),
        ("x" * (MAX_BYTES + 1), "more than"),
    ],
)
def test_anything_else_is_an_error_that_names_the_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "out"
    path.write_text(text)
    with pytest.raises(OutputFileError, match=message):
        read_outputs(path)


def test_a_removed_file_holds_no_outputs(tmp_path: Path) -> None:
    assert read_outputs(tmp_path / "gone") == {}


NAMES = st.from_regex(r"[a-z][a-z0-9_-]{0,10}", fullmatch=True)


@given(
    st.dictionaries(
        NAMES, st.text(st.characters(exclude_characters="\r", codec="utf-8")).filter(lambda t: "END" not in t)
    )
)
def test_what_was_written_between_marks_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, outputs: dict[str, str]
) -> None:
    path = tmp_path_factory.mktemp("o") / "out"
    path.write_bytes("".join(f"{name}<<END\n{value}\nEND\n" for name, value in outputs.items()).encode())
    assert read_outputs(path) == outputs
