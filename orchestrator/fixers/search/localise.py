"""Where is the fault? Which lines failing tests run and passing ones do not, and where the failures were raised."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

__all__ = ["Line", "Observed", "ochiai", "suspicion"]

Line: TypeAlias = tuple[str, int]
"""A file and a line in it, counted from 1."""

_TRACE = (0.5, 0.3, 0.2, 0.1, 0.1)
"""What being on a traceback adds, innermost frame first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """How one test of the original program ended.

    Attributes:
        name: unique.
        how: ``ok``, ``fail``, ``skip``, ``steps``, ``time`` or ``memory``.
        lines: what it ran.
        places: the program's lines on the traceback, innermost first.
        error: type and text of what was raised.
        steps: how many it took.
        pair: the actual and the expected value of the comparison that failed, as JSON; empty where not known.
    """

    name: str
    how: str
    lines: frozenset[Line] = frozenset()
    places: tuple[Line, ...] = ()
    error: str = ""
    steps: int = 0
    pair: tuple[object, ...] = field(default=())

    @property
    def is_ok(self) -> bool:
        """Whether it passed, or was skipped."""
        return self.how in {"ok", "skip"}


def ochiai(tests: Iterable[Observed]) -> dict[Line, float]:
    """Line -> suspicion from 0 to 1, for each line that a failing test runs: ef / sqrt(f * (ef + ep)).

    ``ef``, ``ep``: failing and passing tests that run the line; ``f``: all failing tests. Abreu et al., "An
    evaluation of similarity coefficients for software fault localization", PRDC 2006.
    """
    failed: Counter[Line] = Counter()
    passed: Counter[Line] = Counter()
    failures = 0
    for test in tests:
        (passed if test.is_ok else failed).update(test.lines)
        failures += not test.is_ok
    return {line: count / math.sqrt(failures * (count + passed[line])) for line, count in failed.items()}


def suspicion(tests: Sequence[Observed], weights: Mapping[Line, float]) -> dict[Line, float]:
    """:func:`ochiai`, more for lines on tracebacks, ties broken by ``weights`` (0 to 1)."""
    found = ochiai(tests)
    failures = max(1, sum(not test.is_ok for test in tests))
    traced: Counter[Line] = Counter()
    for test in tests:
        if not test.is_ok:
            for line, amount in zip(test.places, _TRACE, strict=False):
                traced[line] += amount / failures  # type: ignore[assignment]  # a counter of fractions
    return {line: value + traced[line] + 0.1 * weights.get(line, 0.0) for line, value in found.items()}
