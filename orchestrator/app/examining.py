"""Whether a candidate passes the stages that were asked for, and what is told of it where it does not."""

from collections.abc import Iterator

from orchestrator.domain.assessment import Assessment
from orchestrator.domain.finding import FailureClass, Finding
from orchestrator.domain.judgement import Comparison, Decision, told_by_chance
from orchestrator.domain.verdict import Verdict, VerdictStatus
from orchestrator.validation.judgement import Objections

_MOST_FINDINGS = 50
"""They are journaled."""


def examined(before: Assessment, after: Assessment, *, judgement: Comparison, held: Objections) -> Verdict:
    """The verdict on a candidate; see :meth:`orchestrator.ports.Examiner.examine`.

    Args:
        before: of the base, as far as the stages go.
        after: of the candidate, likewise.
        judgement: what the two come to, with ``held``.
        held: what speaks against the candidate besides.
    """
    is_good = judgement.decision is not Decision.REJECTED and not judgement.unsteady
    if after.status is VerdictStatus.PASSED and is_good:
        return Verdict(status=VerdictStatus.PASSED, evidence=after.evidence, score=1.0, seconds=after.seconds)
    return Verdict(
        status=_status(before, after, is_worse=bool(held.integrity or judgement.regressions)),
        evidence=after.evidence,
        score=after.score,
        findings=tuple(_told(after, judgement=judgement, held=held))[:_MOST_FINDINGS],
        seconds=after.seconds,
    )


def _status(before: Assessment, after: Assessment, *, is_worse: bool) -> VerdictStatus:
    """Whose fault it is: what is worse is the candidate's, whatever the tools can say of the rest."""
    if is_worse or after.status in {VerdictStatus.PASSED, VerdictStatus.FAILED}:
        return VerdictStatus.FAILED
    if after.status is VerdictStatus.TOOL_ERROR or before.status is VerdictStatus.EMPTY:
        return VerdictStatus.TOOL_ERROR
    return VerdictStatus.FAILED


def _told(after: Assessment, *, judgement: Comparison, held: Objections) -> Iterator[Finding]:
    """What is worse first, then all that fails, each once; at least a line that says why."""
    said: set[tuple[str, int, str]] = set()
    failing = (one for stage in after.stages for one in stage.errors)
    for finding in (*held.integrity, *judgement.regressions, *failing):
        key = (finding.file, finding.line, finding.message)
        if key not in said:
            said.add(key)
            yield finding
    if not said:
        reasons = judgement.reasons or tuple(map(told_by_chance, judgement.unsteady))
        what = "; ".join(reasons) or f"the checks say {after.status}"
        if after.status is VerdictStatus.EMPTY:
            what = "; ".join(("nothing was looked at", *(f"{one.name}: {one.reason}" for one in after.skipped)))
        yield Finding(tool="checks", message=what, failure_class=FailureClass.UNKNOWN)
