"""From the verdicts of a stage's commands to the stage's, and from the stages' to the whole. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from orchestrator.domain.assessment import Assessment, SkippedStage, StageResult, Unit
from orchestrator.domain.finding import Finding, Severity
from orchestrator.domain.verdict import CaseResult, Evidence, Verdict, VerdictStatus
from orchestrator.validation.fingerprint import SourceLines, fingerprinted
from orchestrator.validation.packs import StageName
from orchestrator.validation.pipeline.classes import category_of, class_of, root_cause
from orchestrator.validation.pipeline.reading import score_of

T = TypeVar("T")

__all__ = ["Notes", "concluded", "stage_result"]

_GRAVEST = (VerdictStatus.FAILED, VerdictStatus.TOOL_ERROR, VerdictStatus.PASSED, VerdictStatus.EMPTY)
"""The first of these that one of a stage's commands came to: those that passed outweigh others that ran empty."""
_EVIDENCE = (Evidence.IDS, Evidence.EXIT_CODE, Evidence.NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """What belongs to a stage besides its verdicts."""

    is_narrowed: bool = False
    has_turns: bool = False
    is_lacking: bool = False
    lines: tuple[str, ...] = ()


def stage_result(
    name: StageName, unit: Unit, *, verdicts: Sequence[Verdict], lines_of: SourceLines | None, notes: Notes
) -> StageResult:
    """What the stage comes to; at least one of its commands ran."""
    status = _first(_GRAVEST, [one.status for one in verdicts])
    decisive = next(one for one in reversed(verdicts) if one.status is status)
    if status is not VerdictStatus.PASSED:
        decisive = next(one for one in verdicts if one.status is status)
    return StageResult(
        name=name.value,
        unit=unit,
        status=status,
        evidence=_first(_EVIDENCE, [one.evidence for one in verdicts]),
        score=min(map(score_of, verdicts)) if status is not VerdictStatus.PASSED else 1.0,
        seconds=sum(one.seconds for one in verdicts),
        command=tuple(decisive.command),
        findings=fingerprinted(_once([finding for one in verdicts for finding in one.findings]), lines_of),
        tests=_unique([test for one in verdicts for test in one.tests]),
        is_narrowed=notes.is_narrowed,
        has_turns=notes.has_turns,
        is_lacking=notes.is_lacking,
        notes=notes.lines,
    )


def _once(findings: Sequence[Finding]) -> list[Finding]:
    """A compiler that makes several things of one file says of each of them the same of the same place."""
    seen: set[Finding] = set()
    kept: list[Finding] = []
    for finding in findings:
        if not (finding.line and finding in seen):
            kept.append(finding)
            seen.add(finding)
    return kept


def concluded(
    stages: Sequence[StageResult], skipped: Sequence[SkippedStage], *, wants_tests: bool, sandbox: str
) -> Assessment:
    """The whole."""
    status = _status(stages, skipped, wants_tests=wants_tests)
    cause = _cause(stages) if status in {VerdictStatus.FAILED, VerdictStatus.TOOL_ERROR} else None
    unreached = sum(one.is_unreached for one in skipped)
    return Assessment(
        status=status,
        evidence=_evidence(stages, status=status, wants_tests=wants_tests),
        failure_class=class_of(cause) if cause else None,
        category=category_of(class_of(cause)) if cause else None,
        score=sum(stage.score for stage in stages) / (len(stages) + unreached) if stages else 0.0,
        stages=tuple(stages),
        skipped=tuple(skipped),
        sandbox=sandbox,
    )


def _status(stages: Sequence[StageResult], skipped: Sequence[SkippedStage], *, wants_tests: bool) -> VerdictStatus:
    said = {stage.status for stage in stages if stage.name == StageName.TEST or stage.status is not VerdictStatus.EMPTY}
    for grave in (VerdictStatus.FAILED, VerdictStatus.TOOL_ERROR, VerdictStatus.EMPTY):
        if grave in said:
            return grave
    if any(one.name == StageName.TEST for one in skipped):
        return VerdictStatus.EMPTY
    is_tested = any(stage.name == StageName.TEST for stage in stages)
    return VerdictStatus.PASSED if is_tested or (stages and not wants_tests) else VerdictStatus.EMPTY


def _evidence(stages: Sequence[StageResult], *, status: VerdictStatus, wants_tests: bool) -> Evidence:
    """Of the tests; where none were reached, of what failed; where none were wanted, of the rest."""
    tests = [stage.evidence for stage in stages if stage.name == StageName.TEST]
    others = [stage.evidence for stage in stages] if status is VerdictStatus.FAILED or not wants_tests else []
    return _first(_EVIDENCE, tests or others or [Evidence.NONE])


def _cause(stages: Sequence[StageResult]) -> Finding | None:
    for status in (VerdictStatus.FAILED, VerdictStatus.TOOL_ERROR):
        for stage in stages:
            errors = [one for one in stage.findings if one.severity is Severity.ERROR]
            if stage.status is status and (cause := root_cause(errors or stage.findings)):
                return cause
    return None


def _first(order: Sequence[T], found: Sequence[T]) -> T:
    return next(one for one in order if one in found)


def _unique(tests: Sequence[CaseResult]) -> tuple[CaseResult, ...]:
    """Ids that several commands report are told apart by a number, in their order."""
    seen: dict[str, int] = {}
    unique: list[CaseResult] = []
    for test in tests:
        seen[test.id] = seen.get(test.id, 0) + 1
        unique.append(test if seen[test.id] == 1 else replace(test, id=f"{test.id} ({seen[test.id]})"))
    return tuple(unique)
