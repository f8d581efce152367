"""What a candidate has that its base has not: what is worse, and what has only come to light."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orchestrator.domain.assessment import FAILED_CASES, Assessment, StageResult
from orchestrator.domain.finding import FailureClass, Finding, Severity
from orchestrator.domain.verdict import CaseResult, CaseStatus, VerdictStatus
from orchestrator.validation.compare import compare
from orchestrator.validation.grouping import group
from orchestrator.validation.integrity import compare_tests, stable_part
from orchestrator.validation.judgement.hidden import Edit, hides_finding, hides_test

_TEST = "test"

__all__ = ["News", "blind_stages", "news_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Both in the order of the candidate's stages; a test that is gone stands behind those of its stage."""

    regressions: tuple[Finding, ...] = ()
    revealed: tuple[Finding, ...] = ()


def news_of(base: Assessment, candidate: Assessment, *, edit: Edit) -> News:
    """What is new in ``candidate``. What a tool's own failure says is not new of the tree, and left out."""
    regressions: list[Finding] = []
    revealed: list[Finding] = []
    for stage in candidate.stages:
        if stage.status is not VerdictStatus.TOOL_ERROR:
            before = base.stage(stage.name, stage.unit)
            for finding, is_hidden in _news_of_stage(before, stage, edit=edit):
                (revealed if is_hidden else regressions).append(finding)
    return News(regressions=tuple(regressions), revealed=tuple(revealed))


def blind_stages(base: Assessment, candidate: Assessment) -> tuple[str, ...]:
    """The stages that fail in both and say no more than that: something new may hide in them. Each name once."""
    found = (
        stage.name
        for stage in candidate.stages
        if _is_blind(stage) and (before := base.stage(stage.name, stage.unit)) is not None and _is_blind(before)
    )
    return tuple(dict.fromkeys(found))


def _is_blind(stage: StageResult) -> bool:
    """Of tests that nobody counted, what is printed beside the failure tells of no test."""
    is_told = stage.name != _TEST and any(one.file for one in stage.errors)
    return stage.status is VerdictStatus.FAILED and not stage.tests and not is_told


def _news_of_stage(base: StageResult | None, stage: StageResult, *, edit: Edit) -> Iterator[tuple[Finding, bool]]:
    yield from _new_findings(base, stage, edit=edit)
    yield from _new_failures(base, stage)
    if base is not None:
        yield from ((finding, False) for finding in _lost(base, stage))


def _new_findings(base: StageResult | None, stage: StageResult, *, edit: Edit) -> Iterator[tuple[Finding, bool]]:
    """New findings that are no test's; of each root cause what says so, and not what follows from it."""
    before = [] if base is None else [one for one in base.errors if not _is_tests_own(one, base)]
    after = [one for one in stage.errors if not _is_tests_own(one, stage)]
    for cause in group(compare(before, after).new):
        yield from ((finding, hides_finding(base, finding, edit=edit)) for finding in cause.findings)


def _is_tests_own(finding: Finding, stage: StageResult) -> bool:
    return bool(finding.test) and any(test.id == finding.test for test in stage.tests)


def _new_failures(base: StageResult | None, stage: StageResult) -> Iterator[tuple[Finding, bool]]:
    """Tests that fail and did not before; one that has another name in each run did where one like it is gone."""
    known = {} if base is None else {test.id: test for test in base.tests}
    there = {test.id for test in stage.tests}
    renamed = Counter(stable_part(test.id) for test in known.values() if _has_failed(test) and test.id not in there)
    findings: Mapping[str, Finding] = {one.test: one for one in reversed(stage.findings) if one.test}
    for test in stage.failed_tests:
        finding = findings.get(test.id) or _of_test(stage, test, what=test.message or f"{test.id} fails")
        before = known.get(test.id)
        if before is None and renamed[stable_part(test.id)]:
            renamed[stable_part(test.id)] -= 1
        elif before is None:
            yield finding, hides_test(base, test.id, file=finding.file)
        elif before.status in {CaseStatus.PASSED, CaseStatus.SKIPPED}:
            yield finding, False


def _has_failed(test: CaseResult) -> bool:
    return test.status in FAILED_CASES


def _lost(base: StageResult, stage: StageResult) -> Iterator[Finding]:
    """Tests that passed and are not there any more, or are skipped; of chosen tests it cannot be told who is gone."""
    if stage.is_narrowed or _is_broken_off(stage):
        return
    passed = [test for test in base.tests if test.status is CaseStatus.PASSED]
    found = compare_tests(passed, stage.tests)
    yield from (one for one in found if one.severity is Severity.ERROR)


def _is_broken_off(stage: StageResult) -> bool:
    """Its own finding says that it did not run to its end: one regression, not one for each test."""
    return not stage.tests and stage.status is VerdictStatus.FAILED


def _of_test(stage: StageResult, test: CaseResult, *, what: str) -> Finding:
    kind = FailureClass.ASSERT if test.status in FAILED_CASES else FailureClass.UNKNOWN
    return Finding(tool=stage.name, message=what, test=test.id, failure_class=kind)
