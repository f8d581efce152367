"""Candidates, best first."""

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from orchestrator.domain.suggestion import Edit
from orchestrator.fixers.search.ground import Ground, Run
from orchestrator.fixers.search.localise import Line
from orchestrator.fixers.search.operators.variant import Change

__all__ = ["Candidate", "best_first"]

_CROWD = 0.75
_FAINT = 0.02


@dataclass(frozen=True, slots=True)
class Candidate:
    """A change of one or more functions.

    Attributes:
        score: suspicion of the line * weight of the operator / (variants at the site) ** 0.75.
        parts: index of a function, and the edits in it.
        operator: name of its row; two joined by ``+``.
        line: file and line of the first edit.
    """

    score: float
    parts: tuple[tuple[int, tuple[Edit, ...]], ...]
    operator: str
    line: Line

    @property
    def edits(self) -> tuple[Edit, ...]:
        """All of them."""
        return tuple(edit for _, edits in self.parts for edit in edits)


def best_first(grounds: Sequence[Ground], suspicion: Mapping[Line, float], *, most: int) -> list[Candidate]:
    """At most ``most`` candidates of all functions; equal texts once, ties in the order of the table."""
    found: dict[tuple[int, tuple[Edit, ...]], Candidate] = {}
    for number, ground in enumerate(grounds):
        for run in ground.runs():
            for candidate in _candidates(ground, run, number=number, suspicion=suspicion):
                known = found.get(candidate.parts[0])
                if known is None or known.score < candidate.score:
                    found[candidate.parts[0]] = candidate
    return heapq.nlargest(most, found.values(), key=lambda candidate: candidate.score)


def _candidates(ground: Ground, run: Run, *, number: int, suspicion: Mapping[Line, float]) -> Iterator[Candidate]:
    text = ground.text
    changes = [change for change in run.changes if _is_change(text, change)]
    crowd = Counter(change.site for change in changes)
    for change in changes:
        line = (ground.file, change.line)
        score = _around(line, suspicion) * run.weight / crowd[change.site] ** _CROWD
        if score > 0:
            yield Candidate(score, ((number, change.edits),), run.name, line)


def _is_change(text: str, change: Change) -> bool:
    return any(text[edit.start : edit.end] != edit.text for edit in change.edits)


def _around(line: Line, suspicion: Mapping[Line, float]) -> float:
    """The suspicion of the line, or a little for one beside a suspect: code that was never reached may be at fault."""
    file, number = line
    near = max(suspicion.get((file, number + 1), 0.0), suspicion.get((file, number - 1), 0.0))
    return max(suspicion.get(line, 0.0), near / 2, _FAINT)
