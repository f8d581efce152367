"""Candidates, best first."""

import ast
import heapq
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from orchestrator.domain.suggestion import Edit
from orchestrator.fixers.search.localise import Line
from orchestrator.fixers.search.operators import TABLE, Change, Row
from orchestrator.fixers.search.scope import Scope

__all__ = ["Candidate", "best_first", "line_weights"]

_CROWD = 0.75
_FAINT = 0.02
_HEAVY: Mapping[type[ast.AST], float] = {
    ast.Compare: 0.5,
    ast.BinOp: 0.5,
    ast.BoolOp: 0.4,
    ast.Subscript: 0.3,
    ast.Call: 0.2,
    ast.Constant: 0.2,
    ast.AugAssign: 0.4,
    ast.Return: 0.2,
    ast.If: 0.2,
    ast.While: 0.2,
}
"""Kind of node -> how much there is to be wrong in it."""


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


def line_weights(scope: Scope) -> dict[Line, float]:
    """Line -> how much there is to be wrong in it, from 0 to 1: the tie-break of localisation."""
    found: Counter[int] = Counter()
    for node in scope.nodes:
        if weight := _HEAVY.get(type(node), 0.0):
            found[node.lineno] += weight  # type: ignore[attr-defined,assignment]  # all of these have one; fractions
    return {(scope.source.file, line): min(1.0, weight / 2) for line, weight in found.items()}


def best_first(scopes: Sequence[Scope], suspicion: Mapping[Line, float], *, most: int) -> list[Candidate]:
    """At most ``most`` candidates of all functions; equal texts once, ties in the order of the table."""
    found: dict[tuple[int, tuple[Edit, ...]], Candidate] = {}
    for number, scope in enumerate(scopes):
        for row in TABLE:
            for candidate in _candidates(scope, row, number=number, suspicion=suspicion):
                known = found.get(candidate.parts[0])
                if known is None or known.score < candidate.score:
                    found[candidate.parts[0]] = candidate
    return heapq.nlargest(most, found.values(), key=lambda candidate: candidate.score)


def _candidates(scope: Scope, row: Row, *, number: int, suspicion: Mapping[Line, float]) -> Iterator[Candidate]:
    changes = [change for change in row.run(scope) if _is_change(scope, change)]
    crowd = Counter(change.site for change in changes)
    for change in changes:
        line = (scope.source.file, change.line)
        score = _around(line, suspicion) * row.weight / crowd[change.site] ** _CROWD
        if score > 0:
            yield Candidate(score, ((number, change.edits),), row.name, line)


def _is_change(scope: Scope, change: Change) -> bool:
    text = scope.source.text
    return any(text[edit.start : edit.end] != edit.text for edit in change.edits)


def _around(line: Line, suspicion: Mapping[Line, float]) -> float:
    """The suspicion of the line, or a little for one beside a suspect: code that was never reached may be at fault."""
    file, number = line
    near = max(suspicion.get((file, number + 1), 0.0), suspicion.get((file, number - 1), 0.0))
    return max(suspicion.get(line, 0.0), near / 2, _FAINT)
