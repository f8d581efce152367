"""Test results on their way into a report."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from orchestrator.domain.verdict import CaseResult

__all__ = ["with_unique_ids"]


def with_unique_ids(cases: Iterable[CaseResult]) -> tuple[CaseResult, ...]:
    """The cases in their order; the second with the same id gets `` (2)`` behind it, and so on.

    Counting by id would otherwise lose tests that a runner does not tell apart.
    """
    seen: Counter[str] = Counter()
    found = []
    for case in cases:
        seen[case.id] += 1
        count = seen[case.id]
        found.append(case if count == 1 else replace(case, id=f"{case.id} ({count})"))
    return tuple(found)
