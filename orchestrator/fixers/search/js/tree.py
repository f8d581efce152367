"""Syntax trees of JavaScript and TypeScript, with offsets in characters."""

from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Language, TreeCursor

__all__ = ["SUFFIXES", "TYPED", "Node", "parsed"]

TYPED = (".ts", ".mts", ".cts")
SUFFIXES = (".js", ".mjs", ".cjs", *TYPED)
"""Of the files that are understood; JSX is none of them."""
_COMMENTS = frozenset({"comment", "html_comment"})


@dataclass(eq=False, slots=True)
class Node:
    """A node of the grammars of tree-sitter.

    Attributes:
        kind: the grammar's word for it.
        start, end: first character and the one behind the last.
        line, last: of these, counted from 1.
        children: named ones without comments, in order.
        fields: name of a field -> the first child in it, be it named or not.
    """

    kind: str
    start: int
    end: int
    line: int
    last: int
    parent: "Node | None" = None
    children: "list[Node]" = field(default_factory=list)
    fields: "dict[str, Node]" = field(default_factory=dict)

    def walk(self) -> "Iterator[Node]":
        """This node and all below it, in the order of the text."""
        yield self
        for child in self.children:
            yield from child.walk()

    def above(self) -> "Iterator[Node]":
        """The nodes that it stands in, innermost first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def get(self, name: str) -> "Node | None":
        """The child in a field."""
        return self.fields.get(name)

    def part(self, name: str) -> "Node":
        """The child in a field that the grammar demands; the node itself where the text is unsound."""
        return self.fields.get(name, self)


@cache
def _language(typed: bool) -> "Language":  # noqa: FBT001  # a key of a cache
    from tree_sitter import Language

    module = import_module("tree_sitter_typescript" if typed else "tree_sitter_javascript")
    return Language(module.language_typescript() if typed else module.language())


class _Places:
    """Byte offsets of a text as character offsets."""

    def __init__(self, data: bytes) -> None:
        self._data = b"" if data.isascii() else data
        self._known: dict[int, int] = {}

    def at(self, offset: int) -> int:
        if not self._data:
            return offset
        if offset not in self._known:
            self._known[offset] = len(self._data[:offset].decode("utf-8", "ignore"))
        return self._known[offset]


def parsed(text: str, *, typed: bool = False) -> Node | None:
    """The tree of ``text``; ``None`` where something in it does not parse."""
    from tree_sitter import Parser

    data = text.encode("utf-8", "replace")
    tree = Parser(_language(typed)).parse(data)
    return None if tree.root_node.has_error else _converted(tree.walk(), _Places(data))


def _converted(cursor: "TreeCursor", places: _Places) -> Node:
    native = cursor.node
    assert native is not None, "a cursor stands somewhere"
    (row, _), (last, _) = native.start_point, native.end_point
    node = Node(native.type, places.at(native.start_byte), places.at(native.end_byte), row + 1, last + 1)
    more = cursor.goto_first_child()
    while more:
        child, name = cursor.node, cursor.field_name
        assert child is not None, "a cursor stands somewhere"
        if child.type not in _COMMENTS and (child.is_named or name):
            made = _converted(cursor, places)
            made.parent = node
            if child.is_named:
                node.children.append(made)
            if name:
                node.fields.setdefault(name, made)
        more = cursor.goto_next_sibling()
    if native.child_count:
        cursor.goto_parent()
    return node
