"""What comes of a review: a pure function of what the commands say and what the reviewer says."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from orchestrator.domain.finding import FailureClass, Finding, Severity
from orchestrator.domain.verdict import Verdict, VerdictStatus
from orchestrator.validation.review.values import Asked, Decision, Review


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPolicy:
    """How much a review counts.

    Attributes:
        min_score: 0 to 1; a candidate is held back where the reviewer says so and its score is below this.
        is_required: whether a candidate that no usable review was had for is held back as well.
        timeout: seconds for a review, a second try included.
    """

    min_score: float = 0.3
    is_required: bool = False
    timeout: float = 120.0


def _advice(findings: Sequence[Finding]) -> list[Finding]:
    """Findings that do not decide: an error of theirs is a warning."""
    return [replace(f, severity=Severity.WARNING) if f.severity is Severity.ERROR else f for f in findings]


def _held(verdict: Verdict, review: Review) -> Verdict:
    """A failure with at least one error: the first finding, where the reviewer calls none an error."""
    first, *rest = review.findings
    if all(finding.severity is not Severity.ERROR for finding in review.findings):
        first = replace(first, severity=Severity.ERROR)
    score = min(verdict.score, review.score)
    return replace(verdict, status=VerdictStatus.FAILED, score=score, findings=[*verdict.findings, first, *rest])


def _without_review(verdict: Verdict, asked: Asked[Review], *, policy: ReviewPolicy) -> Verdict:
    if not policy.is_required:
        return verdict
    what = f"a review is required and there is none: {asked.note or asked.trouble}"
    finding = Finding(tool="review", message=what, failure_class=FailureClass.REVIEW)
    return replace(verdict, status=VerdictStatus.TOOL_ERROR, score=0.0, findings=[*verdict.findings, finding])


def decided(verdict: Verdict, asked: Asked[Review], *, policy: ReviewPolicy) -> Verdict:
    """The verdict after a review. It passes only if ``verdict`` did.

    A verdict of the commands that is no pass stays as it is. A pass stays one with the findings as advice, becomes a
    failure where the reviewer holds the candidate back surely enough, and a tool error where a review is required and
    there is none: that is not the candidate's fault.
    """
    if verdict.status is not VerdictStatus.PASSED:
        return verdict
    review = asked.answer
    if review is None:
        return _without_review(verdict, asked, policy=policy)
    if review.decision is Decision.HOLD and review.score < policy.min_score:
        return _held(verdict, review)
    return replace(verdict, findings=[*verdict.findings, *_advice(review.findings)])
