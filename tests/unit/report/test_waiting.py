from orchestrator.domain.events import Answered, Event, NodeExpanded, NodeReleased
from orchestrator.domain.ids import NodeId
from orchestrator.domain.status import RunStatus
from orchestrator.report.waiting import reasons_of_open_nodes
from tests.unit.report.script import START, begun, blocked, fold, node, retried, run_ended, started, succeeded


def test_everything_behind_a_question_waits_for_it(blocking: list[Event]) -> None:
    assert reasons_of_open_nodes(fold(blocking)) == {
        "deploy": "waits for approve, which is blocked",
        "announce": "waits for approve, which is blocked",
    }


def test_a_parent_and_what_needs_it_wait_for_the_blocked_child() -> None:
    state = fold([begun(node("a"), node("b", "a")), started(0, "a")])
    state.on_event(NodeExpanded(START, NodeId("a"), 1, (node("a/x"), node("a/y", "a/x"))))
    state.on_event(blocked(1, "a/x", "sure?"))
    assert set(reasons_of_open_nodes(state).values()) == {"waits for a/x, which is blocked"}


def test_a_question_explains_more_than_another_open_need() -> None:
    state = fold([begun(node("a"), node("b"), node("c", "a", "b")), blocked(1, "b", "sure?")])
    assert reasons_of_open_nodes(state)[NodeId("c")] == "waits for b, which is blocked"


def test_an_interrupt_tells_what_was_given_back_and_what_never_started() -> None:
    state = fold([begun(node("a"), node("b", "a")), started(0, "a")])
    state.on_event(NodeReleased(START + 1, NodeId("a"), "interrupted"))
    state.on_event(run_ended(1, RunStatus.INTERRUPTED))
    assert reasons_of_open_nodes(state) == {"a": "interrupted", "b": "not started: interrupted"}


def test_the_reason_of_the_run_is_the_reason_of_what_did_not_start() -> None:
    state = fold([begun(node("a")), run_ended(1, RunStatus.BUDGET, "limits.minutes: 5 minutes are over")])
    assert reasons_of_open_nodes(state) == {"a": "not started: limits.minutes: 5 minutes are over"}


def test_a_killed_run_tells_where_its_record_broke_off() -> None:
    nodes = (node("a"), node("b", "a"), node("c"), node("d"))
    state = fold([begun(*nodes), started(0, "a"), started(0, "c"), retried(1, "c", "exit 7", 5)])
    assert reasons_of_open_nodes(state) == {
        "a": "unfinished when the record of the run broke off",
        "b": "waits for a, which was running when the record of the run broke off",
        "c": "waits to be tried again: exit 7",
        "d": "not started: the record of the run broke off",
    }


def test_a_long_chain_is_followed_once() -> None:
    length = 20_000
    chain = [node("n0"), *(node(f"n{number}", f"n{number - 1}") for number in range(1, length))]
    state = fold([begun(*reversed(chain)), blocked(1, "n0", "sure?")])
    assert set(reasons_of_open_nodes(state).values()) == {"waits for n0, which is blocked"}


def test_a_cycle_in_a_damaged_record_ends() -> None:
    state = fold([begun(node("a", "b"), node("b", "a"))])
    assert len(reasons_of_open_nodes(state)) == 2


def test_a_run_that_is_through_leaves_nothing_to_explain() -> None:
    assert reasons_of_open_nodes(fold([begun(node("a")), started(0, "a"), succeeded(1, "a")])) == {}


def test_a_run_that_goes_on_says_what_is_at_work_and_what_is_not_started_yet() -> None:
    state = fold([begun(node("a"), node("b", "a"), node("c")), started(0, "a")])
    state.is_alive = True
    assert reasons_of_open_nodes(state) == {
        "a": "at work",
        "b": "waits for a, which is at work",
        "c": "not started yet",
    }


def test_a_run_that_is_open_again_says_which_nodes_are() -> None:
    state = fold([begun(node("a"), node("b", "a")), started(0, "a"), blocked(1, "a", "sure?")])
    state.on_event(Answered(START + 2, NodeId("a"), approve=True, opened={NodeId("a"): 0}))
    assert reasons_of_open_nodes(state) == {"a": "open again", "b": "not started yet"}
