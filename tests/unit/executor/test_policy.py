import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.node import Join, Wanted
from orchestrator.domain.retry import Backoff, FailureKind, RetryPolicy
from orchestrator.domain.status import EXIT_CODES, NodeStatus, RunStatus
from orchestrator.executor.policy import NeedEnd, RunEnd, Tries, full_jitter, reason_to_skip, retry_wait, run_status

GOOD = NeedEnd("good", NodeStatus.SUCCEEDED)
BAD = NeedEnd("bad", NodeStatus.FAILED)
SKIPPED = NeedEnd("away", NodeStatus.SKIPPED)
TOLERATED = NeedEnd("shaky", NodeStatus.FAILED, tolerated=True)
CANCELLED = NeedEnd("cut", NodeStatus.CANCELLED)


@pytest.mark.parametrize(
    ("join", "needs", "reason"),
    [
        (Join.ALL_SUCCEEDED, [], ""),
        (Join.ALL_SUCCEEDED, [GOOD, TOLERATED], ""),
        (Join.ALL_SUCCEEDED, [GOOD, BAD, SKIPPED], "needs bad, which failed"),
        (Join.ALL_SUCCEEDED, [SKIPPED], "needs away, which was skipped"),
        (Join.NONE_FAILED, [GOOD, SKIPPED], ""),
        (Join.NONE_FAILED, [GOOD, CANCELLED], "needs cut, which was cancelled"),
        (Join.ONE_SUCCEEDED, [BAD, GOOD], ""),
        (Join.ONE_SUCCEEDED, [], ""),
        (Join.ONE_SUCCEEDED, [BAD, SKIPPED], "none of its needs succeeded (bad failed, away was skipped)"),
        (Join.ALL_DONE, [BAD, SKIPPED, CANCELLED], ""),
        (Join.ALL_SUCCEEDED, [BAD._replace(wanted=Wanted.ANY), GOOD], ""),
        (Join.ALL_SUCCEEDED, [SKIPPED._replace(wanted=Wanted.SKIPPED_OK)], ""),
        (Join.ALL_DONE, [BAD._replace(wanted=Wanted.SKIPPED_OK)], "needs bad skipped-ok, but it failed"),
        (Join.ALL_DONE, [SKIPPED._replace(wanted=Wanted.SUCCEEDED)], "needs away succeeded, but it was skipped"),
    ],
)
def test_a_node_is_skipped_with_the_reason(join: Join, needs: list[NeedEnd], reason: str) -> None:
    assert reason_to_skip(join, needs) == reason


THREE = RetryPolicy(max_attempts=3, backoff=Backoff(base=2.0, cap=5.0))


@pytest.mark.parametrize(
    ("kind", "tries", "wait"),
    [
        (FailureKind.VALIDATION, Tries(1), 1.0),  # half of 2
        (FailureKind.VALIDATION, Tries(2), 2.0),  # half of 4
        (FailureKind.VALIDATION, Tries(3), None),
        (FailureKind.ERROR, Tries(1), None),  # not in `on`
        (FailureKind.TRANSIENT, Tries(3, 1), 1.0),  # costs no attempt
        (FailureKind.TRANSIENT, Tries(0, 3), 2.5),  # half of the cap
        (FailureKind.TRANSIENT, Tries(0, 4), None),
        (FailureKind.CONFLICT, Tries(0, conflicts=1), None),  # not in `on`
    ],
)
def test_retries_follow_the_policy(kind: FailureKind, tries: Tries, wait: float | None) -> None:
    assert retry_wait(THREE, kind, tries=tries, chance=0.5) == wait


def test_transient_failures_are_counted_apart() -> None:
    assert Tries().after(FailureKind.TRANSIENT).after(FailureKind.FORMAT) == Tries(counted=1, transient=1)


CONFLICTS = RetryPolicy(on=frozenset({FailureKind.CONFLICT}), max_conflicts=2, backoff=Backoff(base=2.0, cap=5.0))


@pytest.mark.parametrize(
    ("tries", "wait"),
    [(Tries(conflicts=1), 1.0), (Tries(counted=5, conflicts=2), 2.0), (Tries(conflicts=3), None)],
)
def test_conflicts_cost_no_attempt_and_have_a_cap_of_their_own(tries: Tries, wait: float | None) -> None:
    assert retry_wait(CONFLICTS, FailureKind.CONFLICT, tries=tries, chance=0.5) == wait


@given(st.lists(st.sampled_from(FailureKind), max_size=20), st.integers(0, 5))
def test_every_failure_has_its_number_whatever_it_counts_against(kinds: list[FailureKind], lost: int) -> None:
    tries = Tries(lost=lost)
    for kind in kinds:
        tries = tries.after(kind)
    assert tries.number == len(kinds) + lost
    assert tries.conflicts == kinds.count(FailureKind.CONFLICT)


@given(
    st.builds(Backoff, base=st.floats(0, 100), cap=st.floats(0, 1000), factor=st.floats(1, 10)),
    st.integers(0, 10_000),
    st.floats(0, 1),
)
def test_a_wait_is_never_negative_nor_above_the_cap(backoff: Backoff, retry: int, chance: float) -> None:
    assert 0 <= full_jitter(backoff, retry, chance=chance) <= backoff.cap


@pytest.mark.parametrize(
    ("end", "status"),
    [
        (RunEnd([]), RunStatus.SUCCEEDED),
        (RunEnd([NodeStatus.SUCCEEDED, NodeStatus.SKIPPED]), RunStatus.SUCCEEDED),
        (RunEnd([NodeStatus.FAILED, NodeStatus.SUCCEEDED]), RunStatus.FAILED),
        (RunEnd([NodeStatus.CANCELLED]), RunStatus.FAILED),
        (RunEnd([NodeStatus.FAILED], landed=True), RunStatus.PARTIAL),
        (RunEnd([NodeStatus.FAILED, NodeStatus.BLOCKED], landed=True), RunStatus.BLOCKED),
        (RunEnd([NodeStatus.BLOCKED], exhausted="limits.minutes"), RunStatus.BUDGET),
        (RunEnd([], interrupted=True, exhausted="limits.minutes"), RunStatus.INTERRUPTED),
    ],
)
def test_the_first_that_applies_is_how_the_run_ended(end: RunEnd, status: RunStatus) -> None:
    assert run_status(end) == status


def test_every_way_to_end_has_its_exit_code() -> None:
    assert {status: EXIT_CODES[status] for status in RunStatus} == {
        RunStatus.SUCCEEDED: 0,
        RunStatus.FAILED: 1,
        RunStatus.PARTIAL: 3,
        RunStatus.BUDGET: 4,
        RunStatus.BLOCKED: 5,
        RunStatus.INTERRUPTED: 130,
    }
