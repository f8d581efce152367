"""What passes in one turn of the tests and fails in another: neither fixed nor harmless."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from typing import TypeAlias

from orchestrator.domain.assessment import FAILED_CASES, Assessment, Scope, StageResult
from orchestrator.domain.finding import Finding, Severity
from orchestrator.domain.verdict import CaseResult, CaseStatus, VerdictStatus
from orchestrator.validation.judgement.hidden import hides_test
from orchestrator.validation.renamed import place_free

__all__ = ["by_chance", "confirmed", "excused", "failing", "incurred", "newly_passing", "once_more", "passing"]

_NEEDED = frozenset({"build", "test"})
_Kind: TypeAlias = Callable[[CaseResult], bool]


def newly_passing(base: Assessment, candidate: Assessment) -> frozenset[str]:
    """Ids of the tests that fail in ``base`` and pass in ``candidate``, where another turn may say otherwise."""
    return frozenset(test for test, has_turns in _pairs(base, candidate, was=_failed, now=_passed) if has_turns)


def excused(base: Assessment, candidate: Assessment) -> frozenset[str]:
    """Ids of the tests that pass in ``base`` and are flaky in ``candidate``, where that may lie in the turn."""
    return frozenset(test for test, has_turns in _pairs(base, candidate, was=_passed, now=_flaky) if has_turns)


def by_chance(base: Assessment, candidate: Assessment) -> tuple[str, ...]:
    """Ids of the tests that fail in ``base`` and are flaky in ``candidate``, in the order of ``candidate``."""
    return tuple(test for test, _ in _pairs(base, candidate, was=_failed, now=_flaky))


def once_more(scope: Scope, tests: Collection[str], *, turn: int) -> Scope:
    """What has to be looked at so that ``tests`` run in ``turn``, of a tree that ``scope`` was looked at of."""
    stages = _NEEDED & scope.stages if scope.stages else _NEEDED
    return Scope(stages=stages, below=scope.below, tests=frozenset(tests), turn=turn)


def passing(said: Assessment, tests: Collection[str]) -> frozenset[str]:
    """Those of ``tests`` that pass."""
    return frozenset(tests).intersection(test.id for stage in said.stages for test in stage.tests if _passed(test))


def failing(said: Assessment, tests: Collection[str]) -> frozenset[str]:
    """Those of ``tests`` that fail."""
    return frozenset(tests).intersection(test.id for stage in said.stages for test in stage.failed_tests)


def confirmed(candidate: Assessment, again: Assessment, *, tests: Collection[str]) -> Assessment:
    """``candidate`` with those of ``tests`` flaky that pass in it and fail in ``again``, and why as a warning.

    A test that is not in ``again`` stays as it was, unless its module did not come up there. So does one that is named
    by its place where no more of that name fail in ``again``: it may only have moved. What a tool's own failure leaves
    open stays open, too.
    """
    stages = (_confirmed(one, again.stage(one.name, one.unit), tests=tests) for one in candidate.stages)
    return replace(candidate, stages=tuple(stages))


def incurred(candidate: Assessment, tests: Collection[str]) -> Assessment:
    """``candidate``, in which those of ``tests`` that are flaky have failed: it has made them so, and that is told."""
    if not tests:
        return candidate
    stages = tuple(_incurred(one, tests) for one in candidate.stages)
    return replace(candidate, status=VerdictStatus.FAILED, stages=stages)


def _pairs(base: Assessment, candidate: Assessment, *, was: _Kind, now: _Kind) -> Iterator[tuple[str, bool]]:
    for stage in candidate.stages:
        before = base.stage(stage.name, stage.unit)
        known = {test.id for test in before.tests if was(test)} if before else set()
        yield from ((test.id, stage.has_turns) for test in stage.tests if test.id in known and now(test))


def _passed(test: CaseResult) -> bool:
    return test.status is CaseStatus.PASSED


def _failed(test: CaseResult) -> bool:
    return test.status in FAILED_CASES


def _flaky(test: CaseResult) -> bool:
    return test.status is CaseStatus.FLAKY


def _confirmed(stage: StageResult, again: StageResult | None, *, tests: Collection[str]) -> StageResult:
    if again is None or again.status is not VerdictStatus.FAILED:
        return stage
    there = {test.id for test in again.tests}
    first, second = (Counter(place_free(test.id) for test in one.failed_tests) for one in (stage, again))
    flaky = {
        test.id
        for test in stage.tests
        if test.id in tests and _passed(test)
        if second[place_free(test.id)] > first[place_free(test.id)]
        or (test.id not in there and hides_test(again, test.id, file=""))
    }
    return replace(
        stage,
        tests=tuple(replace(one, status=CaseStatus.FLAKY) if one.id in flaky else one for one in stage.tests),
        findings=(
            *stage.findings,
            *(replace(one, severity=Severity.WARNING) for one in again.findings if one.test in flaky),
        ),
    )


def _incurred(stage: StageResult, tests: Collection[str]) -> StageResult:
    ours = {test.id for test in stage.tests if test.id in tests and _flaky(test)}
    if not ours:
        return stage
    return replace(
        stage,
        status=VerdictStatus.FAILED,
        tests=tuple(replace(one, status=CaseStatus.FAILED) if one.id in ours else one for one in stage.tests),
        findings=tuple(_as_error(one) if one.test in ours else one for one in stage.findings),
    )


def _as_error(finding: Finding) -> Finding:
    return replace(finding, severity=Severity.ERROR, message=f"{finding.message} (not in each run: by chance)")
