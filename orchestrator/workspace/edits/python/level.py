"""One body that is being spliced, a module's or a class's: where pieces go, and the changes as they gather."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field

from orchestrator.errors import EditMissError
from orchestrator.workspace.edits.python.layout import LineChange, moved
from orchestrator.workspace.edits.python.source import (
    Definition,
    Extent,
    comments_above,
    extent_of,
    indent_of,
    shares_a_line,
)


@dataclass(frozen=True, slots=True)
class Code:
    """One side: a body and the lines that it was parsed from, which had ``drop`` taken off in front."""

    body: list[ast.stmt]
    lines: Sequence[str]
    drop: str = ""

    def extent(self, node: ast.stmt) -> Extent:
        """The lines of ``node``."""
        return extent_of(node, self.lines)

    def own_extent(self, node: ast.stmt) -> Extent:
        """The lines of ``node``, which nothing else stands on.

        Raises:
            EditMissError: it shares a line with another statement.
        """
        extent = self.extent(node)
        if shares_a_line(node, extent, body=self.body):
            raise EditMissError(f"statements share a line: {self.lines[extent.start].strip()[:80]!r}")
        return extent

    def around(self, node: ast.stmt) -> ast.stmt:
        """The statement of this body that holds ``node``, or is it."""
        at = node.lineno
        return next((n for n in self.body if n.lineno <= at <= (n.end_lineno or n.lineno)), node)


@dataclass(slots=True)
class Level:
    """The changes of one body.

    Attributes:
        old: the file's side. new: the block's.
        indent: of the statements of this body in the file.
        fallback: line behind which additions go when nothing beside them is replaced; -1 where such additions
            have no place.
    """

    old: Code
    new: Code
    indent: str
    fallback: int
    changes: list[LineChange] = field(default_factory=list)
    waiting: list[ast.stmt] = field(default_factory=list)
    anchor: int = -1

    @property
    def is_untouched(self) -> bool:
        """Whether nothing of the file was met or changed."""
        return not self.changes and self.anchor < 0

    def moved(self, node: ast.stmt, extent: Extent, *, indent: str) -> tuple[str, ...]:
        """Lines of the block, as they stand in the file at ``indent``."""
        return moved(node, extent, lines=self.new.lines, drop=self.new.drop, indent=indent)

    def meet(self, node: ast.stmt) -> None:
        """Take note that ``node`` of the file stands beside what comes next: what waits goes right above it."""
        extent = self.old.extent(self.old.around(node))
        self._flush(comments_above(extent.start, self.old.lines), before=True)
        self.anchor = extent.stop

    def replace(self, old: ast.stmt, new: ast.stmt) -> None:
        """Let ``new`` of the block take the place of ``old`` in the file."""
        self.meet(old)
        extent = self.old.own_extent(old)
        indent = indent_of(self.old.lines[extent.start])
        self.changes.append(
            LineChange(extent.start, extent.stop, self.moved(new, self.new.own_extent(new), indent=indent))
        )

    def add(self, node: ast.stmt) -> None:
        """Put ``node`` of the block below what was met last, or above what is met next."""
        if self.anchor < 0:
            self.waiting.append(node)
        else:
            self.changes.append(LineChange(self.anchor, self.anchor, self._set_off(node, before=False)))

    def finish(self) -> None:
        """Put what still waits at the fallback."""
        self._flush(self.fallback, before=False)

    def _flush(self, at: int, *, before: bool) -> None:
        self.changes += [LineChange(at, at, self._set_off(node, before=before)) for node in self.waiting]
        self.waiting = []

    def _set_off(self, node: ast.stmt, *, before: bool) -> tuple[str, ...]:
        """The lines of an addition, with the blank lines that set it off from its neighbour."""
        extent = self.new.own_extent(node)
        whole = Extent(comments_above(extent.start, self.new.lines), extent.stop)
        lines = self.moved(node, whole, indent=self.indent)
        gap = ("",) * (0 if not isinstance(node, Definition) else 1 if self.indent else 2)
        return (*lines, *gap) if before else (*gap, *lines)
