import pytest

from orchestrator.domain.events import Event, NodeEnded
from orchestrator.domain.ids import NodeId
from orchestrator.domain.status import NodeStatus, RunStatus
from orchestrator.frontends.cli.nextstep import next_for_node, next_for_run
from orchestrator.report import RunState
from tests.unit.app.history import START, begun, ended, node, over, started

BLOCKED = ended(1, "a[x]", NodeStatus.BLOCKED, "sure?")
GATE = begun(node("a[x]", kind="gate"), node("b", "a[x]"))


def fold(*events: Event) -> RunState:
    state = RunState()
    for event in events:
        state.on_event(event)
    return state


@pytest.mark.parametrize(
    ("events", "steps"),
    [
        ([GATE, BLOCKED, over(1, RunStatus.BLOCKED)],
         ["rung answer r1 'a[x]' approve  # or: reject", "rung resume r1"]),
        ([begun(node("a[x]", kind="agent")), BLOCKED, over(1, RunStatus.BLOCKED)],
         ["rung answer r1 'a[x]' TEXT", "rung resume r1"]),
        ([GATE, over(1, RunStatus.INTERRUPTED)], ["rung resume r1"]),
        ([GATE, started(0, "a[x]")], ["rung resume r1"]),
        ([GATE, over(1)], []),
        ([GATE, over(1, RunStatus.FAILED)], []),
    ],
)  # fmt: skip
def test_the_next_step_of_a_run_depends_on_how_it_stands(events: list[Event], steps: list[str]) -> None:
    state = fold(*events)
    assert next_for_run(state).splitlines() == steps
    state.is_alive = True
    assert next_for_run(state) == ""


def test_the_next_step_of_a_node_depends_on_how_it_stands() -> None:
    failure = NodeEnded(START, NodeId("b"), NodeStatus.FAILED, "no")
    state = fold(begun(node("a"), node("b"), node("c")), ended(1, "a"), failure, over(1, RunStatus.INTERRUPTED))
    steps = {name: next_for_node(state, record) for name, record in state.nodes.items()}
    assert steps == {
        "a": "",
        "b": "rung retry b --run r1  # once the cause is mended",
        "c": "rung resume r1",
    }
    state = fold(GATE, BLOCKED, over(1, RunStatus.BLOCKED))
    assert next_for_node(state, state.nodes[NodeId("a[x]")]).startswith("rung answer r1 'a[x]' approve")
    assert next_for_node(state, state.nodes[NodeId("b")]) == ""
    state.is_alive = True
    assert next_for_node(state, state.nodes[NodeId("a[x]")]) == ""
