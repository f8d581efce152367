"""Two edits at a time: those that make a failing test pass alone, with each other and with the likeliest others."""

from collections.abc import Mapping, Sequence

from orchestrator.domain.suggestion import Edit
from orchestrator.fixers.search.order import Candidate

__all__ = ["pairs"]

_PROMISING = 30
_PARTNERS = 200


def pairs(candidates: Sequence[Candidate], flips: Mapping[int, int], *, most: int) -> list[Candidate]:
    """At most ``most`` pairs, those of two promising edits first; empty where no edit makes a failing test pass.

    Args:
        candidates: those that were tried, best first.
        flips: index of a candidate -> how many failing tests it makes pass.
        most: how many at most.
    """
    promising = sorted(flips, key=lambda number: (-flips[number], number))[:_PROMISING]
    found: dict[frozenset[int], Candidate] = {}
    for partners in (promising, range(min(_PARTNERS, len(candidates)))):
        for other in partners:
            for one in promising:
                key = frozenset((one, other))
                if one != other and key not in found and _fit(candidates[one], candidates[other]):
                    found[key] = candidates[one].joined(candidates[other])
    return list(found.values())[:most]


def _fit(one: Candidate, other: Candidate) -> bool:
    return not any(_overlap(first, second) for first in one.edits for second in other.edits)


def _overlap(one: Edit, other: Edit) -> bool:
    return one.file == other.file and one.start <= other.end and other.start <= one.end
