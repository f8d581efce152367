"""Puts pieces of one text into another: byte changes, indents, line ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.errors import EditMissError
from orchestrator.workspace.edits.syntax.source import Source

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True, slots=True)
class Change:
    """Bytes ``start`` to ``stop`` give way to ``text``; ``start == stop`` inserts."""

    start: int
    stop: int
    text: bytes


def apply_changes(source: Source, changes: Sequence[Change], *, end: bytes) -> bytes:
    """The text after all ``changes``, whose lines get ``end``; insertions at one place keep their order.

    Raises:
        EditMissError: two changes overlap.
    """
    result: list[bytes] = []
    at = 0
    for change in sorted(changes, key=lambda change: (change.start, change.stop)):
        if change.start < at:
            raise EditMissError(f"line {source.line_number(change.start)} of the file would be changed twice")
        result += [source.text[at : change.start], change.text.replace(b"\n", end)]
        at = change.stop
    return b"".join([*result, source.text[at:]])


def _verbatim_lines(node: "Node") -> set[int]:
    """0-based lines that begin inside a string: their white space is data."""
    found: set[int] = set()
    stack = [node]
    while stack:
        inner = stack.pop()
        first, last = inner.start_point[0], inner.end_point[0]
        if first == last:
            continue
        if "string" in inner.type:
            found |= set(range(first + 1, last + 1))
        else:
            stack += inner.children
    return found


def moved(source: Source, span: tuple[int, int], *, indent: bytes) -> bytes:
    """The bytes of ``span`` (its start and its stop), as they stand where the first of their lines has ``indent``.

    The first line comes without an indent: it follows what stands in front of it already. A closing bracket in the
    last line tells the indent that they had; authors leave out that of the first line.
    """
    start, stop = span
    first, *rest = source.text[start:stop].split(b"\n")
    last = rest[-1].lstrip() if rest else b""
    own = rest[-1].removesuffix(last) if last[:1] in {b"}", b")", b"]"} else source.indent(start)
    if own == indent or not rest:
        return b"\n".join([first, *rest])
    verbatim = _verbatim_lines(source.root)
    number = source.line_number(start)
    lines = [first]
    for row, line in enumerate(rest, number):
        if row in verbatim:
            lines.append(line)
        else:
            lines.append(indent + line.removeprefix(own) if line.strip() or row == number + len(rest) - 1 else b"")
    return b"\n".join(lines)
