"""Taking up a run again in virtual time: what of its journal is left, and what became of it."""

from collections.abc import Sequence

from orchestrator.domain.events import (
    Event,
    NodeEnded,
    NodeReopened,
    NodeStarted,
)
from orchestrator.domain.ids import NodeId
from orchestrator.domain.node import NodeSpec
from orchestrator.domain.outcome import Blocked, Outcome, Succeeded
from orchestrator.journal.reopen import reopened
from orchestrator.journal.replay import fold
from orchestrator.task import Task
from tests.unit.executor.playing import Ran, Script, node, play


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


def asks(task: Task) -> Outcome:
    return Succeeded({"said": task.answer.text}) if task.answer else Blocked("which one?")


async def asking(task: Task) -> Outcome:
    return asks(task)


def wish(events: Sequence[Event], name: str) -> list[Event]:
    return [*events, NodeReopened(9.0, NodeId(name), "again", opened_by(events, name))]


def loop(*children: NodeSpec, until: str, stop_if: str = "") -> NodeSpec:
    body = {"until": until, "stop_if": stop_if, "max_iterations": 5}
    return node("l", kind="loop", children=children, body=body, outputs={"n": "${{ loop.iteration }}"})
