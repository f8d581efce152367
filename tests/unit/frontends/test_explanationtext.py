from pathlib import Path

from orchestrator.app import Explanation, earlier_run, explain
from orchestrator.domain.events import Event, NodeEnded
from orchestrator.domain.ids import NodeId
from orchestrator.domain.node import Join, NodeSpec, Wanted
from orchestrator.domain.retry import FailureKind
from orchestrator.domain.status import NodeStatus
from orchestrator.frontends.cli.explanationtext import explanation_text
from tests.unit.app.history import START, begun, ended, node, started, write


def explained(state: Path, name: str, *events: Event) -> Explanation:
    write(state, events)
    return explain(earlier_run(state, ""), name)


def test_needs_say_what_is_wanted_of_them_and_how_they_are_joined(tmp_path: Path) -> None:
    spec = NodeSpec(
        id=NodeId("c"),
        kind="run",
        needs={NodeId("a"): Wanted.SKIPPED_OK, NodeId("b"): Wanted.JOIN},
        join=Join.ONE_SUCCEEDED,
        condition="inputs.x == 1",
    )
    told = explained(tmp_path, "c", begun(node("a"), node("b"), spec), ended(0, "a", NodeStatus.SKIPPED, "no"))
    assert explanation_text(told, next_step="").split("\n\n")[1].splitlines() == [
        "Needs",
        "  a  skipped (wanted: skipped-ok): no",
        "  b  pending: not started: the record of the run broke off",
        "  together: one-succeeded",
        "  if: inputs.x == 1",
    ]


def test_a_long_story_keeps_its_beginning_and_its_end(tmp_path: Path) -> None:
    attempts = [started(number, "a", number) for number in range(1, 101)]
    told = explanation_text(explained(tmp_path, "a", begun(node("a")), *attempts), next_step="")
    story = told.split("What happened\n")[1].splitlines()
    assert len(story) == 41
    assert story[20] == "  ... 61 steps (all with --json)"
    assert (story[0].endswith("the run started"), story[-1].endswith("attempt 100 started afresh")) == (True, True)


def test_many_blocked_nodes_are_summed_up(tmp_path: Path) -> None:
    nodes = [node(f"b{number}", "a") for number in range(15)]
    told = explanation_text(explained(tmp_path, "a", begun(node("a"), *nodes)), next_step="rung resume r1")
    blocks = told.split("Blocks\n")[1].splitlines()
    assert (blocks[9].split()[0], blocks[10]) == ("b9", "  and 5 nodes more")
    assert blocks[-2:] == ["Next", "  rung resume r1"]


def test_nothing_foreign_steers_the_terminal(tmp_path: Path) -> None:
    wild = "\x1b[2J\nrm -rf"
    failure = NodeEnded(START, NodeId("a"), NodeStatus.FAILED, wild, kind=FailureKind.ERROR, detail=f"x\n{wild}")
    text = explanation_text(explained(tmp_path, "a", begun(node("a")), failure), next_step="")
    assert "\x1b" not in text
    assert not any(line.startswith("rm") for line in text.splitlines())
