"""Answers, and nodes that a person wants run again."""

from orchestrator.domain.events import (
    Answered,
    NodeStarted,
)
from orchestrator.domain.ids import NodeId
from orchestrator.domain.node import Foreach
from orchestrator.domain.outcome import Succeeded
from orchestrator.domain.retry import Backoff, RetryPolicy
from orchestrator.domain.status import RunStatus
from tests.unit.executor.playing import do, fail, node, play
from tests.unit.executor.resuming import asking, forbidden, loop, opened_by, starts, upto, wish


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
