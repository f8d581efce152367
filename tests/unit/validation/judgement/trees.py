"""Assessments made by hand, for decisions that need no tool."""

from collections.abc import Mapping
from dataclasses import replace

from orchestrator.domain.assessment import Assessment, StageResult, Unit
from orchestrator.domain.finding import FailureClass, Finding
from orchestrator.domain.verdict import CaseResult, CaseStatus, Evidence, VerdictStatus
from orchestrator.validation.fingerprint import fingerprinted

UNIT = Unit(pack="python")


def finding(message: str, **known: object) -> Finding:
    base = Finding(tool="tool", message=message, failure_class=FailureClass.TYPE, file="a.py", line=1)
    return fingerprinted([replace(base, **known)])[0]  # type: ignore[arg-type]  # fields by name, in tests only


def with_tests(tests: Mapping[str, str]) -> StageResult:
    """The stage of tests, with how each of them went."""
    return _stage("test", (), status=None, tests=tests)


def stage(name: str, *findings: Finding, status: VerdictStatus | None = None, **tests: str) -> StageResult:
    return _stage(name, findings, status=status, tests=tests)


def _stage(
    name: str, findings: tuple[Finding, ...], *, status: VerdictStatus | None, tests: Mapping[str, str]
) -> StageResult:
    cases = tuple(CaseResult(id=test, status=CaseStatus(how)) for test, how in tests.items())
    failed = bool(findings) or any(one.status in {CaseStatus.FAILED, CaseStatus.ERROR} for one in cases)
    return StageResult(
        name=name,
        unit=UNIT,
        status=status or (VerdictStatus.FAILED if failed else VerdictStatus.PASSED),
        evidence=Evidence.IDS if cases else Evidence.EXIT_CODE,
        findings=findings,
        tests=cases,
    )


def tree(*stages: StageResult, evidence: Evidence = Evidence.IDS) -> Assessment:
    failed = any(one.status is VerdictStatus.FAILED for one in stages)
    return Assessment(status=VerdictStatus.FAILED if failed else VerdictStatus.PASSED, evidence=evidence, stages=stages)
