"""Statements: one taken out, two swapped, one moved out of or into its neighbour's block, another loop or jump."""

from itertools import pairwise

from orchestrator.domain.suggestion import Edit
from orchestrator.fixers.search.js.scope import Scope
from orchestrator.fixers.search.js.tree import Node
from orchestrator.fixers.search.operators.variant import Change, Variants

__all__ = ["jump", "remove", "remove_two", "reorder", "shift"]

_NESTING = frozenset({"if_statement", "for_statement", "for_in_statement", "while_statement"})


def remove(scope: Scope) -> Variants:
    """A statement out. An ``if`` gives way to its body, an ``else`` goes."""
    for node in scope.statements:
        start, end = scope.lines_of(node)
        yield scope.spot(start, end, text="", line=node.line)
        inner = _inner(scope, node)
        if inner:
            text = scope.source.text[scope.lines_of(inner[0])[0] : scope.lines_of(inner[-1])[1]]
            own = _indent(scope, node)
            yield scope.spot(start, end, text=_indented(text, old=_indent(scope, inner[0]), new=own), line=node.line)
        other = node.get("alternative")
        if other is not None:
            yield scope.spot(node.part("consequence").end, other.end, text="", line=other.line)


def _inner(scope: Scope, node: Node) -> list[Node]:
    """What stands in the only block of ``node``."""
    if node.kind not in _NESTING or node.get("alternative") is not None:
        return []
    block = node.get("consequence") or node.get("body")
    inner = block.children if block is not None and block.kind == "statement_block" else []
    return inner if inner and inner[0] in scope.statements else []


def _indent(scope: Scope, node: Node) -> str:
    return scope.source.before(node)


def _indented(text: str, *, old: str, new: str) -> str:
    lines = text.splitlines(keepends=True)
    return "".join(new + line.removeprefix(old) if line.strip() else line for line in lines)


def remove_two(scope: Scope) -> Variants:
    """Two neighbours out of a block that holds more."""
    for block in scope.blocks:
        for number, node in enumerate(block[:-1] if block[2:] else ()):
            start, end = scope.lines_of(node)[0], scope.lines_of(block[number + 1])[1]
            yield scope.spot(start, end, text="", line=node.line)


def reorder(scope: Scope) -> Variants:
    """Two neighbours the other way round; the values of two returns exchanged."""
    file, text = scope.source.file, scope.source.text
    for block in scope.blocks:
        for one, other in pairwise(block):
            first, second = scope.lines_of(one), scope.lines_of(other)
            if first[1] <= second[0]:
                edits = Edit(file, *first, text[slice(*second)]), Edit(file, *second, text[slice(*first)])
                yield Change(edits, one.line, first)
    values = scope.returned
    for number, left in enumerate(values):
        for right in values[number + 1 :]:
            if left.end <= right.start:
                texts = scope.source.of(right), scope.source.of(left)
                edits = scope.source.replace(left, texts[0]), scope.source.replace(right, texts[1])
                yield Change(edits, left.line, (left.start, left.end))


def shift(scope: Scope) -> Variants:
    """The last statement of an inner block moves behind it; the one behind a block moves to the block's end."""
    for block in scope.blocks:
        for number, node in enumerate(block):
            inner = _inner(scope, node)
            if len(inner) > 1:
                yield _moved(scope, inner[-1], place=scope.lines_of(node)[1], indent=_indent(scope, node))
            if inner and number + 1 < len(block):
                place = scope.lines_of(inner[-1])[1]
                yield _moved(scope, block[number + 1], place=place, indent=_indent(scope, inner[-1]))


def _moved(scope: Scope, node: Node, *, place: int, indent: str) -> Change:
    start, end = scope.lines_of(node)
    text = _indented(scope.source.text[start:end], old=_indent(scope, node), new=indent)
    edits = (Edit(scope.source.file, start, end, ""), Edit(scope.source.file, place, place, text))
    return Change(edits, node.line, (start, end))


def jump(scope: Scope) -> Variants:
    """``break`` for ``continue``; ``for (x of y)`` for ``for (x in y)``; ``let i = 0`` at another start."""
    for node in scope.nodes:
        if node.kind in {"break_statement", "continue_statement"} and not node.children:
            text = "continue;" if node.kind == "break_statement" else "break;"
            yield scope.spot(node.start, node.end, text=text, line=node.line)
        sign = node.get("operator") if node.kind == "for_in_statement" else None
        if sign is not None:
            other = "in" if scope.source.of(sign) == "of" else "of"
            yield scope.spot(sign.start, sign.end, text=other, line=node.line)
