"""Errors of edits: replies and patches that are not applied."""

from collections.abc import Sequence

from orchestrator.errors.base import RungError


class EditError(RungError):
    """An edit is refused: of its reply or patch nothing is applied. ``str(error)`` is fit for feedback to a model.

    Attributes:
        what: one sentence without a full stop.
        path: the file concerned, as the reply names it; ``""`` where none is named.
        line: 1-based line in the reply; 0 where no line can be named.
        hint: what to send instead, or ``""``.
    """

    def __init__(self, what: str, *, path: str = "", line: int = 0, hint: str = "") -> None:
        super().__init__(what)
        self.what, self.path, self.line, self.hint = what, path, line, hint

    @property
    def faults(self) -> "tuple[EditError, ...]":
        """Every single fault, in the reply's order; of a single fault, itself."""
        return (self,)

    def __str__(self) -> str:
        """``path: what (line n of the reply): hint``, leaving out what is not known."""
        place = f" (line {self.line} of the reply)" if self.line else ""
        path = f"{self.path!r}: " if not self.path.isprintable() else f"{self.path}: " if self.path else ""
        return f"{path}{self.what}{place}" + (f"; {self.hint}" if self.hint else "")


class ReplyError(EditError):
    """A reply holds no edit that can be read, or one that contradicts itself."""


class TruncatedReplyError(ReplyError):
    """A reply ends inside a fence, a block or a hunk."""


class EditMissError(EditError):
    """An edit fits nowhere in its file, or in more places than one.

    Attributes:
        region: the lines of the file that come nearest, without line ends; empty where none comes near.
        region_line: 1-based number of the first of them; 0 where there is none.
    """

    region: tuple[str, ...] = ()
    region_line: int = 0

    def nearest(self, region: Sequence[str], line: int) -> "EditMissError":
        """Itself, with the nearest region noted."""
        self.region, self.region_line = tuple(region), line if region else 0
        return self

    def __str__(self) -> str:
        """The sentence, then the region with line numbers, one line each."""
        head = super().__str__()
        if not self.region:
            return head
        numbered = (f"{number:>6} | {text}" for number, text in enumerate(self.region, self.region_line))
        return "\n".join((f"{head}; nearest in the file:", *numbered))


class ElisionError(EditError):
    """An edit leaves code out that it would have to carry."""


class PathError(EditError):
    """An edit names a path or a file mode that it may not touch."""


class RejectedEditsError(EditError):
    """A reply with more than one fault."""

    def __init__(self, faults: Sequence[EditError]) -> None:
        super().__init__(f"{len(faults)} faults")
        self._faults: tuple[EditError, ...] = tuple(faults)

    @property
    def faults(self) -> tuple[EditError, ...]:
        """At least two, in the reply's order."""
        return self._faults

    def __str__(self) -> str:
        """One paragraph for each fault."""
        return "\n".join(str(fault) for fault in self._faults)
