"""The same again, new, gone: two lists of findings beside each other."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from orchestrator.domain.finding import Finding

__all__ = ["Comparison", "compare"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Every finding of both lists stands in one of the three, or, when it is in both lists, once in ``same``.

    Attributes:
        same: as they are in the later list.
        new: only in the later list.
        gone: only in the earlier list.
    """

    same: Sequence[Finding] = ()
    new: Sequence[Finding] = ()
    gone: Sequence[Finding] = ()


def compare(before: Iterable[Finding], after: Iterable[Finding]) -> Comparison:
    """Match by fingerprint, as multisets: of two alike where there was one, the second is new. Orders are kept.

    Args:
        before: findings that carry their fingerprints (see :mod:`orchestrator.validation.fingerprint`).
        after: likewise, of the later tree.
    """
    earlier, later = tuple(before), tuple(after)
    known = Counter(finding.fingerprint for finding in earlier)
    same, new = _parted(later, known)
    gone, _ = _parted(reversed(earlier), known)
    return Comparison(same=tuple(same), new=tuple(new), gone=tuple(reversed(gone)))


def _parted(findings: Iterable[Finding], left: Counter[str]) -> tuple[list[Finding], list[Finding]]:
    """Those that still find one of their kind in ``left``, which is used up by it; and the rest."""
    found: list[Finding] = []
    rest: list[Finding] = []
    for finding in findings:
        is_left = left[finding.fingerprint] > 0
        left[finding.fingerprint] -= is_left
        (found if is_left else rest).append(finding)
    return found, rest
