"""A Python file as text and syntax tree at once: where each node stands, in characters."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from orchestrator.domain.suggestion import Edit

__all__ = ["Def", "Function", "Source"]

Def: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function that stands in no other function: what the search changes at a time.

    Attributes:
        node: its syntax tree.
        classes: names of the classes that it stands in, outermost first.
        start, end: its text in the file, from the beginning of the line of its ``def`` to the end of its last line.
        first: the line that the interpreter counts as its first: that of its first decorator.
    """

    node: Def
    classes: tuple[str, ...]
    start: int
    end: int
    first: int


@dataclass(frozen=True)
class Source:
    """One file.

    Raises:
        SyntaxError, ValueError: ``tree`` is read of a text that is no Python of this interpreter's version.
    """

    file: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text)

    @cached_property
    def lines(self) -> list[str]:
        """The lines with their ends, cut where Python cuts them."""
        return _lines(self.text)

    @cached_property
    def starts(self) -> list[int]:
        """Offset of each line."""
        found, offset = [], 0
        for line in self.lines:
            found.append(offset)
            offset += len(line)
        return [*found, offset]

    def offset(self, line: int, column: int) -> int:
        """Characters before 1-based ``line`` and ``column`` in UTF-8 bytes, as the syntax tree counts."""
        text = self.lines[line - 1]
        inside = column if text.isascii() else len(text.encode()[:column].decode(errors="ignore"))
        return self.starts[line - 1] + inside

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """First character of ``node`` and the one after its last."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.offset(node.lineno, node.col_offset), self.offset(node.end_lineno, node.end_col_offset)

    def of(self, node: ast.expr | ast.stmt) -> str:
        """The text of ``node``."""
        start, end = self.span(node)
        return self.text[start:end]

    def replace(self, node: ast.expr | ast.stmt, text: str) -> Edit:
        """``text`` in place of ``node``."""
        start, end = self.span(node)
        return Edit(self.file, start, end, text)

    def indent(self, node: ast.stmt) -> str:
        """What stands before ``node`` in its line where that is white space only."""
        line = self.lines[node.lineno - 1]
        return line[: len(line) - len(line.lstrip())]

    def functions(self) -> Iterator[Function]:
        """All functions that stand in no other one."""
        yield from self._functions(self.tree.body, ())

    def _functions(self, body: list[ast.stmt], classes: tuple[str, ...]) -> Iterator[Function]:
        for node in body:
            if isinstance(node, Def):
                decorated = [item.lineno for item in node.decorator_list]
                end = node.end_lineno or node.lineno
                yield Function(
                    node=node,
                    classes=classes,
                    start=self.starts[node.lineno - 1],
                    end=self.starts[end],
                    first=min([node.lineno, *decorated]),
                )
            elif isinstance(node, ast.ClassDef):
                yield from self._functions(node.body, (*classes, node.name))
            elif isinstance(node, ast.If | ast.Try):
                parts = [*node.body, *node.orelse, *(part for handler in _handlers(node) for part in handler.body)]
                yield from self._functions(parts, classes)


def _handlers(node: ast.If | ast.Try) -> list[ast.ExceptHandler]:
    return node.handlers if isinstance(node, ast.Try) else []


def _lines(text: str) -> list[str]:
    found, start = [], 0
    for place, sign in enumerate(text):
        if sign == "\n" or (sign == "\r" and text[place + 1 : place + 2] != "\n"):
            found.append(text[start : place + 1])
            start = place + 1
    return [*found, text[start:]]
