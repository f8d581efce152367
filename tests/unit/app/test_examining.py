"""What a candidate comes to that is to pass stages: passed, failed, or nobody's fault; and what is told of it."""

from dataclasses import replace

import pytest

from orchestrator.app.examining import examined
from orchestrator.domain.assessment import Assessment, SkippedStage, StageResult, Unit
from orchestrator.domain.finding import Finding
from orchestrator.domain.verdict import CaseResult, CaseStatus, Evidence, Verdict, VerdictStatus
from orchestrator.validation.judgement import Objections, judged

UNIT = Unit(pack="python")
BENT = Finding(tool="integrity", message="a protected file was changed", file="test_calc.py")
BUG = Finding(tool="pytest", message="one fails", file="test_calc.py", line=3, test="one", fingerprint="f1")
BROKEN = Finding(tool="pytest", message="pytest is not installed")


def assessed(status: VerdictStatus, *findings: Finding, **tests: CaseStatus) -> Assessment:
    """A tree with one stage, ``test``, and these tests in it."""
    cases = tuple(CaseResult(id=name, status=how) for name, how in tests.items())
    evidence = Evidence.IDS if cases else Evidence.NONE
    stage = StageResult(name="test", unit=UNIT, status=status, findings=findings, tests=cases, evidence=evidence)
    return Assessment(status=status, evidence=evidence, stages=(stage,))


FAILING = assessed(VerdictStatus.FAILED, BUG, one=CaseStatus.FAILED, two=CaseStatus.PASSED)
GOOD = assessed(VerdictStatus.PASSED, one=CaseStatus.PASSED, two=CaseStatus.PASSED)
WITHOUT_TOOL = assessed(VerdictStatus.TOOL_ERROR, BROKEN)
NOTHING = Assessment(
    status=VerdictStatus.EMPTY, skipped=(SkippedStage(name="test", unit=UNIT, reason="there is no test"),)
)


def examine(before: Assessment, after: Assessment, *objections: Finding) -> Verdict:
    held = Objections(integrity=objections)
    return examined(before, after, judgement=judged(before, after, objections=held), held=held)


def said(verdict: Verdict) -> tuple[str, list[str]]:
    return str(verdict.status), [one.message for one in verdict.findings]


def test_what_passes_passes_whatever_failed_before() -> None:
    verdict = examine(FAILING, GOOD)
    assert (said(verdict), verdict.evidence, verdict.score) == (("passed", []), Evidence.IDS, 1.0)


def test_what_still_fails_fails_and_is_told_once() -> None:
    assert said(examine(FAILING, FAILING)) == ("failed", ["one fails"])


def test_what_bends_a_check_fails_though_all_of_them_pass() -> None:
    assert said(examine(FAILING, GOOD, BENT)) == ("failed", ["a protected file was changed"])


def test_a_test_that_is_gone_is_a_failure() -> None:
    status, messages = said(examine(GOOD, assessed(VerdictStatus.PASSED, one=CaseStatus.PASSED)))
    assert (status, len(messages)) == ("failed", 1)
    assert "two" in messages[0]


def test_a_test_that_was_failing_and_is_gone_has_not_been_repaired() -> None:
    status, messages = said(examine(FAILING, assessed(VerdictStatus.PASSED, two=CaseStatus.PASSED)))
    assert status == "failed"
    assert "one" in "".join(messages)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (FAILING, WITHOUT_TOOL, "pytest is not installed"),
        (WITHOUT_TOOL, WITHOUT_TOOL, "pytest is not installed"),
        (NOTHING, NOTHING, "nothing was looked at; test: there is no test"),
    ],
)
def test_where_nobody_can_tell_no_edit_is_to_blame(before: Assessment, after: Assessment, reason: str) -> None:
    assert said(examine(before, after)) == ("tool_error", [reason])


def test_an_edit_that_leaves_no_test_is_to_blame_itself() -> None:
    status, _ = said(examine(GOOD, NOTHING))
    assert status == "failed"


def test_a_check_that_is_bent_is_the_edits_own_fault_though_a_tool_broke() -> None:
    assert said(examine(GOOD, WITHOUT_TOOL, BENT)) == ("failed", [BENT.message, BROKEN.message])


def test_a_flood_of_findings_is_cut() -> None:
    many = [replace(BUG, line=line, test="", fingerprint=str(line)) for line in range(200)]
    assert len(examine(GOOD, assessed(VerdictStatus.FAILED, *many)).findings) == 50
