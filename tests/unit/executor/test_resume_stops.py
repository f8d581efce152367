"""Failures, interrupts and limits that had stopped something before the engine died, and limits that still hold."""

import anyio
import pytest

from orchestrator.domain.events import (
    NodeEnded,
    NodeExpanded,
    NodeStarted,
    ReplySaved,
    RunEnded,
)
from orchestrator.domain.model import Reply
from orchestrator.domain.node import Foreach
from orchestrator.domain.outcome import Expanded, Failed, Outcome, Succeeded
from orchestrator.domain.plan import Limits
from orchestrator.domain.retry import RetryPolicy
from orchestrator.domain.status import RunStatus
from orchestrator.domain.usage import Usage
from orchestrator.executor.engine import Engine
from orchestrator.task import Task
from tests.unit.executor.playing import Script, do, fail, node, play
from tests.unit.executor.resuming import asking, check_every_beginning, ends, forbidden, starts, upto, wish


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


def test_pools_hold_after_a_crash_of_a_node_that_had_given_its_slot_back() -> None:
    body = {"until": "true", "stop_if": "", "max_iterations": 1}
    children = tuple(node(name, pools=("build",)) for name in "xyz")
    pooled = node("l", kind="loop", pools=("build",), children=children, body=body)
    scripts = {f"l#1/{name}": do(10) for name in "xyz"}
    first = play(pooled, scripts=scripts, pools={"build": 1})
    again = play(after=upto(first.events, NodeExpanded, "l"), scripts=scripts)
    assert first.events[-1].at - first.events[0].at == again.events[-1].at - again.events[0].at == 30


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


def test_a_step_that_a_blocked_child_holds_up_waits_on_after_a_crash() -> None:
    each = node("f", foreach=Foreach(items="fromJSON('[0, 1]')"))
    first = play(each, scripts={"f[0]": asking, "f[1]": do(5)})
    again = play(after=upto(first.events, NodeEnded, "f[0]"), scripts={"f[0]": forbidden})
    assert again.status == RunStatus.BLOCKED
    assert again.statuses() == {"f": "running", "f[0]": "blocked", "f[1]": "succeeded"}


def test_what_had_started_to_clean_up_starts_again_whatever_its_condition_would_say_now() -> None:
    clean = node("clean", "a", condition="cancelled()")
    first = play(node("a"), clean, scripts={"a": do(100)}, limits=Limits(minutes=1))
    assert first.statuses()["clean"] == "succeeded"
    again = play(after=upto(first.events, NodeStarted, "clean"))
    assert starts(again) == [("clean", 2)]
    assert again.status == RunStatus.BUDGET


def test_a_budget_that_is_used_up_lets_nothing_start_after_a_crash() -> None:
    async def buys(task: Task) -> Outcome:
        usage = Usage(input=5, usd_micros=2_000_000)
        await task.remember(ReplySaved(1.0, task.spec.id, task.attempt, Reply(text="x", model="m", usage=usage)))
        await anyio.sleep(1)
        return Succeeded()

    nodes = (node("a"), node("b", "a"), node("clean", "a", condition="cancelled()"))
    first = play(*nodes, scripts={"a": buys}, limits=Limits(usd_micros=1_000_000))
    assert first.statuses() == {"a": "cancelled", "b": "skipped", "clean": "succeeded"}
    again = play(after=upto(first.events, ReplySaved, "a"), scripts={"a": forbidden, "b": forbidden})
    assert again.statuses() == first.statuses()
    assert again.status == first.status == RunStatus.BUDGET


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
