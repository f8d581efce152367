"""Text, JSON and XML that nobody vouches for."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.errors import ParseError
from orchestrator.validation.parsers.jsontext import (
    as_int,
    as_seconds,
    as_text,
    dig,
    objects,
    read_document,
    read_lines,
)
from orchestrator.validation.parsers.text import LONGEST_LINE, blocks, clipped, first_line, lines, plain
from orchestrator.validation.parsers.xmltext import read_xml


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[31merror\x1b[0m: x", "error: x"),
        ("\x1b]8;;http://x\x07link\x1b]8;;\x1b\\", "link"),
        ("a\r\nb\rc\x0bd\u2028e", "a\nb\nc\nd\ne"),
        ("a\x00b\x7fc\x9bd", "abcd"),
        ("\ud800x", "x"),
        ("\x1b[", ""),
        ("tab\tstays\n", "tab\tstays\n"),
    ],
)
def test_escapes_and_control_characters_are_removed(text: str, expected: str) -> None:
    assert plain(text) == expected


@given(st.text())
def test_plain_text_stays_as_it_is(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
    once.encode()


def test_long_lines_are_cut_before_a_pattern_sees_them() -> None:
    assert [len(line) for line in lines("a" * 10_000 + "\nb")] == [LONGEST_LINE, 1]


def test_a_message_is_the_first_line_that_says_something() -> None:
    assert first_line("\n \n  \x1b[1mIt  is\x1b[0m\tso\nmore") == "It is so"
    assert len(first_line("x" * 9_999)) == 500
    assert first_line("") == ""


def test_details_that_are_long_are_cut_in_the_middle() -> None:
    cut = clipped("a" * 6_000 + "\n" + "b" * 6_000)
    assert (cut[:3], cut[-3:]) == ("aaa", "bbb")
    assert "characters left out" in cut
    assert len(cut) < 8_100
    assert clipped(["", "x", "", ""]) == "x"


def test_blocks_begin_where_the_head_matches() -> None:
    import re

    found = list(blocks("before\n# a\n1\n2\n# b", re.compile("# (?P<name>.*)")))
    assert [(block.head["name"], block.body) for block in found] == [("a", ["1", "2"]), ("b", [])]


def test_json_is_found_behind_the_chatter_of_a_tool() -> None:
    assert read_document('> npm run lint\n[x] not this\n  {"a": 1}\ndone', of="x").value == {"a": 1}


@pytest.mark.parametrize("text", ['{"a": [1, 2', '["abc', '{"a": tru', "[1,\n", '{"a"', '["\\u12'])
def test_json_that_was_cut_off_is_told_from_what_is_none(text: str) -> None:
    assert read_document(text, of="x").is_complete is False
    with pytest.raises(ParseError):
        read_document("[1, 2 3, 4, 5, 6, 7, 8, 9]", of="x")


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.lists(st.text()), min_size=1), st.data())
def test_every_beginning_of_a_document_is_incomplete(value: dict[str, object], data: st.DataObject) -> None:
    text = json.dumps(value)
    end = data.draw(st.integers(1, len(text) - 1))
    assert not read_document(text[:end], of="x").is_complete


def test_deep_json_and_long_numbers_are_refused() -> None:
    for text in ("[" * 200_000, "[" + "9" * 5_000 + "]"):
        try:
            assert not read_document(text, of="x").is_complete
        except ParseError as error:
            assert error.of == "x"  # noqa: PT017 - which of the two it is depends on the interpreter's limits


def test_lines_of_json_may_stand_between_other_lines() -> None:
    assert [row for _, row in read_lines('{"a": 1}\nnot\n[1]\n\n{"b"')] == [{"a": 1}, None, None, None]


def test_values_of_another_type_count_as_empty() -> None:
    assert [as_int(value) for value in (3, True, -1, 2**40, "3", 1.5, None)] == [3, 0, 0, 0, 0, 0, 0]
    assert [as_seconds(value) for value in (1, 0.5, float("nan"), float("inf"), -1, "1")] == [1.0, 0.5, 0, 0, 0, 0]
    assert [as_text(value) for value in ("a", 1, None)] == ["a", "", ""]
    assert (dig({"a": {"b": 1}}, "a", "b"), dig({"a": 1}, "a", "b"), dig([], "a")) == (1, None, None)
    assert list(objects([{"a": 1}, 2, None])) == [{"a": 1}]
    assert list(objects("x")) == []


BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;">]><a>&c;</a>'
FILE = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'


@pytest.mark.parametrize("text", [BOMB, FILE, "<a>" * 200, "", "a", "<a></b>", "<a>&b;</a>", "<a b=1/>"])
def test_xml_that_a_report_never_is_gets_refused(text: str) -> None:
    with pytest.raises(ParseError):
        read_xml(text, of="x")


def test_what_was_read_of_xml_before_a_cut_is_kept() -> None:
    root = read_xml("<a><b c='1'>text</b><d><e/", of="x")
    assert (root.tag, root.is_closed) == ("a", False)
    assert [(child.tag, child.text, child.is_closed) for child in root.children] == [
        ("b", "text", True),
        ("d", "", False),
    ]


def test_xml_in_any_declared_encoding_is_read_as_the_text_that_it_is() -> None:
    assert (
        read_xml('\ufeff<?xml version="1.0" encoding="ISO-8859-1"?><a>\u00e4\u20ac</a>', of="x").text == "\u00e4\u20ac"
    )
    assert read_xml("<n:a xmlns:n='u'>\x00\ud800</n:a>", of="x").tag == "a"
