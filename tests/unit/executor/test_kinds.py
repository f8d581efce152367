import pytest

from orchestrator.domain.events import NodeExpanded
from orchestrator.domain.ids import NodeId
from orchestrator.domain.jsonvalue import JsonValue
from orchestrator.domain.node import Foreach, NodeSpec, Wanted
from orchestrator.domain.outcome import Blocked, Failed, Outcome, Skipped, Succeeded
from orchestrator.domain.retry import FailureKind, RetryPolicy
from orchestrator.domain.status import RunStatus
from orchestrator.task import Task
from tests.unit.executor.playing import Ran, do, fail, node, play


def test_set_computes_outputs_from_its_needs() -> None:
    ran = play(
        node("a"),
        node("b", "a", kind="set", outputs={"sum": "${{ needs.a.outputs.x }}", "text": "x=${{ needs.a.outputs.x }}"}),
        scripts={"a": do(outcome=Succeeded({"x": 4}))},
    )
    assert ran.ended["b"].outputs == {"sum": 4, "text": "x=4"}


def test_results_of_needs_are_visible_by_their_public_word() -> None:
    ran = play(
        node("a"),
        node("b", "a", kind="set", condition="always()", outputs={"went": "${{ needs.a.result }}"}),
        scripts={"a": fail()},
    )
    assert ran.ended["b"].outputs == {"went": "failed"}


class Says:
    """A person with one answer."""

    def __init__(self, answer: bool | None) -> None:
        self.answer, self.asked = answer, ""

    async def ask(self, node: str, question: str) -> bool | None:
        self.asked = f"{node}: {question}"
        return self.answer


@pytest.mark.parametrize(
    ("answer", "status"), [(True, RunStatus.SUCCEEDED), (False, RunStatus.FAILED), (None, RunStatus.BLOCKED)]
)
def test_a_gate_goes_by_the_answer(answer: bool | None, status: RunStatus) -> None:
    person = Says(answer)
    ran = play(node("g", kind="gate", body={"prompt": "ship ${{ inputs.v }}?"}), inputs={"v": "2.0"}, person=person)
    assert ran.status == status
    assert person.asked == "g: ship 2.0?"


def test_a_gate_without_anybody_blocks_with_its_question() -> None:
    ran = play(node("g", kind="gate", body={"prompt": "ship?"}))
    assert ran.status == RunStatus.BLOCKED
    assert ran.ended["g"].reason == "ship?"


def loop(*children: NodeSpec, until: str, stop_if: str = "", limit: int = 3, **keys: object) -> NodeSpec:
    body: dict[str, JsonValue] = {"until": until, "stop_if": stop_if, "max_iterations": limit}
    return node("l", kind="loop", children=children, body=body, **keys)


def counting(*exits: int) -> dict[str, object]:
    """Scripts of ``l#1/t``, ``l#2/t``, ... which put out these exit codes."""
    return {f"l#{n}/t": do(1, Succeeded({"exit": code})) for n, code in enumerate(exits, 1)}


def test_a_loop_runs_again_until_its_condition_holds() -> None:
    scripts = counting(1, 2, 0)
    ran = play(
        loop(node("t"), node("u", "t"), until="nodes.t.outputs.exit == 0", outputs={"n": "${{ loop.iteration }}"}),
        scripts=scripts,  # type: ignore[arg-type]  # scripts by id
    )
    assert ran.status == RunStatus.SUCCEEDED
    assert ran.started() == ["l", "l#1/t", "l#1/u", "l#2/t", "l#2/u", "l#3/t", "l#3/u"]
    assert ran.ended["l"].outputs == {"iterations": 3, "n": 3}


def test_a_loop_that_never_ends_well_fails_after_its_last_iteration() -> None:
    ran = play(loop(node("t"), until="nodes.t.outputs.exit == 0"), scripts=counting(1, 2, 3))  # type: ignore[arg-type]  # scripts by id
    assert ran.status == RunStatus.FAILED
    assert ran.ended["l"].reason == "until is still false after 3 iterations: nodes.t.outputs.exit == 0"


def test_a_loop_stops_where_it_makes_no_progress() -> None:
    ran = play(
        loop(node("t"), until="nodes.t.outputs.exit == 0", stop_if="loop.no-progress", limit=10),
        scripts=counting(2, 1, 1, 0),  # type: ignore[arg-type]  # scripts by id
    )
    assert ran.status == RunStatus.BLOCKED
    assert ran.ended["l"].reason == "stopped after iteration 3: loop.no-progress"


def test_a_failed_node_inside_does_not_end_the_loop_but_the_criterion_does() -> None:
    ran = play(
        loop(node("t"), until="nodes.t.result == 'succeeded'"),
        scripts={"l#1/t": fail(), "l#2/t": do()},
    )
    assert ran.status == RunStatus.SUCCEEDED
    assert ran.statuses()["l#1/t"] == "failed"


def test_a_loop_is_not_retried_as_a_whole() -> None:
    ran = play(loop(node("t"), until="false", limit=1, retry=RetryPolicy(max_attempts=3)))
    assert ran.ended["l"].kind == FailureKind.ERROR
    assert len(ran.all(NodeExpanded)) == 1


def items(text: str, **keys: object) -> Foreach:
    return Foreach(items=text, **keys)  # type: ignore[arg-type]  # checked when run


def each(foreach: Foreach, **keys: object) -> NodeSpec:
    return node("f", kind="set", foreach=foreach, **{"outputs": {"v": "${{ item }}"}, **keys})


def test_foreach_gives_each_item_a_child_and_gathers_in_item_order() -> None:
    ran = play(each(items('fromJSON(\'["x", "y"]\')', key="${{ item }}")))
    assert [child.id for child in ran.all(NodeExpanded)[0].children] == ["f[x]", "f[y]"]
    assert ran.ended["f"].outputs == {
        "v": ["x", "y"],
        "items": [
            {"key": "x", "result": "succeeded", "outputs": {"v": "x"}},
            {"key": "y", "result": "succeeded", "outputs": {"v": "y"}},
        ],
    }


def test_foreach_over_nothing_succeeds_with_nothing() -> None:
    ran = play(each(items("fromJSON('[]')")))
    assert ran.status == RunStatus.SUCCEEDED
    assert ran.ended["f"].outputs == {"v": [], "items": []}


def test_children_of_foreach_see_the_needs_of_their_parent() -> None:
    ran = play(
        node("a"),
        node("f", "a", kind="set", foreach=items("needs.a.outputs.list"), outputs={"v": "${{ needs.a.result }}"}),
        scripts={"a": do(outcome=Succeeded({"list": [1]}))},
    )
    assert ran.ended["f[0]"].outputs == {"v": "succeeded"}


def test_a_matrix_object_becomes_its_combinations() -> None:
    matrix = items('fromJSON(\'{"os": ["l", "m"], "v": [1, 2]}\')', name="matrix")
    ran = play(node("m", kind="set", foreach=matrix, outputs={"c": "${{ matrix.os }}${{ matrix.v }}"}))
    assert ran.ended["m"].outputs["c"] == ["l1", "l2", "m1", "m2"]
    assert "m[l-1]" in ran.ended


@pytest.mark.parametrize(
    ("foreach", "reason"),
    [
        (items("'text'"), "foreach: 'text' is no list"),
        (items("fromJSON('[1, 1]')", key="k${{ item }}"), "two items have the key 'k1'"),
        (items("needs.nobody.list.x"), "foreach: needs.nobody.list.x is no list"),
    ],
)
def test_a_foreach_that_cannot_be_spread_fails_with_the_reason(foreach: Foreach, reason: str) -> None:
    ran = play(each(foreach))
    assert ran.status == RunStatus.FAILED
    assert reason in ran.ended["f"].reason


def failing_items(foreach: Foreach, *bad: str) -> Ran:
    async def script(task: Task) -> Outcome:
        return Failed("bad") if task.spec.id in bad else Succeeded()

    scripts = {f"f[{number}]": script for number in range(4)}
    return play(node("f", foreach=foreach), scripts=scripts, workers=1)


def test_one_failed_item_fails_the_node_and_names_the_first() -> None:
    ran = failing_items(items("fromJSON('[0,1,2,3]')"), "f[1]", "f[2]")
    assert ran.ended["f"].reason == "2 of 4 items failed; 1 failed: bad"
    assert ran.status == RunStatus.FAILED


def test_enough_successes_are_enough() -> None:
    ran = failing_items(items("fromJSON('[0,1,2,3]')", min_success=2), "f[1]", "f[2]")
    assert ran.status == RunStatus.SUCCEEDED
    assert failing_items(items("fromJSON('[0,1,2,3]')", min_success=3), "f[1]", "f[2]").status == RunStatus.FAILED


def test_an_item_that_was_skipped_is_no_success_where_some_are_wanted() -> None:
    async def skip(_task: Task) -> Outcome:
        return Skipped("nothing to do")

    scripts = {f"f[{number}]": skip for number in range(4)}
    wanted = play(node("f", foreach=items("fromJSON('[0,1,2,3]')", min_success=1)), scripts=scripts)
    assert wanted.ended["f"].reason == "0 of 4 items succeeded; 1 are wanted"
    assert play(node("f", foreach=items("fromJSON('[0,1,2,3]')")), scripts=scripts).status == RunStatus.SUCCEEDED


def test_fail_fast_stops_the_other_items() -> None:
    ran = failing_items(items("fromJSON('[0,1,2,3]')", fail_fast=True), "f[0]")
    assert [ran.statuses()[f"f[{number}]"] for number in range(4)] == ["failed", "skipped", "skipped", "skipped"]


def test_at_most_so_many_items_run_at_once() -> None:
    scripts = {f"f[{number}]": do(10) for number in range(4)}
    ran = play(node("f", foreach=items("fromJSON('[0,1,2,3]')", max_parallel=2)), scripts=scripts, workers=8)
    assert ran.events[-1].at - ran.events[0].at == 20


def test_a_blocked_item_leaves_the_node_open() -> None:
    ran = play(node("f", foreach=items("fromJSON('[0]')")), scripts={"f[0]": do(outcome=Blocked("which?"))})
    assert ran.status == RunStatus.BLOCKED
    assert ran.statuses()["f"] == "running"


def test_a_called_workflow_has_its_own_inputs_and_hands_back_its_outputs() -> None:
    called = node(
        "c",
        kind="workflow",
        children=(node("s", kind="set", outputs={"o": "${{ inputs.name }}-${{ env.E }}-${{ vars.V }}"}),),
        body={
            "source": "other.yaml",
            "with": {"name": "${{ inputs.mine }}"},
            "inputs": {"name": {"type": "string", "required": True, "default": None, "description": "", "enum": []}},
            "env": {"E": "e${{ inputs.name }}"},
            "vars": {"V": 7},
            "outputs": {"result": "${{ needs.s.outputs.o }}"},
        },
    )
    ran = play(
        called, node("after", "c", kind="set", outputs={"got": "${{ needs.c.outputs.result }}"}), inputs={"mine": "n"}
    )
    assert ran.ended["after"].outputs == {"got": "n-en-7"}
    assert "c/s" in ran.ended


def test_a_failure_inside_a_called_workflow_fails_the_call() -> None:
    called = node("c", kind="workflow", children=(node("s"),), body={"source": "other.yaml"})
    ran = play(called, scripts={NodeId("c/s"): fail("deep down")})
    assert ran.ended["c"].reason == "s failed: deep down"


def test_a_loop_hands_values_from_outside_to_its_nodes_as_variables() -> None:
    inner = node("t", kind="set", outputs={"v": "${{ env.FROM }}"})
    ran = play(
        node("a"),
        loop(inner, until="true", needs={NodeId("a"): Wanted.JOIN}, env={"FROM": "${{ needs.a.outputs.x }}"}),
        scripts={"a": do(outcome=Succeeded({"x": "outside"}))},
    )
    assert ran.ended["l#1/t"].outputs == {"v": "outside"}


def test_a_matrix_that_is_none_fails_the_node() -> None:
    ran = play(node("m", kind="set", foreach=items("fromJSON('{\"os\": 3}')", name="matrix")))
    assert ran.ended["m"].reason.startswith("matrix: ")
