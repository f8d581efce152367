"""A review can hold back what the commands passed; it never passes what they did not."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.finding import FailureClass, Finding, Severity
from orchestrator.domain.verdict import Verdict, VerdictStatus
from orchestrator.validation.review import Asked, Decision, Review, ReviewPolicy, Trouble, decided
from tests.unit.validation.review.questions import FAILED, PASSED

ERROR = Finding(tool="review", message="Wrong.", file="src/a.py", line=2, failure_class=FailureClass.REVIEW)
NOTE = replace(ERROR, severity=Severity.NOTE)
SURE = Review(decision=Decision.HOLD, confidence=0.9, findings=(ERROR,))
POLICY = ReviewPolicy()

REVIEWS = st.builds(
    Review,
    decision=st.sampled_from(Decision),
    confidence=st.floats(0, 1),
    findings=st.lists(st.sampled_from([ERROR, NOTE]), min_size=1, max_size=3).map(tuple),
)
ASKED = st.one_of(
    REVIEWS.map(lambda review: Asked(answer=review)),
    st.sampled_from(Trouble).map(lambda trouble: Asked[Review](trouble=trouble, note="why")),
)
VERDICTS = st.builds(
    Verdict,
    status=st.sampled_from(VerdictStatus),
    score=st.floats(0, 1),
    findings=st.lists(st.just(replace(ERROR, tool="pytest")), max_size=2),
)
POLICIES = st.builds(ReviewPolicy, min_score=st.floats(0, 1), is_required=st.booleans())


@given(VERDICTS, ASKED, POLICIES)
def test_no_review_makes_a_pass(verdict: Verdict, asked: Asked[Review], policy: ReviewPolicy) -> None:
    after = decided(verdict, asked, policy=policy)
    if verdict.status is not VerdictStatus.PASSED:
        assert after == verdict
    assert after.score <= verdict.score
    assert list(after.findings[: len(verdict.findings)]) == list(verdict.findings)
    if after.status is VerdictStatus.PASSED:
        assert not any(finding.severity is Severity.ERROR for finding in after.findings[len(verdict.findings) :])


def test_a_sure_hold_fails_the_candidate_with_its_findings() -> None:
    after = decided(PASSED, Asked(answer=SURE), policy=POLICY)
    assert after.status is VerdictStatus.FAILED
    assert after.score == pytest.approx(0.1)
    assert list(after.findings) == [ERROR]


def test_a_hold_without_an_error_makes_one_of_its_first_finding() -> None:
    review = replace(SURE, findings=(NOTE, NOTE))
    after = decided(PASSED, Asked(answer=review), policy=POLICY)
    assert [finding.severity for finding in after.findings] == [Severity.ERROR, Severity.NOTE]


@pytest.mark.parametrize(("confidence", "status"), [(0.69, VerdictStatus.PASSED), (0.71, VerdictStatus.FAILED)])
def test_an_unsure_hold_is_advice(confidence: float, status: VerdictStatus) -> None:
    review = replace(SURE, confidence=confidence)
    after = decided(PASSED, Asked(answer=review), policy=POLICY)
    assert after.status is status
    assert after.findings[0].severity is (Severity.WARNING if status is VerdictStatus.PASSED else Severity.ERROR)


def test_an_approval_holds_nothing_back_however_unsure() -> None:
    review = Review(decision=Decision.APPROVE, confidence=0.0, findings=(ERROR,))
    assert decided(PASSED, Asked(answer=review), policy=POLICY).status is VerdictStatus.PASSED


@pytest.mark.parametrize("trouble", Trouble)
def test_no_usable_review_holds_nothing_back_unless_one_is_required(trouble: Trouble) -> None:
    asked: Asked[Review] = Asked(trouble=trouble, note="no answer within 120 s")
    assert decided(PASSED, asked, policy=POLICY) == PASSED
    after = decided(PASSED, asked, policy=ReviewPolicy(is_required=True))
    assert after.status is VerdictStatus.TOOL_ERROR
    assert "no answer within 120 s" in after.findings[0].message
    assert decided(FAILED, asked, policy=ReviewPolicy(is_required=True)) == FAILED
