"""A finished run on disk, the same for every test that damages it."""

from pathlib import Path

import anyio
import pytest

from orchestrator.domain.events import Event, NodeEnded, NodeStarted, RunEnded, RunStarted
from orchestrator.domain.ids import NodeId, RunId
from orchestrator.domain.node import NodeSpec
from orchestrator.domain.plan import Plan
from orchestrator.domain.status import NodeStatus, RunStatus
from orchestrator.journal.writer import create_writer

RUN = RunId("r1")


@pytest.fixture(scope="session")
def events() -> tuple[Event, ...]:
    names = [NodeId(f"node-{number}") for number in range(40)]
    specs = tuple(NodeSpec(id=name, kind="run", body={"run": "make"}) for name in names)
    started = RunStarted(1.0, RUN, Plan(name="build", nodes=specs), {}, 4, "none")
    pairs = [
        event
        for name in names
        for event in (NodeStarted(2.0, name), NodeEnded(3.0, name, NodeStatus.SUCCEEDED, outputs={"exit": 0}))
    ]
    return (started, *pairs, RunEnded(4.0, RunStatus.SUCCEEDED))


@pytest.fixture
def store(tmp_path: Path, events: tuple[Event, ...]) -> Path:
    """The folder of the finished run, below the state folder ``tmp_path / "state"``."""
    folder = tmp_path / "state" / "runs" / RUN

    async def write() -> None:
        async with create_writer(folder, RUN, header={"workflow": "build"}) as journal:
            for event in events:
                journal.append(event)

    anyio.run(write)
    return folder
