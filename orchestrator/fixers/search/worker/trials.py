"""Tries candidates one after the other, in a process that is forked for many of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from orchestrator.fixers.search.worker.channel import Channel
from orchestrator.fixers.search.worker.limits import Limit, Outcome, guarded, now, spent
from orchestrator.fixers.search.worker.program import Program, RefusedError, fingerprint

CANARY = 150
"""After so many candidates the original program has to give its known result again."""
_MISSES = 3
_SHARE = 0.75
"""Of the time, after which candidates that only ran out of steps are tried again."""
_MOST_SLOW = 16
_ENOUGH_PASSED = 2


@dataclass
class Plan:
    """What is tried, and how.

    Attributes:
        candidates: each a list of ``[function, edits]``.
        failing, passing: numbers of tests, in the order in which the suite has them.
        ordered: whether tests depend on their order, which is then kept.
        limit: for one test; ``slow`` for those candidates that only ran out of it.
        seconds: of processor time for all of them.
        until: on the clock of :func:`orchestrator.fixers.search.worker.limits.now`.
        used: seconds of processor time that earlier processes have used.
    """

    candidates: list[list[Any]]
    failing: list[int]
    passing: list[int]
    ordered: bool
    limit: Limit
    slow: Limit
    seconds: float
    until: float
    used: float = 0.0
    kills: dict[int, int] = field(default_factory=dict)

    def is_over(self, share: float = 1.0) -> bool:
        """Whether this share of the time is used up, counted in the process that tries."""
        return now() > self.until or self.used + spent() > share * self.seconds

    def order(self) -> list[int]:
        """All tests, those that find faults soonest first."""
        if self.ordered:
            return sorted(self.failing + self.passing)
        return [*self.failing, *sorted(self.passing, key=lambda number: -self.kills.get(number, 0))]


class Trials:
    """The loop."""

    def __init__(
        self, program: Program, suite: Any, *, plan: Plan, channel: Channel, keep: Callable[[int], None]
    ) -> None:
        self._program = program
        self._suite = suite
        self._plan = plan
        self._channel = channel
        self._keep = keep
        self._failing = frozenset(plan.failing)
        self._seen: set[Any] = set()
        self._slow: list[int] = []
        self._is_solved = False

    def run(self, first: int, last: int, *, note: Callable[[int], None]) -> int:
        """Try the candidates from ``first`` up to ``last``; ``note`` is told of each before it is tried.

        Returns:
            The first one that was not tried or whose verdict does not count, because the state of this process had
            changed; ``last`` where all were. What changes of it while there is only one candidate is its own affair.
        """
        start = first
        for number in range(first, last):
            if number - start >= CANARY:
                if not self.is_sound():
                    return start
                start = number
            if self._plan.is_over(_SHARE if self._slow else 1.0):
                break
            note(number)
            self._tell(number, self._try(number, self._plan.limit))
        for number in self._slow[:_MOST_SLOW]:
            if not self._plan.is_over() and not self._is_solved:
                note(number)
                self._tell(number, self._try(number, self._plan.slow))
        return last if last - first == 1 or self.is_sound() else start

    def is_sound(self) -> bool:
        """Whether the original still fails and passes what it did."""
        self._program.restore()
        self._suite.fresh()
        for number in self._plan.order()[:40]:
            if self._call(number, self._plan.limit).is_ok == (number in self._failing):
                return False
        return True

    def _tell(self, number: int, found: tuple[str, list[int]]) -> None:
        verdict, flips = found
        if verdict == "plausible":
            self._is_solved = True
            self._keep(number)
        self._channel.send("trial", id=number, verdict=verdict, flips=flips)

    def _try(self, number: int, limit: Limit) -> tuple[str, list[int]]:
        is_again = limit is self._plan.slow
        parts = self._plan.candidates[number]
        try:
            codes = self._codes(parts, is_again=is_again)
        except RefusedError as error:
            return str(error), []
        for index, code in codes:
            self._program.functions[index].exchange(code)
        try:
            self._program.restore()
            self._suite.fresh()
            return self._tests(number, limit, is_again=is_again)
        finally:
            for index, _ in codes:
                self._program.functions[index].exchange(None)

    def _codes(self, parts: list[Any], *, is_again: bool) -> list[tuple[int, Any]]:
        codes = [(index, self._program.functions[index].variant(edits)) for index, edits in parts]
        key = tuple((index, fingerprint(code)) for index, code in codes)
        if key in self._seen and not is_again:
            raise RefusedError("duplicate")
        self._seen.add(key)
        return codes

    def _call(self, test: int, limit: Limit) -> Outcome:
        return guarded(lambda: self._suite.call(test), limit)

    def _tests(self, number: int, limit: Limit, *, is_again: bool) -> tuple[str, list[int]]:
        flips: list[int] = []
        passed = misses = 0
        for test in self._plan.order():
            if misses and test not in self._failing:
                break
            outcome = self._call(test, limit)
            if outcome.is_ok:
                passed += 1
                flips += [test] if test in self._failing else []
                continue
            self._plan.kills[test] = self._plan.kills.get(test, 0) + 1
            if isinstance(outcome.error, RecursionError):
                return "limit", flips  # unwinding costs most of all, and it would be the same in the next test
            if outcome.is_limit:
                if passed >= _ENOUGH_PASSED and not misses and not is_again:
                    self._slow.append(number)
                return "limit", flips
            misses += 1
            if misses >= _MISSES or test not in self._failing or self._plan.ordered:
                break
        return ("failed" if misses else "plausible"), flips
