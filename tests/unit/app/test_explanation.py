from pathlib import Path

import pytest

from orchestrator.app.earlier import earlier_run
from orchestrator.app.explanation import Explanation, explain
from orchestrator.domain.events import Event, NodeExpanded
from orchestrator.domain.ids import NodeId
from orchestrator.domain.status import NodeStatus, RunStatus
from orchestrator.errors import InputError
from tests.unit.app.history import START, begun, ended, node, over, started, write

FAILED, SKIPPED, BLOCKED = NodeStatus.FAILED, NodeStatus.SKIPPED, NodeStatus.BLOCKED


def explained(state: Path, name: str, *events: Event) -> Explanation:
    write(state, events)
    return explain(earlier_run(state, ""), name)


def behind(explanation: Explanation) -> list[tuple[str, NodeStatus, str]]:
    return [(one.node, one.status, one.reason) for one in explanation.behind]


def test_a_failure_blocks_what_waits_for_it_nearest_first_and_what_added_it(tmp_path: Path) -> None:
    found = explained(
        tmp_path,
        "a[x]",
        begun(node("a"), node("b", "a"), node("c", "b"), node("d")),
        started(0, "a"),
        NodeExpanded(START, NodeId("a"), 1, (node("a[x]"), node("a[y]", "a[x]"))),
        ended(1, "a[x]", FAILED, "exit code 1"),
        ended(1, "a[y]", SKIPPED, "needs a[x], which failed"),
        ended(1, "a", FAILED, "1 of 2 items failed"),
        ended(1, "b", SKIPPED, "needs a, which failed"),
        ended(1, "c", SKIPPED, "needs b, which was skipped"),
        ended(1, "d"),
        over(1, RunStatus.FAILED),
    )
    assert behind(found) == [
        ("a[y]", SKIPPED, "needs a[x], which failed"),
        ("a", FAILED, "1 of 2 items failed"),
        ("b", SKIPPED, "needs a, which failed"),
        ("c", SKIPPED, "needs b, which was skipped"),
    ]
    assert (found.reason, found.workflow, found.source, found.record.parent) == ("exit code 1", "build", "w.yaml", "a")


def test_what_succeeded_blocks_nothing_and_does_not_hide_what_is_behind_others(tmp_path: Path) -> None:
    events = (
        begun(node("a"), node("b", "a"), node("c", "b")),
        ended(1, "a", FAILED, "no"),
        ended(1, "b"),
        ended(1, "c", FAILED, "no"),
        over(1, RunStatus.FAILED),
    )
    assert behind(explained(tmp_path / "1", "b", *events)) == []
    assert behind(explained(tmp_path / "2", "a", *events)) == []


def test_a_node_that_waits_says_for_what_and_its_needs_say_how_they_stand(tmp_path: Path) -> None:
    found = explained(
        tmp_path,
        "b",
        begun(node("a", kind="gate"), node("b", "a")),
        ended(1, "a", BLOCKED, "sure?"),
        over(1, RunStatus.BLOCKED),
    )
    assert found.reason == "waits for a, which is blocked"
    assert [(one.node, one.status, one.reason) for one in found.needs] == [("a", BLOCKED, "sure?")]


@pytest.mark.parametrize(("name", "hint"), [("buidl", "did you mean build?"), ("x", "there are: build, test")])
def test_an_unknown_node_is_told_with_a_near_miss_or_the_nodes(tmp_path: Path, name: str, hint: str) -> None:
    with pytest.raises(InputError) as caught:
        explained(tmp_path, name, begun(node("build"), node("test")))
    assert str(caught.value) == f"the run has no node {name!r} ({hint})"
