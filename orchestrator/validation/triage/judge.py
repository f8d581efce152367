"""Triage: a log's lines in, its verdict out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestrator.domain.finding import Category, FailureClass
from orchestrator.validation.triage.evidence import CATEGORIES, SPECIFIC_COMPILE_ERROR, Evidence
from orchestrator.validation.triage.excerpt import Range, chosen, ranges_of
from orchestrator.validation.triage.salience import is_candidate, salience
from orchestrator.validation.triage.templates import Templates

__all__ = ["BUDGET", "Triage", "triage"]

BUDGET = 60
"""Lines that are kept."""
_CERTAINTY = (0.0, 0.1, 0.2, 0.3, 0.4, 0.55, 0.7, 0.82, 0.88, 0.92, 0.95, 0.96, 0.98)
"""Weight of the heaviest evidence -> how sure it is, where nothing speaks for another class."""
_FINAL = 12
_MOST_DOUBT = 0.2
_OPEN_TO_INFRA = frozenset(
    {FailureClass.UNKNOWN, FailureClass.RUNTIME, FailureClass.TIMEOUT, FailureClass.DEPENDENCY_RESOLUTION}
)
"""Classes that trouble outside the project may explain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage:
    """What a failed log comes to.

    Attributes:
        confidence: 0 (nothing was found) to 1.
        ranges: the kept lines, rising, 1-based, both ends inside; they do not touch.
        kept_lines: their text, as many as the ranges span, at most :data:`BUDGET`.
    """

    failure_class: FailureClass
    category: Category
    confidence: float
    ranges: tuple[Range, ...]
    kept_lines: tuple[str, ...]


def triage(lines: Sequence[str], *, green: Templates | None = None, budget: int = BUDGET) -> Triage:
    """Classify a log and choose the lines that matter.

    Args:
        lines: as :func:`~orchestrator.validation.triage.log.read_lines` makes them; none give class ``unknown`` with
            confidence 0 and nothing kept.
        green: templates of earlier runs that passed; what fits them explains nothing.
        budget: most lines to keep.
    """
    scores: dict[int, int] = {}
    proofs: dict[int, Evidence] = {}
    for number, line in enumerate(lines):
        if not is_candidate(line) or (green and green.knows(line)):
            continue
        score, proof = salience(line)
        if score:
            scores[number] = score
        if proof:
            proofs[number] = proof
    failure_class, category, confidence = _verdict(proofs)
    kept = chosen(lines, scores, budget=budget)
    return Triage(
        failure_class=failure_class,
        category=category,
        confidence=confidence,
        ranges=ranges_of(kept),
        kept_lines=tuple(lines[number] for number in kept),
    )


def _verdict(proofs: Mapping[int, Evidence]) -> tuple[FailureClass, Category, float]:
    """The heaviest class; of equally heavy ones the later one, because the last step is the one that failed."""
    best = _best(proofs)
    weight, outside = _outside(proofs)
    ranked = sorted(best, key=lambda kind: best[kind], reverse=True)
    if not ranked or (outside and best[ranked[0]][0] < weight and ranked[0] is FailureClass.RUNTIME):
        return FailureClass.UNKNOWN, outside or Category.CODE, 0.6 if outside else 0.0
    first, second = ranked[0], best[ranked[1]][0] if len(ranked) > 1 else 0
    is_outside = first in _OPEN_TO_INFRA or best[first][0] < weight
    category = outside if is_outside and outside else CATEGORIES.get(first, Category.CODE)
    return first, category, _confidence(best[first][0], second)


def _best(proofs: Mapping[int, Evidence]) -> dict[FailureClass, tuple[int, int]]:
    """Class -> its heaviest weight, and the last line of that weight."""
    best: dict[FailureClass, tuple[int, int]] = {}
    for number, proof in proofs.items():
        best[proof.failure_class] = max(best.get(proof.failure_class, (0, 0)), (proof.weight, number))
    best.pop(FailureClass.UNKNOWN, None)
    if FailureClass.WERROR in best and FailureClass.COMPILE in best:
        is_plain = any(proof == SPECIFIC_COMPILE_ERROR for proof in proofs.values())
        del best[FailureClass.WERROR if is_plain else FailureClass.COMPILE]
    return best


def _outside(proofs: Mapping[int, Evidence]) -> tuple[int, Category | None]:
    """The heaviest category that a line names by itself, with its weight; of equal ones the later."""
    named = [(proof.weight, number, proof.category) for number, proof in proofs.items() if proof.category]
    heaviest = max(named) if named else (0, 0, None)
    return heaviest[0], heaviest[2]


def _confidence(first: int, second: int) -> float:
    """How sure the heaviest evidence is, less what the next class takes; a tool's own verdict leaves no doubt."""
    doubt = 0.0 if first >= _FINAL else _MOST_DOUBT * min(second, first) / first
    return round(_CERTAINTY[min(first, _FINAL)] - doubt, 2)
