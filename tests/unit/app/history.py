"""Runs on disk, written by the real writer, with times of the test's own."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import anyio

from orchestrator.domain.events import Event, NodeEnded, NodeStarted, RunEnded, RunStarted
from orchestrator.domain.ids import NodeId, RunId
from orchestrator.domain.node import NodeSpec, Wanted
from orchestrator.domain.plan import Plan
from orchestrator.domain.status import NodeStatus, RunStatus
from orchestrator.journal.layout import store_of
from orchestrator.journal.writer import create_writer

START = 1_800_000_000.0


def node(name: str, *needs: str, kind: str = "run", line: int = 0) -> NodeSpec:
    return NodeSpec(id=NodeId(name), kind=kind, needs={NodeId(need): Wanted.JOIN for need in needs}, line=line)


def begun(*nodes: NodeSpec, run: str = "r1", at: float = 0.0) -> RunStarted:
    return RunStarted(START + at, RunId(run), Plan(name="build", nodes=nodes, source="w.yaml"), {}, 4, "none")


def started(at: float, name: str, attempt: int = 1) -> NodeStarted:
    return NodeStarted(START + at, NodeId(name), attempt)


def ended(at: float, name: str, status: NodeStatus = NodeStatus.SUCCEEDED, reason: str = "") -> NodeEnded:
    return NodeEnded(START + at, NodeId(name), status, reason)


def over(at: float, status: RunStatus = RunStatus.SUCCEEDED) -> RunEnded:
    return RunEnded(START + at, status)


def finished(at: float = 0.0, *, run: str = "r1", status: RunStatus = RunStatus.SUCCEEDED) -> list[Event]:
    """The events of a run of one node that ended at ``at``."""
    return [begun(node("a"), run=run, at=at - 3), started(at - 2, "a"), ended(at - 1, "a"), over(at, status)]


def write(state: Path, events: Sequence[Event], *, run: str = "r1", header: Mapping[str, str] | None = None) -> Path:
    """The folder of a run with these events, which no engine works on."""
    store = store_of(state, RunId(run))

    async def append() -> None:
        async with create_writer(store, RunId(run), header=header or {"workflow": "build"}) as journal:
            for event in events:
                journal.append(event)

    anyio.run(append)
    return store
