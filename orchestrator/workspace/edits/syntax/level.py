"""One body that is being spliced, a file's or a type's: where pieces go, and the changes as they gather."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from orchestrator.errors import EditMissError, ReplyError
from orchestrator.workspace.edits.syntax.grammar import Kind
from orchestrator.workspace.edits.syntax.items import DEFINING, Item
from orchestrator.workspace.edits.syntax.layout import Change, moved
from orchestrator.workspace.edits.syntax.source import Source
from orchestrator.workspace.edits.syntax.twins import SEND_INSTEAD


@dataclass(slots=True)
class Level:
    """The changes of one body.

    Attributes:
        old, new: the file and the block.
        items, block: their pieces at this level.
        indent: of the pieces in the file.
        limit: offset in the file that this body does not go beyond.
        fallback: offset behind which additions go when nothing beside them is replaced; -1 where such have no place.
        is_member: this is the body of a type or a scope.
    """

    old: Source
    new: Source
    items: Sequence[Item]
    block: Sequence[Item]
    indent: bytes
    limit: int
    fallback: int = -1
    is_member: bool = False
    changes: list[Change] = field(default_factory=list)
    waiting: list[Item] = field(default_factory=list)
    anchor: int = -1

    @property
    def is_untouched(self) -> bool:
        """Whether nothing of the file was met or changed."""
        return not self.changes and self.anchor < 0

    def meet(self, around: Item) -> None:
        """Take note that ``around`` stands beside what comes next: what waits goes right above it."""
        at = self.old.line_start(around.lead)
        self._flush(at if not self.old.text[at : around.lead].strip() else around.lead)
        self.anchor = self._behind(around.stop)

    def _behind(self, stop: int) -> int:
        end = self.old.line_end(stop - 1)
        return end if end <= self.limit else stop

    def replace(self, twin: Item, item: Item) -> None:
        """Let ``item`` of the block take the place of ``twin``; what leads it stays where the block says less.

        Raises:
            EditMissError: the file's is a template, the block's is none.
        """
        indent = self.old.indent(twin.lead)
        is_kept = twin.start < twin.inner and item.start == item.inner
        if is_kept and "template_declaration" in self.old.grammar.wrappers:
            raise EditMissError(f"{item.title!r} is a template in the file and none in the block", hint=SEND_INSTEAD)
        if item.lead < item.start and (item.has_attributes or not twin.has_attributes):
            lead = moved(self.new, (item.lead, item.start), indent=indent)
            self.changes.append(Change(twin.lead, twin.start, lead))
        start = twin.inner if is_kept else twin.start
        has_more = twin.text.endswith(";") and not item.text.endswith(";")
        stop = min(twin.stop, twin.node.end_byte) if has_more else twin.stop
        self.changes.append(Change(start, stop, moved(self.new, (item.start, item.stop), indent=indent)))

    def add(self, item: Item) -> None:
        """Put ``item`` of the block below what was met last, or above what is met next.

        Raises:
            ReplyError: it stands under a condition, which would be lost.
            EditMissError: the file has its name for something else.
        """
        if item.is_conditional:
            raise ReplyError(f"the block adds {item.title!r} under a condition", hint=SEND_INSTEAD)
        taken = next((old for old in self.items if self._is_taken(old, item)), None)
        if taken is not None:
            line = self.old.line_number(taken.start)
            raise EditMissError(f"{item.title!r} is already a {taken.kind} in line {line}", hint=SEND_INSTEAD)
        if self.anchor < 0:
            self.waiting.append(item)
        else:
            self.changes.append(Change(self.anchor, self.anchor, self._below(item)))

    def _is_taken(self, old: Item, item: Item) -> bool:
        kinds = {old.kind, item.kind}
        is_apart = kinds <= {Kind.FUNCTION, Kind.PROTOTYPE} or bool(kinds & {Kind.SCOPE, Kind.OTHER, Kind.EXPORT})
        return not is_apart and bool(set(old.names) & set(item.names))

    def _text(self, item: Item) -> bytes:
        return moved(self.new, (item.lead, item.stop), indent=self.indent)

    def _below(self, item: Item) -> bytes:
        gap = b"\n\n" if item.kind in DEFINING else b"\n"
        return gap + self.indent + self._text(item)

    def finish(self) -> None:
        """Put what still waits at the fallback.

        Raises:
            EditMissError: there is none.
        """
        if self.waiting and self.fallback < 0:
            raise EditMissError("the block redefines nothing that the file has", hint=SEND_INSTEAD)
        at = self._behind(self.fallback) if self.waiting else 0
        self.changes += [Change(at, at, self._below(item)) for item in self.waiting]
        self.waiting = []

    def _flush(self, at: int) -> None:
        for item in self.waiting:
            gap = b"\n\n" if item.kind in DEFINING else b"\n"
            self.changes.append(Change(at, at, self.indent + self._text(item) + gap))
        self.waiting = []
