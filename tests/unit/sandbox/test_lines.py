"""Lines while they come: the same whatever the chunks, and never more than a line in memory."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.sandbox.lines import LONGEST_LINE, Lines
from orchestrator.sandbox.text import clean

STREAM = st.lists(
    st.sampled_from([b"a", b"bc", b"\n", b"\r", b"\r\n", b"\x1b[1m", "é".encode(), b"0123456789" * 3])
).map(b"".join)


def cut(chunks: Sequence[bytes], longest: int = LONGEST_LINE) -> list[str]:
    got: list[str] = []
    lines = Lines(got.append, longest=longest)
    for chunk in chunks:
        lines.add(chunk)
        assert len(lines._partial) <= longest + 1
    lines.finish()
    return got


def singly(data: bytes) -> list[bytes]:
    return [data[index : index + 1] for index in range(len(data))]


@given(STREAM, st.integers(1, 12), st.integers(5, 50))
def test_how_the_stream_is_chunked_makes_no_difference(data: bytes, size: int, longest: int) -> None:
    chunks = [data[start : start + size] for start in range(0, len(data), size)]
    assert cut(chunks, longest) == cut([data], longest) == cut(singly(data), longest)


@given(STREAM)
def test_the_lines_are_those_of_the_cleaned_text(data: bytes) -> None:
    text = clean(data)
    assert cut([data]) == (text.removesuffix("\n").split("\n") if text else [])


@pytest.mark.parametrize(
    ("chunks", "lines"),
    [
        ([], []),
        ([b""], []),
        ([b"no end"], ["no end"]),
        ([b"a\nb"], ["a", "b"]),
        ([b"\n\n"], ["", ""]),
        ([b"a\r", b"\nb\r", b"c\r"], ["a", "b", "c"]),
        ([b"a\r\r", b"\r\nb"], ["a", "b"]),
        ([b"\xc3", b"\xa9\n"], ["é"]),
        ([b"\x1b[3", b"1mred\n"], ["red"]),
    ],
)
def test_a_line_is_passed_on_when_its_end_has_come(chunks: list[bytes], lines: list[str]) -> None:
    assert cut(chunks) == lines


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_a_long_line_is_cut_once_and_its_rest_skipped(end: bytes) -> None:
    expected = ["x" * 10 + " [... line cut]", "next"]
    assert cut([b"x" * 25 + end + b"next\n"], 10) == expected
    assert cut([b"x" * 11, b"y" * 1000, end, b"next\n"], 10) == expected


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_line_of_just_the_limit_is_whole(end: bytes) -> None:
    assert cut(singly(b"x" * 10 + end), 10) == ["x" * 10]


def test_a_line_is_there_before_the_next_one_comes() -> None:
    got: list[str] = []
    lines = Lines(got.append)
    lines.add(b"one\ntw")
    assert got == ["one"]
    lines.add(b"o\n")
    assert got == ["one", "two"]
