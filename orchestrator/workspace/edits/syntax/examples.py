"""Tells an example of use, such as models put behind the code, from a statement that a program needs."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from orchestrator.workspace.edits.syntax.grammar import Kind
from orchestrator.workspace.edits.syntax.items import DEFINING, Item
from orchestrator.workspace.edits.syntax.source import Source

if TYPE_CHECKING:
    from tree_sitter import Node

_SHOWING = frozenset({"console", "assert", "describe", "it", "test", "expect", "require"})
_GUARD = re.compile(r"^if \( ?require\.main ?===? ?module ?\)")
_CALLS = frozenset({"call_expression", "new_expression"})
_WRITES = frozenset({"assignment_expression", "augmented_assignment_expression"})


def is_guard(item: Item) -> bool:
    """Whether ``item`` runs only when the file is started: a ``main``, or what asks for that."""
    return item.slot == (Kind.FUNCTION, ("main",)) or (item.kind is Kind.OTHER and bool(_GUARD.search(item.text)))


def _nodes(node: "Node") -> Iterator["Node"]:
    stack = [node]
    while stack:
        inner = stack.pop()
        yield inner
        stack += inner.children


def _root(call: "Node", source: Source) -> str:
    """``f`` of ``f(x).g()``; ``""`` where a call begins with no name (a list, a function of its own)."""
    node: Node | None = call
    while node is not None and node.type != "identifier":
        fields = ("function", "constructor", "object")
        node = next((inner for name in fields if (inner := node.child_by_field_name(name)) is not None), None)
    return source.of(node) if node is not None else ""


def _shows(item: Item, names: frozenset[str], *, source: Source) -> bool:
    nodes = list(_nodes(item.node))
    roots = {_root(node, source) for node in nodes if node.type in _CALLS}
    return bool(roots) and roots <= names | {""} and not any(node.type in _WRITES for node in nodes)


def is_example(item: Item, block: Sequence[Item], *, source: Source) -> bool:
    """Whether ``item`` only shows how to use what ``block`` defines: it prints, asserts, and calls nothing else."""
    own = {name for other in block if other.kind in DEFINING or other.kind is Kind.VALUE for name in other.names}
    return item.kind is Kind.OTHER and _shows(item, frozenset(_SHOWING | own), source=source)
