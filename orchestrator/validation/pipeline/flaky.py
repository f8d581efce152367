"""Tells flaky tests from broken ones: a new failure is run again, and what passes then is neither broken nor fixed."""

from collections.abc import Awaitable, Collection, Sequence
from dataclasses import replace
from typing import Protocol

from orchestrator.domain.assessment import FAILED_CASES
from orchestrator.domain.finding import Severity
from orchestrator.domain.verdict import CaseStatus, Verdict, VerdictStatus
from orchestrator.validation.packs import StageCommand
from orchestrator.validation.renamed import place_free

__all__ = ["RERUNS", "settled", "with_flaky"]

RERUNS = 2
"""How often a command with new failures is run again at most."""


class Again(Protocol):
    """Runs a command once more."""

    def __call__(self, command: StageCommand, *, turn: int) -> Awaitable[Verdict]:
        """What it says in ``turn``."""
        ...


async def settled(
    ran: Sequence[tuple[StageCommand, Verdict]], *, again: Again, known: Collection[str]
) -> list[Verdict]:
    """The verdicts of ``ran``, with flaky tests told apart.

    A failure without a test (it does not compile, it ran out of time) is never run again.

    Args:
        ran: commands and what they came to.
        again: runs a command once more, in the turns 1 and 2: what fails for the order of a set passes in one of them.
        known: tests that failed before: nothing new.
    """
    return [await _settled(command, verdict, again=again, known=known) for command, verdict in ran]


async def _settled(command: StageCommand, verdict: Verdict, *, again: Again, known: Collection[str]) -> Verdict:
    seconds = verdict.seconds
    for turn in range(1, RERUNS + 1):
        if not _suspects(verdict, known):
            break
        rerun = await again(command, turn=turn)
        seconds += rerun.seconds
        verdict = with_flaky(verdict, rerun, known=known)
    return replace(verdict, seconds=seconds)


def _suspects(verdict: Verdict, known: Collection[str]) -> frozenset[str]:
    """Tests that fail and did not before."""
    return _failed(verdict).difference(known)


def _failed(verdict: Verdict) -> frozenset[str]:
    return frozenset(test.id for test in verdict.tests if test.status in FAILED_CASES)


def with_flaky(verdict: Verdict, rerun: Verdict, *, known: Collection[str]) -> Verdict:
    """``verdict`` with what failed in it, newly, and passed in ``rerun`` labelled flaky; their findings are warnings.

    It passes where nothing else speaks against it. What is not in ``rerun`` stays as it was, and so does what is named
    by its place where another one of that name fails there: it may only have moved.
    """
    passed = {test.id for test in rerun.tests if test.status is CaseStatus.PASSED}
    moved = set(map(place_free, _failed(rerun)))
    flaky = {test for test in passed & _suspects(verdict, known) if place_free(test) not in moved}
    if not flaky:
        return verdict
    tests = tuple(replace(test, status=CaseStatus.FLAKY) if test.id in flaky else test for test in verdict.tests)
    findings = tuple(replace(one, severity=Severity.WARNING) if one.test in flaky else one for one in verdict.findings)
    is_clean = not any(one.severity is Severity.ERROR for one in findings)
    is_clean = is_clean and not any(test.status in FAILED_CASES for test in tests)
    status = VerdictStatus.PASSED if is_clean else verdict.status
    return replace(verdict, status=status, tests=tests, findings=findings)
