"""Candidates, best first."""

import heapq
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from orchestrator.domain.suggestion import Edit
from orchestrator.fixers.search.ground import Ground
from orchestrator.fixers.search.localise import Line
from orchestrator.fixers.search.operators.variant import Change, Crowd

__all__ = ["Candidate", "best_first"]

_CROWD = 0.75
_FAINT = 0.02
_JOINT = "+"
_Key: TypeAlias = tuple[int, tuple[Edit, ...]]
"""Index of a function, and the edits in it."""


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

    @property
    def is_pair(self) -> bool:
        """Whether it is two changes at once."""
        return _JOINT in self.operator

    def joined(self, other: "Candidate") -> "Candidate":
        """Both at once."""
        parts: dict[int, tuple[Edit, ...]] = {}
        for number, edits in (*self.parts, *other.parts):
            parts[number] = (*parts.get(number, ()), *edits)
        operator = f"{self.operator}{_JOINT}{other.operator}"
        return Candidate(self.score * other.score, tuple(parts.items()), operator, min(self.line, other.line))


@dataclass(frozen=True, slots=True)
class _Weighed:
    """Variants of one site, by one operator, with the score that each of them has."""

    score: float
    ground: int
    operator: str
    line: Line
    variants: Change | Crowd


def best_first(grounds: Sequence[Ground], suspicion: Mapping[Line, float], *, most: int) -> list[Candidate]:
    """At most ``most`` candidates of all functions; equal texts once, ties in the order of the table.

    Only those are made that can be among the best: the score of a crowd is known before it is made.
    """
    weighed = [one for number, ground in enumerate(grounds) for one in _weighed(ground, suspicion, number=number)]
    wanted, found, floor = most + most // 4, dict[_Key, Candidate](), math.inf
    while len(found) < most and floor > 0:  # equal texts fall together, so that more have to be made than are wanted
        floor = _floor(weighed, wanted)
        found = _made(one for one in weighed if one.score >= floor)
        wanted *= 2
    return heapq.nlargest(most, found.values(), key=lambda candidate: candidate.score)


def _weighed(ground: Ground, suspicion: Mapping[Line, float], *, number: int) -> Iterator[_Weighed]:
    for run in ground.runs():
        variants = [one for one in run.changes if one.count and _is_change(ground.text, one)]
        crowd = Counter[tuple[int, int]]()
        for one in variants:
            crowd[one.site] += one.count
        for one in variants:
            line = (ground.file, one.line)
            score = _around(line, suspicion) * run.weight / crowd[one.site] ** _CROWD
            if score > 0:
                yield _Weighed(score, number, run.name, line, one)


def _floor(weighed: Sequence[_Weighed], wanted: int) -> float:
    """A score that at least ``wanted`` variants have; 0 where there are not so many."""
    sizes: Counter[float] = Counter()
    for one in weighed:
        sizes[one.score] += one.variants.count
    total = 0
    for score in sorted(sizes, reverse=True):
        total += sizes[score]
        if total >= wanted:
            return score
    return 0.0


def _made(weighed: Iterable[_Weighed]) -> dict[_Key, Candidate]:
    """Equal texts once, with the best of their scores."""
    found: dict[_Key, Candidate] = {}
    for one in weighed:
        for change in one.variants.changes():
            key = (one.ground, change.edits)
            known = found.get(key)
            if known is None or known.score < one.score:
                found[key] = Candidate(one.score, (key,), one.operator, one.line)
    return found


def _is_change(text: str, variants: Change | Crowd) -> bool:
    """Whether it changes anything; a crowd does."""
    return isinstance(variants, Crowd) or any(text[edit.start : edit.end] != edit.text for edit in variants.edits)


def _around(line: Line, suspicion: Mapping[Line, float]) -> float:
    """The suspicion of the line, or a little for one beside a suspect: code that was never reached may be at fault."""
    file, number = line
    near = max(suspicion.get((file, number + 1), 0.0), suspicion.get((file, number - 1), 0.0))
    return max(suspicion.get(line, 0.0), near / 2, _FAINT)
