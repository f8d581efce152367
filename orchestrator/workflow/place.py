"""Places in a document: where something stands, and where problems with it go."""

from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.domain.jsonvalue import JsonValue
from orchestrator.errors import ExpressionError, Problem
from orchestrator.workflow.diagnostics import Diagnostics
from orchestrator.workflow.tree import Items, Key, Scalar, Table, Tree, dotted, plain, quoted


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a document.

    Attributes:
        diagnostics: of the file.
        tree: what stands there; ``None`` where the document has nothing there.
        path: keys and 0-based indexes from the root.
        line: of the key or item; of the closest thing around it where the document has nothing there.
    """

    diagnostics: Diagnostics
    tree: Tree | None
    path: tuple[Key, ...] = ()
    line: int = 1

    @property
    def names(self) -> tuple[str, ...]:
        """The keys of the mapping that stands here; none where it is no mapping."""
        return tuple(self.tree.entries) if isinstance(self.tree, Table) else ()

    @property
    def value(self) -> JsonValue:
        """What stands here as plain values; ``None`` where nothing does."""
        return None if self.tree is None else plain(self.tree)

    def at(self, *path: Key) -> "Place":
        """The place that ``path`` leads to from here."""
        place = self
        for key in path:
            place = place.step(key)
        return place

    def step(self, key: Key) -> "Place":
        """The place one step further."""
        path = (*self.path, key)
        if isinstance(self.tree, Table) and isinstance(key, str) and key in self.tree.entries:
            entry = self.tree.entries[key]
            return Place(self.diagnostics, entry.value, entry.origin or path, entry.line)
        if isinstance(self.tree, Items) and isinstance(key, int) and 0 <= key < len(self.tree.items):
            item = self.tree.items[key]
            return Place(self.diagnostics, item, path, item.line)
        return Place(self.diagnostics, None, path, self.line)

    def replaced(self, tree: Tree) -> "Place":
        """The same place with ``tree`` standing there."""
        return Place(self.diagnostics, tree, self.path, self.line)

    def note(self, what: str, hint: str = "", *, offset: int = 0) -> None:
        """Note a problem here, ``offset`` characters into the text that stands here."""
        line = self.tree.line_of(offset) if isinstance(self.tree, Scalar) and self.tree.verbatim else self.line
        problem = Problem(what=what, file=self.diagnostics.file, line=line, path=dotted(self.path), hint=hint)
        self.diagnostics.add(problem, about=self.tree)

    def note_expression(self, error: ExpressionError) -> None:
        """Note that the text here is no expression."""
        what = f"{error.what} at column {error.offset + 1} of {quoted(error.text)}"
        self.note(what, error.hint, offset=error.offset)

    def near(self, name: str, known: Iterable[str], *, noun: str = "known") -> str:
        """A hint for a problem with the unknown ``name`` (see :meth:`Diagnostics.near`)."""
        return self.diagnostics.near(name, known, noun=noun)
