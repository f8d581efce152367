"""A run taken up again: from whatever its journal holds, the engine goes on as if nothing had happened."""

from orchestrator.domain.events import (
    AttemptFailed,
    CallSent,
    NodeEnded,
    NodeStarted,
    RunEnded,
    RunResumed,
)
from orchestrator.domain.ids import NodeId
from orchestrator.domain.outcome import Failed, Outcome, Succeeded
from orchestrator.domain.retry import Backoff, FailureKind, RetryPolicy
from orchestrator.domain.status import NodeStatus, RunStatus
from orchestrator.task import Task
from tests.unit.executor.playing import do, fail, node, play
from tests.unit.executor.resuming import check_every_beginning, forbidden, starts, upto

CHAIN = (node("a"), node("b", "a"), node("c", "b"))


def test_what_has_ended_is_not_run_again_and_its_outputs_are_there() -> None:
    reads = node("b", "a", kind="set", outputs={"got": "${{ needs.a.outputs.x }}"})
    first = play(node("a"), reads, scripts={"a": do(2, Succeeded({"x": 7}))})
    again = play(after=upto(first.events, NodeEnded, "a"), scripts={"a": forbidden})
    assert again.started() == ["b"]
    assert again.ended["b"].outputs == {"got": 7}
    assert again.status == RunStatus.SUCCEEDED
    assert [type(event) for event in again.events] == [RunResumed, NodeStarted, NodeEnded, RunEnded]


def test_a_run_that_is_over_stays_as_it_is() -> None:
    first = play(*CHAIN, scripts={"b": fail("no")})
    again = play(after=first.events, scripts=dict.fromkeys("abc", forbidden))
    assert again.status == first.status == RunStatus.FAILED
    assert again.statuses() == first.statuses()
    assert [type(event) for event in again.events] == [RunResumed, RunEnded]


def test_what_was_in_flight_is_started_again_as_its_next_attempt() -> None:
    first = play(*CHAIN)
    again = play(after=upto(first.events, NodeStarted, "b"), scripts={"a": forbidden})
    assert starts(again) == [("b", 2), ("c", 1)]


def test_an_attempt_that_a_crash_cut_short_does_not_count_against_the_policy() -> None:
    policy = RetryPolicy(max_attempts=2, backoff=Backoff(base=0))
    first = play(node("a", retry=policy), scripts={"a": fail()})
    again = play(after=upto(first.events, NodeStarted, "a"), scripts={"a": fail()})
    assert starts(again) == [("a", 2), ("a", 3)]
    assert again.ended["a"].status == NodeStatus.FAILED


def test_failed_attempts_still_count_after_a_crash() -> None:
    policy = RetryPolicy(max_attempts=3, backoff=Backoff(base=0))
    first = play(node("a", retry=policy), scripts={"a": fail()})
    again = play(after=upto(first.events, AttemptFailed, "a", nth=2), scripts={"a": fail()})
    assert starts(again) == [("a", 3)]
    assert again.ended["a"].status == NodeStatus.FAILED


def test_transient_failures_keep_their_own_count() -> None:
    policy = RetryPolicy(max_attempts=2, max_transient=2, backoff=Backoff(base=0))
    busy = do(outcome=Failed("busy", FailureKind.TRANSIENT))
    first = play(node("a", retry=policy), scripts={"a": busy})
    again = play(after=upto(first.events, AttemptFailed, "a", nth=2), scripts={"a": busy})
    assert starts(again) == [("a", 3)]
    assert again.ended["a"].status == NodeStatus.FAILED


def test_several_crashes_in_a_row_each_cost_a_number_and_nothing_else() -> None:
    policy = RetryPolicy(max_attempts=2, backoff=Backoff(base=0))
    history = upto(play(node("a", retry=policy)).events, NodeStarted, "a")
    for attempt in (2, 3, 4):
        again = play(after=history)
        assert starts(again) == [("a", attempt)]
        history = [*history, *upto(again.events, NodeStarted, "a")]
    assert starts(play(after=history, scripts={"a": fail()})) == [("a", 5), ("a", 6)]


async def telling(task: Task) -> Outcome:
    """Records two facts, one of which an earlier engine may have recorded, and fails."""
    for model in ("small", "large"):
        if not any(isinstance(fact, CallSent) and fact.model == model for fact in task.facts):
            await task.remember(CallSent(1.0, task.spec.id, task.attempt, model))
    return Failed("no")


def test_an_attempt_that_recorded_facts_goes_on_with_them_under_its_number() -> None:
    first = play(node("a"), scripts={"a": telling})
    again = play(after=upto(first.events, CallSent, "a"), scripts={"a": telling})
    assert starts(again) == [("a", 1)]
    assert [event.model for event in again.all(CallSent)] == ["large"]


def test_the_facts_of_an_attempt_that_failed_are_not_those_of_the_next() -> None:
    policy = RetryPolicy(max_attempts=2, backoff=Backoff(base=0))
    first = play(node("a", retry=policy), scripts={"a": telling})
    crashed = upto(first.events, CallSent, "a")
    second = play(after=crashed, scripts={"a": telling})
    history = [*crashed, *upto(second.events, AttemptFailed, "a")]
    again = play(after=history, scripts={"a": telling})
    assert starts(again) == [("a", 2)]
    assert [event.model for event in again.all(CallSent)] == ["small", "large"]
    assert again.ended["a"].status == NodeStatus.FAILED


def test_a_retry_that_waited_starts_at_once() -> None:
    policy = RetryPolicy(max_attempts=2, backoff=Backoff(base=20.0))
    first = play(node("a", retry=policy), node("b"), scripts={"a": fail(), "b": do(50)})
    again = play(after=upto(first.events, AttemptFailed, "a"), scripts={"b": do(50)})
    started = {event.node: event for event in again.all(NodeStarted)}
    assert started[NodeId("a")].attempt == 2
    assert started[NodeId("a")].at == again.events[0].at


def test_every_beginning_of_a_run_with_conditions_and_joins_leads_to_its_end() -> None:
    policy = RetryPolicy(max_attempts=2, backoff=Backoff(base=1.0))
    nodes = (
        node("a"),
        node("b", "a", retry=policy),
        node("clean", "b", condition="failure()"),
        node("skipped", "b"),
        node("ok", "b", condition="always()", kind="set", outputs={"b": "${{ needs.b.result }}"}),
        node("may", "a", continue_on_error=True),
        node("after", "may", "skipped", join="all-done"),
    )
    scripts = {"a": do(1, Succeeded({"x": [1, {"y": None}]})), "b": fail("no"), "may": fail("may"), "clean": do(2)}
    check_every_beginning(play(*nodes, scripts=scripts), scripts)
