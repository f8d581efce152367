"""A log as lines, whatever is in it."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.validation.triage.log import LONGEST, bare, read_lines

ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])


class Dripping(io.BytesIO):
    """Gives one byte at a time, as a pipe may."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(1, size) if size and size > 0 else 1)


def lines_of(data: bytes) -> list[str]:
    return read_lines(io.BytesIO(data))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", []),
        (b"a", ["a"]),
        (b"a\n", ["a"]),
        (b"a\n\nb", ["a", "", "b"]),
        (b"1%\r2%\r3%\nok\r\nend\r", ["1%", "2%", "3%", "ok", "end"]),
        (b"\x1b[31mred\x1b[0m\n", ["red"]),
        (b"a\x00b\xff\n", ["ab\ufffd"]),
        (b"\r\n\r\n", ["", ""]),
        ("ä\u2028b\x0bc\n".encode(), ["ä b c"]),
    ],
)
def test_lines_end_where_an_editor_ends_them(data: bytes, expected: list[str]) -> None:
    assert lines_of(data) == expected


@given(st.lists(st.tuples(st.text(alphabet="ab é", max_size=5), ENDS), max_size=20))
def test_it_does_not_matter_how_the_bytes_arrive(rows: list[tuple[str, bytes]]) -> None:
    data = b"".join(text.encode() + end for text, end in rows)
    assert read_lines(Dripping(data)) == lines_of(data)
    assert lines_of(data) == [
        line.rstrip() for line in data.decode().replace("\r\n", "\n").replace("\r", "\n").splitlines()
    ]


@given(st.binary(max_size=500))
def test_any_bytes_are_lines_that_can_be_printed(data: bytes) -> None:
    for line in lines_of(data):
        assert not {"\n", "\r", "\x1b", "\x00"} & set(line)
        line.encode()


def test_a_line_of_any_length_is_cut() -> None:
    assert [len(line) for line in lines_of(b"x" * 3_000_000 + b"\ny")] == [LONGEST, 1]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2024-05-06T07:08:09.1234567Z error: x", "error: x"),
        ("build\tRun make\t2024-05-06T07:08:09.1234567Z error: x", "error: x"),
        ("[2024-05-06T07:08:09.123Z] error: x", "error: x"),
        ("2024-05-06 07:08:09,123 error: x", "error: x"),
        ("error: 2024-05-06T07:08:09Z", "error: 2024-05-06T07:08:09Z"),
        ("\tat a.b(c.java:1)", "\tat a.b(c.java:1)"),
    ],
)
def test_the_time_before_a_line_is_no_part_of_it(line: str, expected: str) -> None:
    assert bare(line) == expected
