"""Every key, table and array element of a TOML document is found, on the right line."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.config.origin import KeyPath
from orchestrator.config.toml_lines import index_lines

CASES = {
    "plain keys": ("a = 1\nb = 2\n", {("a",): 1, ("b",): 2}),
    "a table": ("\n[t]\nk = 1", {("t",): 2, ("t", "k"): 3}),
    "dotted keys": ("a.b.c = 1\na.d = 2", {("a",): 1, ("a", "b"): 1, ("a", "b", "c"): 1, ("a", "d"): 2}),
    "dots with blanks": ("a . 'b' = 1", {("a",): 1, ("a", "b"): 1}),
    "quoted keys": ('"x.y" = 1\n\'p q\' = 2\n"\\u0041" = 3', {("x.y",): 1, ("p q",): 2, ("A",): 3}),
    "an inline table": ("t = { a = 1, b.c = [2] }", {
        ("t",): 1, ("t", "a"): 1, ("t", "b"): 1, ("t", "b", "c"): 1, ("t", "b", "c", 0): 1}),
    "a long array": ("a = [\n  1, # one\n  # none\n  2,\n]\nb = 1", {("a",): 1, ("a", 0): 2, ("a", 1): 4, ("b",): 6}),
    "arrays of tables": ("[[m]]\nn = 1\n[[m]]\nn = 2\n[m.sub]\nk = 3\n[[m.more]]\nz = 1", {
        ("m",): 1, ("m", 0): 1, ("m", 0, "n"): 2, ("m", 1): 3, ("m", 1, "n"): 4,
        ("m", 1, "sub"): 5, ("m", 1, "sub", "k"): 6, ("m", 1, "more"): 7, ("m", 1, "more", 0): 7,
        ("m", 1, "more", 0, "z"): 8}),
    "a header with blanks": ("[ a . b ] # [c]\nk = 1", {("a",): 1, ("a", "b"): 1, ("a", "b", "k"): 2}),
    "an implied table, then its own header": ("[a.b]\n[a]\nk = 1", {("a",): 2, ("a", "b"): 1, ("a", "k"): 3}),
    "multi-line strings": (
        'a = """\nb = 1\n\\"""\n"""""\nc = \'\'\'\n[d]\n\'\'\'\'\ne = 1',
        {("a",): 1, ("c",): 5, ("e",): 8}),
    "an empty multi-line string": ('a = """"""\nb = 1', {("a",): 1, ("b",): 2}),
    "hashes and brackets in strings": ("a = '# [x]'\nb = \"}] #\"\nc = [ ']', \"#\" ]", {
        ("a",): 1, ("b",): 2, ("c",): 3, ("c", 0): 3, ("c", 1): 3}),
    "a date with a blank": ("a = 1979-05-27 07:32:00 # then\nb = nan", {("a",): 1, ("b",): 2}),
    "carriage returns": ("a = 1\r\n\r\nb = 2\r\n", {("a",): 1, ("b",): 3}),
    "nothing": ("# only a comment", {}),
}  # fmt: skip


@pytest.mark.parametrize(("text", "lines"), CASES.values(), ids=CASES.keys())
def test_each_form_of_key_is_found_on_its_line(text: str, lines: dict[KeyPath, int]) -> None:
    tomllib.loads(text)
    assert index_lines(text) == lines


def paths_of(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in pairs:
        yield (*path, key)
        yield from paths_of(below, (*path, key))


def quoted(text: str) -> str:
    return '"' + "".join(f"\\U{ord(char):08X}" if not char.isalnum() else char for char in text) + '"'


texts = st.text(st.sampled_from("ab#[]{}=,.'\"\\ \nñ"), max_size=6)
values = st.recursive(
    st.one_of(st.integers(-9, 99), st.booleans(), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=12,
)


class Writer:
    """Writes TOML in a drawn style and keeps, on its own, the line of each thing written."""

    def __init__(self, draw: Any) -> None:
        self.text, self._draw = "", draw
        self.lines: dict[KeyPath, int] = {}

    def put(self, text: str) -> None:
        self.text += text

    def here(self, path: KeyPath) -> None:
        self.lines[path] = self.text.count("\n") + 1

    def pair(self, path: KeyPath, value: Any) -> None:
        self.here(path)
        self.put(quoted(str(path[-1])) + self._draw(st.sampled_from(["=", " = ", "\t= "])))
        self.value(path, value)

    def value(self, path: KeyPath, value: Any) -> None:
        if isinstance(value, list):
            self.array(path, value)
        elif isinstance(value, dict):
            self.put("{ ")
            for index, (key, below) in enumerate(value.items()):
                self.put(", " if index else "")
                self.pair((*path, key), below)
            self.put(" }")
        else:
            self.put(self.scalar(value))

    def scalar(self, value: Any) -> str:
        if not isinstance(value, str):
            return str(value).lower()
        if "'" not in value and self._draw(st.booleans()):
            return f"'''\n{value}'''"
        return quoted(value)

    def array(self, path: KeyPath, value: list[Any]) -> None:
        self.put("[")
        for index, below in enumerate(value):
            self.put(self._draw(st.sampled_from(["", "\n", " # ] }\n\n"])))
            self.here((*path, index))
            self.value((*path, index), below)
            self.put(self._draw(st.sampled_from([",", " ,", "\n,"])))
        self.put("]")


@settings(max_examples=120, deadline=None)
@given(st.data(), st.dictionaries(texts, values, max_size=4), st.dictionaries(texts, values, max_size=3))
def test_any_document_gives_each_path_once_and_on_its_line(
    data: st.DataObject, top: dict[str, Any], table: dict[str, Any]
) -> None:
    writer = Writer(data.draw)
    for key, value in top.items():
        writer.pair((key,), value)
        writer.put("\n")
    writer.here(("the table",))
    writer.put('["the table"]\n')
    for key, value in table.items():
        writer.pair(("the table", key), value)
        writer.put(" # after\n")
    parsed = tomllib.loads(writer.text)
    lines = index_lines(writer.text)
    assert set(lines) == set(paths_of(parsed))
    assert lines == writer.lines
