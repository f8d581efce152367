r"""Cleaning: what a terminal would act upon is gone, what a person would read is there."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.sandbox.text import clean, without_split_end

CASES = {
    "plain text with a tab": (b"a\tb\n", "a\tb\n"),
    "characters of several bytes": ("naïve ✓ 🙂".encode(), "naïve ✓ 🙂"),
    "colours": (b"\x1b[1;31merror\x1b[0m: x", "error: x"),
    "a colon in a colour": (b"\x1b[38:2::1:2:3mx\x1b[m", "x"),
    "cursor movement and erasing": (b"a\x1b[2K\x1b[1Gb\x1b[?25l", "ab"),
    "a title closed by BEL": (b"\x1b]0;evil\x07ok", "ok"),
    "a title closed by ST": (b"\x1b]2;evil\x1b\\ok", "ok"),
    "a link": (b"\x1b]8;;http://x\x1b\\text\x1b]8;;\x1b\\", "text"),
    "a device control string": (b"\x1bPq#0;2;0\x1b\\ok", "ok"),
    "an application command": (b"\x1b_Gf=24;AAAA\x1b\\ok", "ok"),
    "8-bit introducers": ("\x9b31mred\x9b0m \x9d0;t\x9cok".encode(), "red ok"),
    "a character set": (b"\x1b(Bok\x1b=", "ok"),
    "a title that is never closed": (b"\x1b]0;FAILED test_x\nnext", "0;FAILED test_x\nnext"),
    "a colour that is cut off": (b"x\x1b[3", "x3"),
    "a lone escape at the end": (b"x\x1b", "x"),
    "control characters": (b"a\x00b\x07c\x08d\x0be\x0cf\x7fg", "abcdefg"),
    "Windows line ends": (b"a\r\nb\r\r\nc\r\n", "a\nb\nc\n"),
    "a progress bar": (b" 10%\r 50%\r100%\n", " 10%\n 50%\n100%\n"),
    "bytes that are not UTF-8": (b"a\xff\xfe\x9bb", "a\ufffd\ufffd\ufffdb"),
    "an escape inside an escape": (b"\x1b[\x1b[31mx", "x"),
}


@pytest.mark.parametrize(("data", "text"), CASES.values(), ids=CASES)
def test_what_a_terminal_would_act_upon_is_removed(data: bytes, text: str) -> None:
    assert clean(data) == text


PIECES = st.sampled_from([b"\x1b[", b"\x1b]", b"\x1b\\", b"\x07", b"\x1b", b"31m", b"\r", b"\n", b"\xc2\x9b", b"\xc2"])
TERMINAL = st.lists(
    st.one_of(PIECES, st.binary(max_size=4), st.text(max_size=4).map(lambda t: t.encode("utf-8", "replace")))
).map(b"".join)


@given(TERMINAL)
def test_nothing_that_steers_a_terminal_is_left(data: bytes) -> None:
    assert [char for char in clean(data) if unicodedata.category(char) == "Cc" and char not in "\n\t"] == []


@given(TERMINAL)
def test_cleaning_twice_changes_nothing(data: bytes) -> None:
    assert clean(clean(data).encode()) == clean(data)


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"])))
def test_text_without_control_characters_stays_as_it_is(text: str) -> None:
    assert clean(text.encode()) == text


@given(st.lists(TERMINAL.map(lambda data: data.replace(b"\r", b""))))
def test_lines_can_be_cleaned_one_at_a_time(lines: list[bytes]) -> None:
    assert clean(b"\n".join(lines)) == "\n".join(map(clean, lines))


@given(st.text(min_size=1), st.integers(0, 3))
def test_only_the_bytes_of_a_split_character_are_taken_off(text: str, cut: int) -> None:
    data = text.encode("utf-8", "replace")
    whole = without_split_end(data[: len(data) - cut])
    assert data.startswith(whole)
    assert "\ufffd" not in whole.decode("utf-8", "strict").replace("\ufffd", "")
    assert len(data) - cut - len(whole) < 4
