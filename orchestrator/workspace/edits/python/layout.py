"""Puts pieces of Python source into other source: indents, blank lines, line changes."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orchestrator.errors import EditMissError
from orchestrator.workspace.edits.python.source import Extent, indent_of, is_docstring


@dataclass(frozen=True, slots=True)
class LineChange:
    """Lines ``start`` to ``stop`` (exclusive, 0-based) give way to ``lines``; ``start == stop`` inserts."""

    start: int
    stop: int
    lines: tuple[str, ...]


def apply_changes(lines: Sequence[str], changes: Sequence[LineChange]) -> list[str]:
    """``lines`` after all ``changes``; insertions at one place keep their order.

    Raises:
        EditMissError: two changes overlap (statements that share a line).
    """
    result: list[str] = []
    at = 0
    for change in sorted(changes, key=lambda change: (change.start, change.stop)):
        if change.start < at:
            raise EditMissError(f"line {change.start + 1} of the file would be changed twice")
        result += [*lines[at : change.start], *change.lines]
        at = change.stop
    return [*result, *lines[at:]]


def _docstrings(node: ast.AST) -> Iterator[ast.AST]:
    for inner in ast.walk(node):
        body = getattr(inner, "body", None)
        if isinstance(body, list) and body and is_docstring(body[0]):
            yield body[0].value


def _verbatim_lines(node: ast.stmt) -> set[int]:
    """0-based lines that begin inside a string: their white space is data. Doc-strings move with their code."""
    docstrings = {id(string) for string in _docstrings(node)}
    strings = (n for n in ast.walk(node) if isinstance(n, ast.Constant | ast.JoinedStr) and id(n) not in docstrings)
    return {
        index
        for string in strings
        if isinstance(string, ast.JoinedStr) or isinstance(string.value, str | bytes)
        for index in range(string.lineno, string.end_lineno or string.lineno)
    }


def moved(node: ast.stmt, extent: Extent, *, lines: Sequence[str], drop: str, indent: str) -> tuple[str, ...]:
    """The lines of ``extent``, with ``indent`` in front instead of ``drop`` and of the indent they have.

    Args:
        node: the statement that ``extent`` holds, parsed from ``lines``.
        extent: what to take.
        lines: the source, which was dedented by ``drop`` before it was parsed.
        drop: the white space that was taken off.
        indent: where the first line of ``node`` shall stand.
    """
    own = indent_of(lines[extent.start])
    if drop + own == indent:
        return tuple(drop + line if line.strip() else line for line in lines[extent.start : extent.stop])
    verbatim = _verbatim_lines(node)
    result: list[str] = []
    for index in range(extent.start, extent.stop):
        line = lines[index]
        if index in verbatim:
            result.append(drop + line if line else line)
        else:
            result.append(indent + line.removeprefix(own) if line.strip() else line.strip())
    return tuple(result)
