"""The handlers of ``test`` and ``merge`` nodes: the project's own checks speak about what has landed so far."""

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.domain.assessment import Assessment, Scope
from orchestrator.domain.finding import Finding
from orchestrator.domain.intent import Guarded, permitted
from orchestrator.domain.jsonvalue import JsonValue
from orchestrator.domain.judgement import Comparison, Decision, told_by_chance
from orchestrator.domain.outcome import Failed, Outcome, Succeeded
from orchestrator.domain.retry import FailureKind
from orchestrator.domain.survey import Survey
from orchestrator.domain.verdict import VerdictStatus
from orchestrator.expressions import to_text
from orchestrator.ports import Jury, Workspace
from orchestrator.repair.consent import consented
from orchestrator.repair.outcomes import told
from orchestrator.repair.targets import cluster_to_json
from orchestrator.task import Task

_TEST = "test"
_DETAIL_FINDINGS = 10
_SHOWN = 3
_SETUP = "setup"
_IDLE = frozenset({VerdictStatus.PASSED, VerdictStatus.EMPTY})
"""With nothing landed and nothing that fails there is nothing to vouch for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveying:
    """Performs ``test`` nodes (:meth:`survey`) and ``merge`` nodes (:meth:`merge`)."""

    workspace: Workspace
    jury: Jury

    async def survey(self, task: Task) -> Outcome:
        """Judge the head. Whether what fails makes the node fail, too, its ``expect`` says.

        Outputs: ``verdict``, ``evidence``, ``score``, ``left`` (how many things fail), ``summary`` (a line), and
        ``clusters``: what fails, in portions that a ``fix`` node takes.
        """
        survey = await self.jury.survey(await self.workspace.head(), scope_of(task))
        outputs = {**_outputs(survey), **task.outputs()}
        assessment = survey.assessment
        if assessment.status is VerdictStatus.TOOL_ERROR:
            if task.spec.body["expect"] == "any" and _are_tests_passed(survey):
                return Succeeded(outputs, note=_unchecked(survey))
            return Failed(f"the checks could not be made: {_first(assessment)}", FailureKind.ERROR, outputs)
        has_failed = assessment.status is not VerdictStatus.PASSED
        expect = task.spec.body["expect"]
        if expect == "any" or has_failed == (expect == "fail"):
            return Succeeded(outputs, note=summary(survey))
        reason = summary(survey) if has_failed else "everything passed, and it was to fail first"
        return Failed(reason, FailureKind.VALIDATION, outputs, detail=_detail(survey))

    async def merge(self, task: Task) -> Outcome:
        """Judge the head as a whole, beside the run's base: nothing may be worse than there.

        With ``accept: passed`` nothing may be left either. Outputs: as of a test, ``commit`` and ``regressions``.
        """
        head = await self.workspace.head()
        scope = scope_of(task)
        survey = await self.jury.survey(head, scope)
        judged = await self.jury.judge(
            await self.workspace.origin(), head, targets=(), below=scope.below, permits=_permits(task)
        )
        outputs: dict[str, JsonValue] = {
            **_outputs(survey),
            "commit": head,
            "regressions": [one.message for one in judged.judgement.regressions],
        }
        outputs |= task.outputs()
        if worse := judged.judgement.regressions:
            reason = f"worse than before: {_named([one.message for one in worse])}"
            return Failed(reason, FailureKind.VALIDATION, outputs, detail=_all(worse))
        if head == await self.workspace.origin() and not survey.clusters and survey.assessment.status in _IDLE:
            return Succeeded(outputs, note=f"nothing to repair: {summary(survey)}")
        if task.spec.body["accept"] == "passed":
            return _finished(survey, judged.judgement, outputs=outputs)
        return Succeeded(outputs, note="; ".join((summary(survey), *map(told_by_chance, judged.judgement.unsteady))))


def _permits(task: Task) -> frozenset[Guarded]:
    words = task.spec.body.get("permits", ())
    assert isinstance(words, Sequence), "checked when the workflow was loaded"
    return frozenset(Guarded(str(word)) for word in words) | permitted(consented(task, "consents"))


def scope_of(task: Task) -> Scope:
    """What a node looks at, by its ``stages`` and ``path``."""
    stages = task.spec.body.get("stages", ())
    assert isinstance(stages, Sequence), "checked when the workflow was loaded"
    below = to_text(task.text(str(task.spec.body.get("path", "")))).strip("/")
    return Scope(stages=frozenset(map(str, stages)), below="" if below == "." else below)


def summary(survey: Survey) -> str:
    """One line: that all passed and what that rests on, or how much fails and where first."""
    assessment = survey.assessment
    tests = sum(len(stage.tests) for stage in assessment.stages)
    if assessment.status is VerdictStatus.PASSED:
        return f"passed ({_count(tests, 'test')})" if tests else f"passed (evidence: {assessment.evidence})"
    if assessment.status is VerdictStatus.EMPTY:
        return "nothing was tested"
    found = [_place(one) for cluster in survey.clusters for one in cluster.findings]
    left = _left(survey)
    return f"{_count(left, 'thing')} fail{'s' if left == 1 else ''}: {_named(found)}"


def _are_tests_passed(survey: Survey) -> bool:
    """Whether nothing fails, and all tests were run: what could not be run is a linter or a formatter, for example."""
    tests = [stage for stage in survey.assessment.stages if stage.name == _TEST]
    has_passed = all(stage.status is VerdictStatus.PASSED for stage in tests)
    return has_passed and any(stage.tests for stage in tests) and not survey.clusters


def _unchecked(survey: Survey) -> str:
    tests = sum(len(stage.tests) for stage in survey.assessment.stages)
    return f"passed ({_count(tests, 'test')}); not checked: {_first(survey.assessment)}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _finished(survey: Survey, judgement: Comparison, *, outputs: dict[str, JsonValue]) -> Outcome:
    assessment = survey.assessment
    if judgement.unsteady:
        lines = list(map(told_by_chance, judgement.unsteady))
        return Failed(_named(lines), FailureKind.VALIDATION, outputs, detail=_detail(survey))
    if assessment.status is VerdictStatus.PASSED:
        return Succeeded(outputs, note=summary(survey))
    if assessment.status is VerdictStatus.TOOL_ERROR:
        if judgement.decision is Decision.ACCEPTED and _are_tests_passed(survey):
            return Succeeded(outputs, note=_unchecked(survey))
        return Failed(f"the checks could not be made: {_first(assessment)}", FailureKind.ERROR, outputs)
    doubt = "; ".join(judgement.reasons) if judgement.decision is Decision.UNVERIFIED else ""
    reason = summary(survey) if survey.clusters or not doubt else f"unverified: {doubt}"
    return Failed(reason, FailureKind.VALIDATION, outputs, detail=_detail(survey))


def _outputs(survey: Survey) -> dict[str, JsonValue]:
    assessment = survey.assessment
    return {
        "verdict": str(assessment.status),
        "evidence": str(assessment.evidence),
        "score": round(assessment.score, 4),
        "clusters": [cluster_to_json(cluster) for cluster in survey.clusters],
        "left": _left(survey),
        "summary": summary(survey),
    }


def _left(survey: Survey) -> int:
    return sum(len(cluster.targets) for cluster in survey.clusters)


def _place(finding: Finding) -> str:
    place = ":".join(str(part) for part in (finding.file, finding.line) if part)
    return f"{place}: {finding.message}" if place else finding.message


def _named(lines: Sequence[str]) -> str:
    more = f" (and {len(lines) - _SHOWN} more)" if len(lines) > _SHOWN else ""
    return "; ".join(lines[:_SHOWN]) + more


def _first(assessment: Assessment) -> str:
    """What the first tool says that failed itself; of a set-up with what a person has to know of it."""
    broken = [stage for stage in assessment.stages if stage.status is VerdictStatus.TOOL_ERROR]
    said = next((one.message for stage in broken for one in stage.findings), "a tool failed")
    if broken and broken[0].name == _SETUP:
        return "; ".join((f"the dependencies could not be brought in: {said}", *broken[0].notes))
    return said


def _detail(survey: Survey) -> str:
    return _all([one for cluster in survey.clusters for one in cluster.findings])


def _all(findings: Sequence[Finding]) -> str:
    return "\n".join(told(one) for one in findings[:_DETAIL_FINDINGS])
