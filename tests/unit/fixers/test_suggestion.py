"""The pure application of edits."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.domain.suggestion import Edit, applied
from orchestrator.errors import EditError

TEXTS = {"a.py": "one\ntwo\nthree\n", "b.py": "x = 1\r\ny = 2\r\n"}


def test_edits_of_several_files_are_applied_at_once() -> None:
    edits = [Edit("a.py", 4, 7, "2"), Edit("b.py", 0, 1, "z"), Edit("a.py", 0, 0, "zero\n")]
    assert applied(TEXTS, edits) == {"a.py": "zero\none\n2\nthree\n", "b.py": "z = 1\r\ny = 2\r\n"}


def test_inserted_lines_end_as_the_others_do() -> None:
    assert applied(TEXTS, [Edit("b.py", 0, 0, "import os\n")]) == {"b.py": "import os\r\nx = 1\r\ny = 2\r\n"}


def test_insertions_at_one_place_keep_their_order() -> None:
    assert applied({"a": "|"}, [Edit("a", 0, 0, "1"), Edit("a", 0, 0, "2")]) == {"a": "12|"}


def test_an_edit_that_changes_nothing_leaves_the_file_out() -> None:
    assert applied(TEXTS, [Edit("a.py", 0, 3, "one")]) == {}


@pytest.mark.parametrize(
    ("edits", "reason"),
    [
        ([Edit("a.py", 0, 5, ""), Edit("a.py", 4, 6, "")], "overlap at character 4"),
        ([Edit("a.py", 0, 99, "")], "no characters 0 to 99"),
        ([Edit("a.py", -1, 2, "")], "no characters -1 to 2"),
        ([Edit("c.py", 0, 0, "x")], "no such file"),
        ([Edit("b.py", 0, 1, "z"), Edit("c.py", 0, 0, "x")], "no such file"),
    ],
)
def test_what_cannot_be_applied_whole_is_not_applied(edits: list[Edit], reason: str) -> None:
    with pytest.raises(EditError, match=reason):
        applied(TEXTS, edits)


@settings(max_examples=60)
@given(st.text("ab\n", max_size=20), st.data())
def test_edits_do_not_depend_on_the_order_in_which_they_are_given(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=4, max_size=4, unique=len(text) > 3)))
    edits = [Edit("f", cuts[0], cuts[1], "X"), Edit("f", cuts[2], cuts[3], "Y")]
    if cuts[0] < cuts[2]:
        expected = text[: cuts[0]] + "X" + text[cuts[1] : cuts[2]] + "Y" + text[cuts[3] :]
        assert applied({"f": text}, edits)["f"] == applied({"f": text}, edits[::-1])["f"] == expected
