from collections import Counter
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.events import (
    Answered,
    AttemptFailed,
    Event,
    NodeEnded,
    NodeExpanded,
    NodeOutput,
    NodeReleased,
    NodeStarted,
    RunEnded,
    RunInterrupted,
    RunResumed,
)
from orchestrator.domain.ids import NodeId
from orchestrator.domain.retry import FailureKind
from orchestrator.domain.status import ENDED, AttemptStatus, NodeStatus, RunStatus
from orchestrator.report import PlainProgress, RunState, document, json_text, junit_xml, markdown, summary_text
from orchestrator.report.record import KEPT_CHARACTERS, KEPT_LINES
from orchestrator.report.state import KEPT_OUTPUTS
from tests.unit.report.script import (
    START,
    begun,
    blocked,
    failed,
    fold,
    node,
    printed,
    retried,
    run_ended,
    started,
    succeeded,
)

A, B, C = NodeId("a"), NodeId("b"), NodeId("c")


def test_nodes_stand_in_the_order_of_announcement_with_their_family(failing: list[Event]) -> None:
    state = fold(failing)
    assert list(state.nodes)[:3] == ["fetch", "configure", "compile"]
    children = state.nodes[NodeId("compile")].children
    assert children == list(state.nodes)[10:]
    assert {state.nodes[child].parent for child in children} == {"compile"}
    assert state.nodes[NodeId("fetch")].parent is None


def test_each_attempt_keeps_how_it_ended(failing: list[Event]) -> None:
    first, second = fold(failing).nodes[NodeId("fetch")].attempts
    assert (first.n, first.status, first.kind) == (1, AttemptStatus.ERROR, FailureKind.TRANSIENT)
    assert first.reason == "exit 7: could not resolve host"
    assert first.seconds is not None
    assert round(first.seconds, 3) == 0.4
    assert (second.n, second.status, second.kind, second.reason) == (2, AttemptStatus.ACCEPTED, None, "")


def test_a_failed_check_is_a_rejected_attempt_and_a_broken_node_an_erroneous_one() -> None:
    state = fold([begun(node("a"), node("b")), started(0, "a"), failed(1, "a", "exit 1"), started(0, "b")])
    state.on_event(NodeEnded(START + 1, B, NodeStatus.FAILED, "no such program", kind=FailureKind.ERROR))
    assert [state.nodes[one].attempts[0].status for one in (A, B)] == [AttemptStatus.REJECTED, AttemptStatus.ERROR]


def test_a_node_that_waits_for_its_children_takes_no_worker_but_its_attempt_lasts() -> None:
    state = fold([begun(node("a")), started(0, "a"), NodeExpanded(START + 1, A, 1, (node("b"),))])
    assert list(state.busy) == []
    assert state.nodes[A].status is NodeStatus.RUNNING
    state.on_event(succeeded(9, "a"))
    assert state.nodes[A].attempts[0].seconds == 9
    assert state.work == 1


def test_work_is_added_up_over_workers_and_wall_clock_is_not() -> None:
    state = fold(
        [begun(node("a"), node("b")), started(0, "a"), started(0, "b"), succeeded(4, "a"), succeeded(5, "b")],
    )
    assert (state.work, state.seconds()) == (9, 5)
    assert state.seconds(now=START + 7) == 7


def test_time_between_an_interrupt_and_a_resume_does_not_count() -> None:
    state = fold([begun(node("a")), started(0, "a"), NodeReleased(START + 3, A, "interrupted")])
    assert (state.nodes[A].status, state.nodes[A].attempts[0].status) == (NodeStatus.READY, AttemptStatus.DISCARDED)
    state.on_event(run_ended(3, RunStatus.INTERRUPTED))
    state.on_event(RunResumed(START + 1_000))
    assert state.status is None
    state.on_event(started(1_000, "a"))
    state.on_event(succeeded(1_002, "a"))
    assert (state.seconds(), state.work) == (5, 5)


def test_what_was_in_flight_when_the_engine_died_is_ready_again() -> None:
    state = fold([begun(node("a")), started(0, "a"), printed(2, "a", "half way"), RunResumed(START + 500)])
    record = state.nodes[A]
    assert (record.status, dict(state.busy)) == (NodeStatus.READY, {})
    assert (record.attempts[0].seconds, record.attempts[0].reason) == (2, "the engine stopped")
    assert state.seconds(now=START + 501) == 3


def test_a_node_that_is_answered_or_run_again_is_no_longer_blocked_or_failed() -> None:
    state = fold([begun(node("a"), node("b")), blocked(1, "a", "sure?"), started(1, "b"), failed(2, "b", "exit 1")])
    assert (list(state.blocked), list(state.failures)) == (["a"], ["b"])
    state.on_event(started(3, "a"))
    state.on_event(started(3, "b", 2))
    assert (list(state.blocked), list(state.failures)) == ([], [])
    assert (state.nodes[B].reason, state.nodes[B].ended) == ("", None)


def test_a_node_waits_for_its_retry_until_it_starts_again() -> None:
    state = fold([begun(node("a")), started(0, "a"), retried(1, "a", "exit 7", 2.5)])
    assert (list(state.retrying), state.nodes[A].retry_at) == (["a"], START + 3.5)
    state.on_event(started(3.5, "a", 2))
    assert (list(state.retrying), state.nodes[A].retry_at) == ([], None)


def test_only_the_last_lines_are_kept_and_only_of_nodes_that_end_badly() -> None:
    lines = [printed(1, name, f"{number} " + "x" * 5_000) for number in range(50) for name in ("a", "b")]
    state = fold([begun(node("a"), node("b")), started(0, "a"), started(0, "b"), *lines])
    kept = state.nodes[A].lines
    assert kept is not None
    assert (len(kept), max(map(len, kept)), kept[-1][:3]) == (KEPT_LINES, KEPT_CHARACTERS, "49 ")
    state.on_event(succeeded(2, "a"))
    state.on_event(failed(2, "b", "exit 1"))
    assert state.nodes[A].lines is None
    assert state.nodes[B].lines is not None


def test_when_everything_fails_only_the_first_keep_their_lines() -> None:
    names = [f"n{number}" for number in range(KEPT_OUTPUTS + 5)]
    state = fold([begun(*map(node, names))])
    for name in names:
        for event in (started(0, name), printed(1, name, "line"), failed(1, name, "exit 1")):
            state.on_event(event)
    assert sum(one.lines is not None for one in state.nodes.values()) == KEPT_OUTPUTS


def test_a_failure_counts_unless_the_node_or_what_added_it_may_fail() -> None:
    state = fold([begun(node("a", tolerated=True), node("b")), started(0, "a"), started(0, "b")])
    state.on_event(NodeExpanded(START, A, 1, (node("a/x"),)))
    state.on_event(NodeExpanded(START, B, 1, (node("b/x"), node("b/y", tolerated=True))))
    child = state.nodes[NodeId("b/x")]
    told = {name: state.tolerates(state.nodes[NodeId(name)]) for name in ("a", "b", "a/x", "b/x", "b/y")}
    assert told == {"a": True, "b": False, "a/x": True, "b/x": False, "b/y": True}
    state.on_event(succeeded(1, "b"))
    assert state.tolerates(child), "a parent that succeeds with fewer children has tolerated it"


def test_every_kind_of_event_is_folded_and_all_but_output_is_told() -> None:
    assert set(get_args(Event)) == set(RunState._FOLDS) == {*PlainProgress._TOLD, NodeOutput}


NAMES = st.sampled_from([A, B, C, NodeId("never announced")])
REASONS = st.sampled_from(["", "why"])
TIMES = st.floats(START - 10, START + 100)
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(lambda: begun(node("a"), node("b", "a"), node("c", "b"))),
    st.builds(RunResumed, TIMES),
    st.builds(RunInterrupted, TIMES, st.booleans()),
    st.builds(NodeStarted, TIMES, NAMES, st.integers(1, 3)),
    st.builds(AttemptFailed, TIMES, NAMES, st.just(1), st.sampled_from(FailureKind), REASONS, st.floats(0, 9)),
    st.builds(
        lambda at, name, child: NodeExpanded(at, name, 1, (node(child, "a"),)),
        TIMES,
        NAMES,
        st.sampled_from(["a", "x", "y"]),
    ),
    st.builds(NodeEnded, TIMES, NAMES, st.sampled_from(sorted(ENDED)), REASONS),
    st.builds(NodeReleased, TIMES, NAMES, REASONS),
    st.builds(NodeOutput, TIMES, NAMES, st.just("stdout"), REASONS),
    st.builds(RunEnded, TIMES, st.sampled_from(RunStatus), REASONS),
)


@given(st.lists(EVENTS, max_size=25))
def test_no_order_of_events_breaks_the_state_or_a_report(events: list[Event]) -> None:
    state = fold(events)
    assert {status: number for status, number in state.counts.items() if number} == Counter(
        one.status for one in state.nodes.values()
    )
    assert set(state.busy) == {name for name, one in state.nodes.items() if one.busy_since is not None}
    assert state.seconds() >= 0
    for report in (document, json_text, junit_xml, markdown, summary_text):
        assert report(state)


def test_an_end_holds_no_longer_once_a_node_is_open_again_and_waiting_is_nobodys_work() -> None:
    state = fold([begun(node("a")), started(0, "a"), blocked(3, "a", "sure?"), run_ended(3, RunStatus.BLOCKED)])
    state.on_event(Answered(START + 1_000, A, approve=True, opened={A: 0}))
    assert (state.status, state.ended, state.is_opened, state.seconds()) == (None, None, True, 3)
    state.on_event(RunResumed(START + 2_000))
    assert (state.is_opened, state.seconds()) == (False, 3)


def test_work_of_a_killed_engine_ends_with_its_last_event_however_late_somebody_answers() -> None:
    state = fold([begun(node("a"), node("b")), blocked(1, "a", "sure?"), started(1, "b"), printed(4, "b", "line")])
    state.on_event(Answered(START + 1_000, A, approve=True, opened={A: 0}))
    assert (state.work, state.nodes[B].status, state.nodes[B].attempts[0].reason) == (3, "ready", "the engine stopped")
