"""A run taken up again: from whatever its journal holds, the engine goes on as if nothing had happened."""

from collections.abc import Sequence
from dataclasses import replace

import anyio
import pytest

from orchestrator.domain.events import (
    Answered,
    AttemptFailed,
    Event,
    NodeEnded,
    NodeExpanded,
    NodeReopened,
    NodeStarted,
    RunEnded,
    RunResumed,
)
from orchestrator.domain.ids import NodeId
from orchestrator.domain.node import Foreach, NodeSpec
from orchestrator.domain.outcome import Blocked, Expanded, Failed, Outcome, Succeeded
from orchestrator.domain.plan import Limits
from orchestrator.domain.retry import Backoff, FailureKind, RetryPolicy
from orchestrator.domain.status import NodeStatus, RunStatus
from orchestrator.executor.engine import Engine
from orchestrator.journal.reopen import reopened
from orchestrator.journal.replay import fold
from orchestrator.task import Task
from tests.unit.executor.playing import Ran, Script, do, fail, node, play


def upto(events: Sequence[Event], kind: type[Event], name: str, *, nth: int = 1) -> list[Event]:
    """The events as far as the ``nth`` of ``kind`` that tells of the node."""
    places = [place for place, one in enumerate(events) if isinstance(one, kind) and getattr(one, "node", "") == name]
    return list(events[: places[nth - 1] + 1])


def starts(ran: Ran) -> list[tuple[str, int]]:
    return [(event.node, event.attempt) for event in ran.all(NodeStarted)]


def opened_by(events: Sequence[Event], name: str) -> dict[NodeId, int]:
    recovered = fold(events)
    assert recovered is not None
    return reopened(NodeId(name), recovered.nodes)


def ends(events: Sequence[Event]) -> dict[str, tuple[str, object]]:
    """Where every node that still counts stands, and what it put out."""
    recovered = fold(events)
    assert recovered is not None
    return {
        name: (str(record.status), dict(record.end.outputs) if record.end else None)
        for name, record in recovered.nodes.items()
    }


def must_not_run(task: Task) -> Outcome:
    raise AssertionError(f"{task.spec.id} is run again")


async def forbidden(task: Task) -> Outcome:
    return must_not_run(task)


def check_every_beginning(ran: Ran, scripts: dict[str, Script]) -> None:
    """Whatever part of the journal is left, the run comes to the same end, and nothing that ended runs again."""
    expected = ends(ran.events)
    for length in range(1, len(ran.events) + 1):
        before = ran.events[:length]
        ended = {event.node for event in before if isinstance(event, NodeEnded)}
        again = play(after=before, scripts=scripts)
        assert again.status == ran.status, f"after {length} events"
        assert ends([*before, *again.events]) == expected, f"after {length} events"
        assert not ended & set(again.started()), f"after {length} events"


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


# -- expansions ----------------------------------------------------------------------------------------------


def test_children_come_from_the_event_and_the_list_is_not_evaluated_again() -> None:
    each = node("f", foreach=Foreach(items="inputs.list"), kind="set", outputs={"v": "${{ item }}"})
    first = play(each, inputs={"list": ["x", "y"]})
    *before, told = upto(first.events, NodeExpanded, "f")
    assert isinstance(told, NodeExpanded)
    other = tuple(replace(child, scope={"item": f"{child.scope['item']}!"}) for child in told.children)
    again = play(after=[*before, replace(told, children=other)])
    assert not again.all(NodeExpanded)
    assert again.started() == ["f[0]", "f[1]"]
    assert again.ended["f"].outputs["v"] == ["x!", "y!"]


def test_an_expansion_goes_on_with_its_notes_step_and_attempt() -> None:
    seen: list[tuple[int, int, object, list[str]]] = []

    async def parent(task: Task) -> Outcome:
        seen.append((task.attempt, task.step, task.notes.get("at"), [child.name for child in task.children]))
        children = (node(f"a/x{task.step}"),)
        return Succeeded() if task.step == 2 else Expanded(children, notes={"at": task.step})

    first = play(node("a"), scripts={"a": parent})
    seen.clear()
    again = play(after=upto(first.events, NodeStarted, "a/x1"), scripts={"a": parent})
    assert seen == [(1, 2, 1, ["x1"])]
    assert again.started() == ["a/x1"], "steps after an expansion are not told as started"


def test_an_expansion_without_children_goes_on_with_its_next_step() -> None:
    async def parent(task: Task) -> Outcome:
        children = (node("a/x"),) if task.step == 1 else ()
        return Succeeded({"steps": task.step}) if task.step == 3 else Expanded(children)

    scripts: dict[str, Script] = {"a": parent}
    check_every_beginning(play(node("a"), node("b", "a"), scripts=scripts), scripts)


def loop(*children: NodeSpec, until: str, stop_if: str = "") -> NodeSpec:
    body = {"until": until, "stop_if": stop_if, "max_iterations": 5}
    return node("l", kind="loop", children=children, body=body, outputs={"n": "${{ loop.iteration }}"})


def test_a_loop_goes_on_at_the_iteration_in_which_it_was_cut_off() -> None:
    scripts = {f"l#{n}/t": do(1, Succeeded({"exit": 4 - n})) for n in range(1, 5)}
    first = play(loop(node("t"), node("u", "t"), until="nodes.t.outputs.exit == 0"), scripts=scripts)
    again = play(after=upto(first.events, NodeEnded, "l#3/t"), scripts=scripts)
    assert again.started() == ["l#3/u", "l#4/t", "l#4/u"]
    assert again.ended["l"].outputs == {"iterations": 4, "n": 4}
    check_every_beginning(first, scripts)


def test_a_loop_still_knows_what_the_iteration_before_put_out() -> None:
    scripts = {f"l#{n}/t": do(1, Succeeded({"exit": code})) for n, code in enumerate((3, 2, 2, 0), 1)}
    first = play(loop(node("t"), until="nodes.t.outputs.exit == 0", stop_if="loop.no-progress"), scripts=scripts)
    assert first.ended["l"].reason == "stopped after iteration 3: loop.no-progress"
    again = play(after=upto(first.events, NodeExpanded, "l", nth=3), scripts=scripts)
    assert again.status == RunStatus.BLOCKED
    assert again.ended["l"].reason == first.ended["l"].reason
    check_every_beginning(first, scripts)


def called(*children: NodeSpec) -> NodeSpec:
    declared = {"type": "string", "required": True, "default": None, "description": "", "enum": []}
    body = {
        "source": "other.yaml",
        "with": {"name": "${{ inputs.mine }}"},
        "inputs": {"name": declared},
        "env": {"E": "e${{ inputs.name }}"},
        "outputs": {"result": "${{ needs.last.outputs.o }}"},
        "max_parallel": 1,
    }
    return node("c", kind="workflow", children=children, body=body)


def test_a_called_workflow_keeps_the_inputs_that_it_was_called_with() -> None:
    inside = called(node("first"), node("last", "first", kind="set", outputs={"o": "${{ inputs.name }}-${{ env.E }}"}))
    nodes = (inside, node("after", "c", kind="set", outputs={"got": "${{ needs.c.outputs.result }}"}))
    first = play(*nodes, inputs={"mine": "n"}, scripts={"c/first": do(1)})
    again = play(after=upto(first.events, NodeEnded, "c/first"), scripts={"c/first": forbidden})
    assert again.ended["after"].outputs == {"got": "n-en"}
    check_every_beginning(first, {})


def test_expansions_within_expansions_are_all_taken_up_where_they_were() -> None:
    each = node("e", foreach=Foreach(items="fromJSON('[1, 2, 3]')", max_parallel=2), outputs={"v": "${{ item }}"})
    inner = node(
        "l",
        kind="loop",
        children=(each, node("t", "e")),
        body={"until": "nodes.t.outputs.exit == 0", "stop_if": "", "max_iterations": 3},
    )
    last = node("last", "l", kind="set", outputs={"o": "${{ needs.l.outputs.iterations }}"})
    scripts: dict[str, Script] = {"c/l#1/t": do(1, Succeeded({"exit": 1})), "c/l#2/t": do(1, Succeeded({"exit": 0}))}
    scripts |= {f"c/l#{n}/e[{index}]": do(index + n, Succeeded({"v": index})) for n in (1, 2) for index in range(3)}
    first = play(called(inner, last), node("after", "c"), inputs={"mine": "n"}, scripts=scripts)
    assert first.ended["c"].outputs == {"result": 2}
    check_every_beginning(first, scripts)


def test_a_child_may_need_what_a_later_node_of_the_plan_has_added() -> None:
    async def spreads(task: Task) -> Outcome:
        return Succeeded() if task.step else Expanded((node("late/x"),))

    async def needs_it(task: Task) -> Outcome:
        return Succeeded() if task.step else Expanded((node("early/y", "late/x"),))

    scripts: dict[str, Script] = {"late": spreads, "early": needs_it}
    check_every_beginning(play(node("early", "late"), node("late"), scripts=scripts), scripts)


# -- people --------------------------------------------------------------------------------------------------


def asks(task: Task) -> Outcome:
    return Succeeded({"said": task.answer.text}) if task.answer else Blocked("which one?")


async def asking(task: Task) -> Outcome:
    return asks(task)


def test_an_answer_lets_the_blocked_node_go_on_and_nothing_else_runs_again() -> None:
    first = play(node("a"), node("ask", "a"), node("b", "ask"), node("free"), scripts={"ask": asking})
    assert first.status == RunStatus.BLOCKED
    answer = Answered(9.0, NodeId("ask"), text="the red one", opened=opened_by(first.events, "ask"))
    again = play(after=[*first.events, answer], scripts={"a": forbidden, "free": forbidden, "ask": asking})
    assert again.status == RunStatus.SUCCEEDED
    assert starts(again) == [("ask", 2), ("b", 1)]
    assert again.ended["ask"].outputs == {"said": "the red one"}


def test_a_run_without_an_answer_is_blocked_as_before() -> None:
    first = play(node("ask"), node("b", "ask"), scripts={"ask": asking})
    again = play(after=first.events, scripts={"ask": forbidden})
    assert again.status == RunStatus.BLOCKED
    assert again.statuses() == {"ask": "blocked", "b": "pending"}


def test_an_answer_survives_a_crash_of_the_engine_that_it_was_given_to() -> None:
    first = play(node("ask"), scripts={"ask": asking})
    answered = [*first.events, Answered(9.0, NodeId("ask"), text="yes", opened=opened_by(first.events, "ask"))]
    second = play(after=answered, scripts={"ask": asking})
    third = play(after=[*answered, *upto(second.events, NodeStarted, "ask")], scripts={"ask": asking})
    assert third.ended["ask"].outputs == {"said": "yes"}


def test_an_answer_inside_an_expansion_lets_its_parents_go_on() -> None:
    first = play(node("f", foreach=Foreach(items="fromJSON('[0, 1]')")), node("g", "f"), scripts={"f[1]": asking})
    assert first.statuses()["f"] == "running"
    answer = Answered(9.0, NodeId("f[1]"), text="so", opened=opened_by(first.events, "f[1]"))
    again = play(after=[*first.events, answer], scripts={"f[0]": forbidden, "f[1]": asking})
    assert again.status == RunStatus.SUCCEEDED
    assert again.started() == ["f[1]", "g"]


def wish(events: Sequence[Event], name: str) -> list[Event]:
    return [*events, NodeReopened(9.0, NodeId(name), "again", opened_by(events, name))]


def test_a_node_that_is_opened_again_runs_with_what_it_held_up() -> None:
    policy = RetryPolicy(max_attempts=2, backoff=Backoff(base=0))
    nodes = (node("a"), node("b", "a", retry=policy), node("c", "b"), node("d", "c"))
    first = play(*nodes, scripts={"b": fail()})
    again = play(after=wish(first.events, "b"), scripts={"a": forbidden, "b": fail()})
    assert starts(again) == [("b", 3), ("b", 4)], "all its attempts before it, numbered on"
    assert again.status == RunStatus.FAILED
    third = play(after=wish([*first.events, *again.events], "b"), scripts={"a": forbidden})
    assert third.status == RunStatus.SUCCEEDED
    assert starts(third) == [("b", 5), ("c", 1), ("d", 1)]


def test_a_list_that_is_opened_again_runs_only_the_items_that_failed() -> None:
    each = node("f", foreach=Foreach(items="fromJSON('[0, 1, 2]')"))
    first = play(each, node("g", "f"), scripts={"f[1]": fail()})
    again = play(after=wish(first.events, "f"), scripts={"f[0]": forbidden, "f[2]": forbidden})
    assert again.started() == ["f[1]", "g"]
    assert again.status == RunStatus.SUCCEEDED


def test_an_iteration_that_is_opened_again_is_followed_by_new_ones() -> None:
    scripts = {f"l#{n}/t": do(1, Succeeded({"exit": 1})) for n in range(1, 6)}
    first = play(loop(node("t"), until="nodes.t.outputs.exit == 'ok'"), scripts={**scripts, "l#2/t": fail()})
    assert first.status == RunStatus.FAILED
    better = {**scripts, "l#1/t": forbidden, "l#3/t": do(1, Succeeded({"exit": "ok"}))}
    again = play(after=wish(first.events, "l#2/t"), scripts=better)
    assert again.started() == ["l#2/t", "l#3/t"]
    assert again.ended["l"].outputs == {"iterations": 3, "n": 3}


# -- stops ---------------------------------------------------------------------------------------------------


def test_a_failure_that_stops_the_run_still_stops_it_after_a_crash() -> None:
    scripts = {"a": do(1, Failed("no")), "slow": do(50), "later": forbidden}
    nodes = (node("a"), node("slow"), node("later", "slow"), node("clean", "slow", condition="cancelled()"))
    first = play(*nodes, scripts=scripts, fail_fast=True)
    assert first.statuses()["clean"] == "succeeded"
    for last in (("a", NodeEnded), ("later", NodeEnded), ("slow", NodeEnded), ("clean", NodeStarted)):
        before = upto(first.events, last[1], last[0])
        again = play(after=before, scripts={**scripts, "slow": forbidden})
        assert again.status == RunStatus.FAILED, last
        assert ends([*before, *again.events])["later"] == ("skipped", {}), last
        assert again.statuses()["slow"] == "cancelled", last
        assert again.statuses()["clean"] == "succeeded", last


def test_a_tolerated_failure_stops_nothing_after_a_crash() -> None:
    first = play(node("a", continue_on_error=True), node("b", "a"), scripts={"a": fail()}, fail_fast=True)
    again = play(after=upto(first.events, NodeEnded, "a"))
    assert again.status == RunStatus.SUCCEEDED
    assert again.started() == ["b"]


def test_a_failure_that_is_opened_again_stops_the_run_no_more() -> None:
    first = play(node("a"), node("slow"), scripts={"a": fail(), "slow": do(50)}, fail_fast=True)
    assert first.statuses()["slow"] == "cancelled"
    again = play(after=wish(first.events, "a"))
    assert again.status == RunStatus.SUCCEEDED
    assert again.started() == ["a", "slow"]


def test_a_failed_item_still_stops_its_siblings_after_a_crash_and_nobody_else() -> None:
    each = node("f", foreach=Foreach(items="fromJSON('[0, 1, 2, 3]')", fail_fast=True))
    scripts = {"f[0]": do(1, Failed("bad")), "f[1]": do(50), "other": do(60)}
    first = play(each, node("other"), scripts=scripts, workers=2)
    before = upto(first.events, NodeEnded, "f[0]")
    again = play(after=before, scripts={**scripts, "f[2]": forbidden, "f[3]": forbidden}, workers=2)
    expected = {"f": "failed", "other": "succeeded", "f[0]": "failed", "f[1]": "cancelled"}
    assert again.statuses() == {**expected, "f[2]": "skipped", "f[3]": "skipped"} == first.statuses()
    assert again.ended["f"].reason == first.ended["f"].reason


def test_a_failed_child_of_an_earlier_step_stops_nothing() -> None:
    async def parent(task: Task) -> Outcome:
        children = (node(f"a/{task.step}"), node(f"a/{task.step}b"))
        return Succeeded() if task.step == 2 else Expanded(children, fail_fast=True, max_parallel=1)

    scripts: dict[str, Script] = {"a": parent, "a/0": fail()}
    check_every_beginning(play(node("a"), scripts=scripts), scripts)


def test_an_interrupt_is_over_when_the_run_is_taken_up_again() -> None:
    async def interrupt(engine: Engine) -> None:
        await anyio.sleep(1)
        engine.drain()

    nodes = (node("a"), node("b", "a"), node("c", "a", condition="!cancelled()"))
    first = play(*nodes, scripts={"a": do(5)}, meanwhile=interrupt)
    assert first.status == RunStatus.INTERRUPTED
    again = play(after=first.events, scripts={"a": forbidden})
    assert again.status == RunStatus.SUCCEEDED
    assert sorted(again.started()) == ["b", "c"]


@pytest.mark.parametrize("crashed", [False, True])
def test_what_a_second_interrupt_gave_back_starts_afresh(crashed: bool) -> None:
    async def interrupt(engine: Engine) -> None:
        await anyio.sleep(1)
        engine.drain()
        engine.halt()

    first = play(node("a", retry=RetryPolicy(max_attempts=1)), scripts={"a": do(5)}, meanwhile=interrupt)
    again = play(after=first.events[:-2] if crashed else first.events)
    assert starts(again) == [("a", 2)]
    assert again.status == RunStatus.SUCCEEDED


def test_pools_hold_after_a_crash() -> None:
    nodes = [node(f"b{number}", pools=("build",)) for number in range(4)]
    scripts = {f"b{number}": do(10) for number in range(4)}
    first = play(*nodes, scripts=scripts, pools={"build": 1})
    again = play(after=upto(first.events, NodeStarted, "b1"), scripts=scripts)
    assert again.events[-1].at - again.events[0].at == 30


def test_the_children_of_an_expansion_keep_their_own_limit_after_a_crash() -> None:
    each = node("f", foreach=Foreach(items="fromJSON('[0, 1, 2, 3, 4]')", max_parallel=2))
    scripts = {f"f[{number}]": do(10) for number in range(5)}
    first = play(each, scripts=scripts, workers=8)
    again = play(after=upto(first.events, NodeEnded, "f[0]"), scripts=scripts, workers=8)
    assert again.events[-1].at - again.events[0].at == 20


def test_a_run_whose_minutes_are_over_stays_out_of_budget() -> None:
    first = play(node("a"), node("b", "a"), scripts={"a": do(1000)}, limits=Limits(minutes=2))
    again = play(after=first.events, scripts={"a": forbidden, "b": forbidden})
    assert again.status == RunStatus.BUDGET
    assert again.all(RunEnded)[0].reason == first.all(RunEnded)[0].reason


def test_a_node_that_ran_out_of_minutes_keeps_the_run_from_looking_done_after_a_crash() -> None:
    scripts = {"a": do(100), "c": do(1000)}
    first = play(node("a"), node("b", "a"), node("c"), scripts=scripts, limits=Limits(minutes=1))
    before = upto(first.events, NodeEnded, "b")
    again = play(after=before, limits=Limits(minutes=1))
    assert again.status == RunStatus.BUDGET
    assert again.statuses()["b"] == "skipped"


def test_what_had_started_to_clean_up_starts_again_whatever_its_condition_would_say_now() -> None:
    clean = node("clean", "a", condition="cancelled()")
    first = play(node("a"), clean, scripts={"a": do(100)}, limits=Limits(minutes=1))
    assert first.statuses()["clean"] == "succeeded"
    again = play(after=upto(first.events, NodeStarted, "clean"))
    assert starts(again) == [("clean", 2)]
    assert again.status == RunStatus.BUDGET


def test_a_new_engine_has_the_minutes_of_the_run_before_it() -> None:
    first = play(node("a"), node("b", "a"), scripts={"a": do(90)}, limits=Limits(minutes=2))
    before = upto(first.events, NodeEnded, "a")
    assert play(after=before, scripts={"b": do(90)}).status == RunStatus.SUCCEEDED
    assert play(after=before, scripts={"b": do(130)}).status == RunStatus.BUDGET


def test_what_was_expanded_counts_against_the_limit_of_nodes() -> None:
    nodes = (node("f", foreach=Foreach(items="fromJSON('[0, 1]')")), node("g", "f", foreach=Foreach(items="inputs.l")))
    first = play(*nodes, inputs={"l": [1, 2]}, limits=Limits(nodes=5))
    assert first.ended["g"].reason == "would make 6 nodes; limits.nodes is 5"
    again = play(after=upto(first.events, NodeEnded, "f"))
    assert again.ended["g"].reason == first.ended["g"].reason
