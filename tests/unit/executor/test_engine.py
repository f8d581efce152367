import anyio
import pytest

from orchestrator.domain.events import (
    NodeEnded,
    NodeExpanded,
    NodeReleased,
    NodeStarted,
    ReplySaved,
    RunEnded,
    RunInterrupted,
    RunStarted,
)
from orchestrator.domain.ids import NodeId
from orchestrator.domain.model import Reply
from orchestrator.domain.node import Join, Wanted
from orchestrator.domain.outcome import Blocked, Expanded, Failed, Outcome, Skipped, Succeeded
from orchestrator.domain.plan import Limits
from orchestrator.domain.retry import Backoff, FailureKind, RetryPolicy
from orchestrator.domain.status import NodeStatus, RunStatus
from orchestrator.domain.usage import Usage
from orchestrator.executor.engine import Engine
from orchestrator.task import Task
from tests.unit.executor.playing import Script, do, fail, node, play


def test_the_empty_plan_succeeds() -> None:
    ran = play()
    assert ran.status == RunStatus.SUCCEEDED
    assert [type(event) for event in ran.events] == [RunStarted, RunEnded]


def test_every_step_is_an_event_with_its_time() -> None:
    ran = play(node("a"), node("b", "a"), scripts={"a": do(2.0, Succeeded({"x": 1}))})
    assert [type(event) for event in ran.events] == [
        RunStarted,
        NodeStarted,
        NodeEnded,
        NodeStarted,
        NodeEnded,
        RunEnded,
    ]
    assert [event.at - ran.events[0].at for event in ran.events] == [0, 0, 2, 2, 2, 2]
    assert ran.ended["a"].outputs == {"x": 1}


def test_a_failed_node_fails_the_run_and_skips_what_needs_it_while_the_rest_goes_on() -> None:
    ran = play(node("a"), node("b", "a"), node("c", "b"), node("d"), scripts={"a": fail("no"), "d": do(9)})
    assert ran.status == RunStatus.FAILED
    assert ran.statuses() == {"a": "failed", "b": "skipped", "c": "skipped", "d": "succeeded"}
    assert ran.ended["a"].reason == "no"
    assert ran.ended["b"].reason == "needs a, which failed"
    assert ran.ended["c"].reason == "needs b, which was skipped"


def test_a_tolerated_failure_is_told_as_failed_and_holds_nobody_up() -> None:
    ran = play(node("a", continue_on_error=True), node("b", "a"), scripts={"a": fail()})
    assert ran.status == RunStatus.SUCCEEDED
    assert ran.statuses() == {"a": "failed", "b": "succeeded"}


def test_a_join_decides_when_all_needs_have_ended() -> None:
    ran = play(
        node("a"),
        node("b"),
        node("one", "a", "b", join=Join.ONE_SUCCEEDED),
        node("none", "a", "b", join=Join.NONE_FAILED),
        node("done", "a", "b", join=Join.ALL_DONE),
        node("any", needs={NodeId("a"): Wanted.ANY, NodeId("b"): Wanted.JOIN}),
        scripts={"a": fail(), "b": do(5)},
    )
    statuses = ran.statuses()
    assert [statuses[name] for name in ("one", "none", "done", "any")] == [
        "succeeded",
        "skipped",
        "succeeded",
        "succeeded",
    ]
    assert ran.started().index("one") > ran.started().index("b")


def test_retries_wait_with_jitter_and_are_told_with_their_reason() -> None:
    policy = RetryPolicy(max_attempts=3, backoff=Backoff(base=4.0))
    ran = play(node("a", retry=policy), scripts={"a": fail()})
    assert ran.failures() == [("a", 1, 2.0), ("a", 2, 4.0)]
    assert [event.attempt for event in ran.all(NodeStarted)] == [1, 2, 3]
    assert ran.ended["a"].at - ran.events[0].at == 6.0
    assert ran.status == RunStatus.FAILED


def test_the_runs_limit_of_attempts_caps_a_nodes_own() -> None:
    ran = play(node("a", retry=RetryPolicy(max_attempts=5)), scripts={"a": fail()}, limits=Limits(attempts=2))
    assert len(ran.started()) == 2


def test_a_transient_failure_costs_no_attempt() -> None:
    async def flaky(task: Task) -> Outcome:
        return Succeeded() if task.attempt == 3 else Failed("try later", FailureKind.TRANSIENT)

    ran = play(node("a"), scripts={"a": flaky})
    assert ran.status == RunStatus.SUCCEEDED
    assert len(ran.failures()) == 2


def test_an_attempt_that_takes_too_long_is_cut_off_and_counts_as_timeout() -> None:
    ran = play(node("a", timeout=3.0), scripts={"a": do(100)})
    assert ran.ended["a"].kind == FailureKind.TIMEOUT
    assert ran.ended["a"].reason == "no end within 3 s"
    assert ran.ended["a"].at - ran.events[0].at == 3.0


def test_a_waiting_retry_leaves_its_worker_to_others() -> None:
    policy = RetryPolicy(max_attempts=2, backoff=Backoff(base=20.0))
    ran = play(node("a", retry=policy), node("b"), scripts={"a": fail(), "b": do(4)}, workers=1)
    assert ran.ended["b"].at - ran.events[0].at == 4.0
    assert ran.ended["a"].at - ran.events[0].at == 10.0


def test_a_due_retry_is_not_starved_by_ready_nodes() -> None:
    policy = RetryPolicy(max_attempts=2, backoff=Backoff(base=2.0))
    others = [node(f"n{number}") for number in range(20)]
    scripts = {"a": fail(), **{f"n{number}": do(1) for number in range(20)}}
    ran = play(node("a", retry=policy), *others, scripts=scripts, workers=1)
    assert ran.ended["a"].at - ran.events[0].at == 1.0, "at the first moment a worker is free: ties go by number"


def test_fail_fast_cancels_what_runs_and_skips_the_rest_but_lets_cleaning_up_run() -> None:
    ran = play(
        node("a"),
        node("slow"),
        node("later", "slow"),
        node("clean", "slow", condition="always()"),
        scripts={"a": fail(), "slow": do(50)},
        fail_fast=True,
    )
    assert ran.statuses() == {"a": "failed", "slow": "cancelled", "later": "skipped", "clean": "succeeded"}
    assert ran.ended["slow"].reason == ran.ended["later"].reason == "fail-fast: a failed"
    assert ran.events[-1].at == ran.events[0].at


def test_a_blocked_node_blocks_the_run_and_leaves_its_dependents_open() -> None:
    ran = play(node("ask"), node("b", "ask"), node("c"), scripts={"ask": do(outcome=Blocked("may I?"))})
    assert ran.status == RunStatus.BLOCKED
    assert ran.ended["ask"].reason == "may I?"
    assert ran.statuses() == {"ask": "blocked", "b": "pending", "c": "succeeded"}


def test_a_node_may_find_that_it_has_nothing_to_do() -> None:
    ran = play(node("a"), scripts={"a": do(outcome=Skipped("nothing changed"))})
    assert ran.status == RunStatus.SUCCEEDED
    assert ran.ended["a"].status == NodeStatus.SKIPPED


def test_a_condition_skips_with_its_text() -> None:
    ran = play(node("a", condition="inputs.deploy"), inputs={"deploy": False})
    assert ran.ended["a"].reason == "if: inputs.deploy is false"


def test_a_condition_without_status_function_stands_behind_the_join() -> None:
    ran = play(node("a"), node("b", "a", condition="true"), scripts={"a": fail()})
    assert ran.ended["b"].reason == "needs a, which failed"


@pytest.mark.parametrize(
    ("condition", "status"), [("failure()", "succeeded"), ("success()", "skipped"), ("always()", "succeeded")]
)
def test_a_status_function_decides_alone(condition: str, status: str) -> None:
    ran = play(node("a"), node("b", "a", condition=condition), scripts={"a": fail()})
    assert ran.statuses()["b"] == status


def test_a_condition_that_cannot_be_evaluated_fails_the_node_with_its_place() -> None:
    ran = play(node("a", condition="fromJSON(inputs.text).x"), inputs={"text": "{"})
    assert ran.status == RunStatus.FAILED
    assert ran.ended["a"].reason.startswith("if: ")
    assert ran.ended["a"].kind == FailureKind.ERROR


def test_the_limit_of_minutes_ends_the_run_as_out_of_budget() -> None:
    ran = play(node("a"), node("b", "a"), scripts={"a": do(1000)}, limits=Limits(minutes=2))
    assert ran.status == RunStatus.BUDGET
    assert ran.statuses() == {"a": "cancelled", "b": "skipped"}
    assert ran.events[-1].at - ran.events[0].at == 120
    assert ran.all(RunEnded)[0].reason == "limits.minutes: 2 minutes are over"


def test_an_interrupt_lets_what_runs_end_and_starts_nothing_more() -> None:
    async def interrupt(engine: Engine) -> None:
        await anyio.sleep(1)
        engine.drain()

    ran = play(node("a"), node("b", "a"), scripts={"a": do(5)}, meanwhile=interrupt)
    assert ran.status == RunStatus.INTERRUPTED
    assert ran.statuses() == {"a": "succeeded", "b": "ready"}
    assert [event.hard for event in ran.all(RunInterrupted)] == [False]


def test_a_second_interrupt_gives_back_what_runs() -> None:
    async def interrupt(engine: Engine) -> None:
        await anyio.sleep(1)
        engine.drain()
        await anyio.sleep(1)
        engine.halt()

    ran = play(node("a"), scripts={"a": do(500)}, meanwhile=interrupt)
    assert ran.status == RunStatus.INTERRUPTED
    assert ran.all(NodeReleased)[0].reason == "interrupted"
    assert ran.events[-1].at - ran.events[0].at == 2
    assert "a" not in ran.ended, "it has not ended: a later engine starts it afresh"


def test_an_interrupt_when_all_is_done_changes_nothing() -> None:
    async def interrupt(engine: Engine) -> None:
        await anyio.sleep(1)
        engine.drain()

    assert play(node("a"), scripts={"a": do(5)}, meanwhile=interrupt).status == RunStatus.SUCCEEDED


def test_a_pool_limits_its_nodes_and_nobody_else() -> None:
    nodes = [node(f"b{number}", pools=("build",)) for number in range(3)]
    scripts = {f"b{number}": do(10) for number in range(3)}
    ran = play(*nodes, node("free"), scripts={**scripts, "free": do(1)}, pools={"build": 1})
    assert ran.events[-1].at - ran.events[0].at == 30
    assert ran.ended["free"].at - ran.events[0].at == 1


def test_the_longest_chain_starts_first_by_known_durations() -> None:
    ran = play(node("short"), node("long"), node("tail", "long"), workers=1)
    assert ran.started() == ["long", "short", "tail"]


def spread(*children: str, **keys: object) -> Expanded:
    return Expanded(tuple(node(f"a/{child}") for child in children), **keys)  # type: ignore[arg-type]  # checked when run


def test_children_end_before_their_parent_goes_on_and_are_announced_before_they_start() -> None:
    async def parent(task: Task) -> Outcome:
        return Succeeded({"got": [child.name for child in task.children]}) if task.step else spread("x", "y")

    ran = play(node("a"), node("b", "a"), scripts={"a": parent, "a/x": do(3)})
    assert ran.ended["a"].outputs == {"got": ["x", "y"]}
    assert ran.started() == ["a", "a/x", "a/y", "b"]
    expanded = ran.all(NodeExpanded)[0]
    assert ran.events.index(expanded) < ran.events.index(next(e for e in ran.all(NodeStarted) if e.node == "a/x"))
    assert [child.id for child in expanded.children] == ["a/x", "a/y"]


def test_an_expansion_limits_its_own_children_and_stops_siblings_where_asked() -> None:
    async def parent(task: Task) -> Outcome:
        return Failed("gone") if task.step else spread("x", "y", "z", max_parallel=1, fail_fast=True)

    ran = play(node("a"), node("b"), scripts={"a": parent, "a/x": fail()})
    assert ran.statuses() == {"a": "failed", "b": "succeeded", "a/x": "failed", "a/y": "skipped", "a/z": "skipped"}


@pytest.mark.parametrize(
    ("limits", "children", "reason"),
    [
        (Limits(nodes=3), ("x", "y", "z"), "would make 4 nodes; limits.nodes is 3"),
        (Limits(), ("x", "x"), "would add two nodes of one id"),
        (Limits(), ("x" * 400,), "would make an id of 402 characters, more than 400"),
    ],
)
def test_an_expansion_beyond_its_limits_fails_the_node(limits: Limits, children: tuple[str, ...], reason: str) -> None:
    ran = play(node("a"), scripts={"a": do(outcome=spread(*children))}, limits=limits)
    assert reason in ran.ended["a"].reason
    assert ran.status == RunStatus.FAILED


def test_an_expansion_nests_no_deeper_than_the_limit() -> None:
    async def deeper(task: Task) -> Outcome:
        child = node(f"{task.spec.id}/x", kind="do")
        return Succeeded() if task.step else Expanded((child,))

    scripts = {"a" + "/x" * depth: deeper for depth in range(5)}
    ran = play(node("a"), scripts=scripts, limits=Limits(depth=3))
    assert ran.ended["a/x/x/x"].reason == "would nest 4 deep; limits.depth is 3"


def test_a_blocked_child_blocks_the_run() -> None:
    async def parent(task: Task) -> Outcome:
        return Succeeded() if task.step else spread("x")

    ran = play(node("a"), scripts={"a": parent, "a/x": do(outcome=Blocked("which one?"))})
    assert ran.status == RunStatus.BLOCKED
    assert ran.statuses()["a"] == "running"


def test_a_bug_in_a_handler_ends_the_run_loudly() -> None:
    async def buggy(_task: Task) -> Outcome:
        raise ZeroDivisionError

    with pytest.raises(ExceptionGroup) as caught:
        play(node("a"), scripts={"a": buggy})
    assert caught.group_contains(ZeroDivisionError)


def buying(usd_micros: int) -> Script:
    """A script that asks a model and then takes its time."""

    async def script(task: Task) -> Outcome:
        reply = Reply(text="", model="m", usage=Usage(input=10, usd_micros=usd_micros))
        await task.remember(ReplySaved(0.0, task.spec.id, task.attempt, reply))
        await anyio.sleep(5)
        return Succeeded()

    return script


def test_a_run_that_has_spent_its_money_buys_nothing_more() -> None:
    nodes = [node("a"), node("b", "a"), node("slow")]
    ran = play(*nodes, scripts={"a": buying(60), "b": buying(60), "slow": do(100)}, limits=Limits(usd_micros=100))
    assert ran.status == RunStatus.BUDGET
    assert ran.statuses() == {"a": "succeeded", "b": "cancelled", "slow": "cancelled"}
    assert ran.all(RunEnded)[0].reason == "limits.usd: 0.00012 of 0.0001 USD are spent"
    assert ran.events[-1].at - ran.events[0].at == 5


def test_a_run_that_has_used_its_tokens_stops() -> None:
    ran = play(node("a"), scripts={"a": buying(0)}, limits=Limits(tokens=10))
    assert ran.status == RunStatus.BUDGET
