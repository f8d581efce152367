"""A change of code that some tool or rule proposes, and its pure application to texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from orchestrator.errors import EditError


class Applicability(StrEnum):
    """How far a suggestion may be trusted; the order of the first three is the order in which they are tried.

    Every one that is tried is judged, a safe one too.
    """

    SAFE = "safe"
    """Its author says that meaning is kept, or that nothing else can be meant."""
    LIKELY = "likely"
    """What is usually meant."""
    RISKY = "risky"
    """It may well satisfy the tool and not the person."""
    DEPENDENCY = "dependency"
    """It changes what is installed: a person's decision, unless they gave it beforehand."""
    EXPECTATION = "expectation"
    """It changes what a test expects: only where that was asked for."""
    PLACEHOLDER = "placeholder"
    """It leaves a hole to be filled in: never a repair."""
    SILENCING = "silencing"
    """It makes the message go away and leaves the fault."""
    STUB = "stub"
    """It adds a body that does nothing or raises: never a repair."""
    WIDENING = "widening"
    """It changes a declaration until the wrong use fits it."""


CONSENT: Mapping[Applicability, str] = {
    Applicability.DEPENDENCY: "dependencies",
    Applicability.EXPECTATION: "expectations",
}
"""Applicability -> the word with which a person accepts it; without the word it is held."""

REFUSED: Mapping[Applicability, str] = {
    Applicability.PLACEHOLDER: "it leaves a placeholder to fill in",
    Applicability.SILENCING: "it only silences the message",
    Applicability.STUB: "it adds a stub in place of code",
    Applicability.WIDENING: "it widens a declaration until the wrong use fits",
}
"""Applicability -> why such a suggestion is never applied."""


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace the characters ``start`` to ``end`` (0-based, the end exclusive) of ``file`` by ``text``.

    Offsets count characters of the text as it stood before any edit, line ends as they are in it. Where ``start``
    equals ``end``, ``text`` is inserted.
    """

    file: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One change, applied whole or not at all.

    Attributes:
        edits: in any order, but people are told of the first one's file; never empty.
        source: the rule or tool that proposes it, in a word.
        message: what it does, one line.
        applicability: see :class:`Applicability`.
        rank: smaller is tried earlier among those equally applicable.
        finding: fingerprint of the finding that it answers; ``""`` where it answers none in particular.
    """

    edits: tuple[Edit, ...]
    source: str
    message: str
    applicability: Applicability = Applicability.LIKELY
    rank: int = 50
    finding: str = ""

    @property
    def files(self) -> frozenset[str]:
        """Every file that it touches."""
        return frozenset(edit.file for edit in self.edits)


def applied(texts: Mapping[str, str], edits: Sequence[Edit]) -> dict[str, str]:
    """The new text of every file that ``edits`` change; ``texts`` stays as it is.

    An insertion into a file whose lines end in CRLF gets such ends too. Equal edits count once; several insertions
    at one place keep their order. A file whose text stays the same is left out.

    Raises:
        EditError: a file is not there, a place lies outside of its file, or two edits overlap; nothing was applied.
    """
    by_file: dict[str, list[Edit]] = {}
    for edit in dict.fromkeys(edits):
        by_file.setdefault(edit.file, []).append(edit)
    changed = {file: _rewritten(texts, file, edits=rows) for file, rows in by_file.items()}
    return {file: text for file, text in changed.items() if text != texts[file]}


def _rewritten(texts: Mapping[str, str], file: str, *, edits: Sequence[Edit]) -> str:
    text = texts.get(file)
    if text is None:
        raise EditError("there is no such file to edit", path=file)
    rows = sorted(edits, key=lambda edit: (edit.start, edit.end))
    _check(rows, len(text))
    has_crlf = "\r\n" in text and text.count("\r\n") * 2 > text.count("\n")
    parts, done = [], 0
    for edit in rows:
        new = edit.text.replace("\r\n", "\n").replace("\n", "\r\n") if has_crlf else edit.text
        parts += [text[done : edit.start], new]
        done = edit.end
    return "".join((*parts, text[done:]))


def _check(rows: Sequence[Edit], length: int) -> None:
    for edit in rows:
        if not 0 <= edit.start <= edit.end <= length:
            raise EditError(f"there are no characters {edit.start} to {edit.end} in it", path=edit.file)
    for one, other in pairwise(rows):
        if other.start < one.end:
            raise EditError(f"two edits overlap at character {other.start}", path=one.file)
