"""Expansions are decisions: an engine that takes a run up again finds them, and makes none of them again."""

from dataclasses import replace

from orchestrator.domain.events import (
    NodeEnded,
    NodeExpanded,
    NodeStarted,
)
from orchestrator.domain.node import Foreach, NodeSpec
from orchestrator.domain.outcome import Expanded, Outcome, Succeeded
from orchestrator.domain.status import RunStatus
from orchestrator.task import Task
from tests.unit.executor.playing import Script, do, node, play
from tests.unit.executor.resuming import check_every_beginning, forbidden, loop, upto


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
