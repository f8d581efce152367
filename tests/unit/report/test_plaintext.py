import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.report.plaintext import (
    cells,
    clean,
    clip,
    clip_middle,
    count,
    duration,
    encodable,
    last_lines,
    timestamp,
    without_frames,
    wrap,
)

ANY = st.text(st.characters(), max_size=80)
"""Surrogates and controls included."""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("", ""),
        ("a\tb\u00a0c", "a b c"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("one\r\ntwo", "one\\r\\ntwo"),
        ("abc\u202egnp.exe", "abc\\u202egnp.exe"),
        ("\udc80", "\\udc80"),
        ("\U000e0041", "\\U000e0041"),
        ("größe 你好", "größe 你好"),
    ],
)
def test_what_does_not_print_is_shown_as_its_escape(text: str, shown: str) -> None:
    assert clean(text) == shown


@given(ANY, st.integers(4, 20))
def test_clean_text_prints_and_keeps_its_limit(text: str, limit: int) -> None:
    assert clean(text, limit).isprintable()
    assert len(clean(text, limit)) <= limit


@given(ANY.map(clean), st.integers(0, 30))
def test_a_cut_text_has_at_most_the_width(text: str, width: int) -> None:
    assert cells(clip(text, width)) <= width
    assert cells(clip_middle(text, width)) <= width
    assert clip(text, cells(text)) == text == clip_middle(text, cells(text))


@given(ANY.map(clean), st.integers(2, 30))
def test_wrapped_lines_have_at_most_the_width_and_lose_only_spaces(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cells(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_cuts_show() -> None:
    assert clip("abcdefghij", 8) == "abcde..."
    assert clip_middle("compile[src-parser.c]", 14) == "compil...er.c]"
    assert clip("你好你好", 5) == "你..."


def test_wide_and_combining_characters_take_their_columns() -> None:
    assert (cells("abc"), cells("你好"), cells(unicodedata.normalize("NFD", "é"))) == (3, 4, 1)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0.0 s"),
        (-3, "0.0 s"),
        (0.44, "0.4 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (125, "2 min 05 s"),
        (3599.6, "1 h 00 min"),
        (10_925, "3 h 02 min"),
    ],
)
def test_durations_are_for_people(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


def test_times_are_rfc_3339_in_utc_with_milliseconds() -> None:
    assert timestamp(1_800_000_000.0456) == "2027-01-15T08:00:00.045Z"
    assert timestamp(0) == "1970-01-01T00:00:00.000Z"


def test_what_an_encoding_cannot_hold_is_escaped() -> None:
    assert encodable("größe", "ascii") == "gr\\xf6\\xdfe"
    assert encodable("größe", "latin-1") == "größe"
    assert encodable("größe", "no such encoding") == "gr\\xf6\\xdfe"


def test_the_last_lines_that_hold_something() -> None:
    assert last_lines("a\n\n b\x1b \n\nc\n\n", 2) == [" b\\x1b", "c"]
    assert last_lines(" \n", 3) == []


def test_counts_have_their_plural() -> None:
    assert [count(number, "node") for number in (0, 1, 1200)] == ["0 nodes", "1 node", "1,200 nodes"]


def test_frames_of_the_runner_are_no_evidence() -> None:
    own = "Error: expected 2\n    at total (/p/lib/ledger.js:4:7)"
    further = "\n    at runTest (/p/node_modules/jest-runner/build/index.js:343:7)\n    at tick (node:t:1)"
    assert without_frames(own + further) == own
    assert without_frames("") == ""
