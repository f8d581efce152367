"""What every journal does: the one on disk and the one in memory."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TypeAlias

import pytest

from orchestrator.domain.events import Event, NodeEnded, NodeOutput, NodeStarted, RunEnded, RunStarted
from orchestrator.domain.ids import NodeId, RunId
from orchestrator.domain.node import NodeSpec
from orchestrator.domain.plan import Plan
from orchestrator.domain.status import NodeStatus, RunStatus
from orchestrator.journal.layout import JOURNAL
from orchestrator.journal.writer import create_writer, open_writer
from orchestrator.ports import Journal, Recorded
from orchestrator.testing.journal import MemoryJournal

pytestmark = pytest.mark.anyio

Open: TypeAlias = Callable[[], AbstractAsyncContextManager[Journal]]
"""Opens the journal of one run: the first time it is new, later it holds what the earlier ones left."""

RUN = RunId("r1")
NODE = NodeId("build")
EVENTS: list[Event] = [
    RunStarted(1.0, RUN, Plan(name="w", nodes=(NodeSpec(id=NODE, kind="run"),)), {"a": [1, None]}, 4, "bubblewrap"),
    NodeStarted(2.5, NODE),
    NodeEnded(3.25, NODE, NodeStatus.SUCCEEDED, outputs={"exit": 0, "text": "ü\ud800\x00"}),
    RunEnded(4.0, RunStatus.SUCCEEDED),
]


def on_disk(folder: Path) -> Open:
    store = folder / "runs" / RUN

    @asynccontextmanager
    async def open_journal() -> AsyncIterator[Journal]:
        async with open_writer(store, RUN) if (store / JOURNAL).exists() else create_writer(store, RUN) as journal:
            yield journal

    return open_journal


def in_memory(_folder: Path) -> Open:
    last = MemoryJournal()

    @asynccontextmanager
    async def open_journal() -> AsyncIterator[Journal]:
        nonlocal last
        yield last
        last.commit()
        last = last.crash()

    return open_journal


@pytest.fixture(params=[on_disk, in_memory])
def open_journal(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    make: Callable[[Path], Open] = request.param
    return make(tmp_path)


def numbered(events: list[Event], first: int = 1) -> list[Recorded]:
    return [Recorded(seq, event) for seq, event in enumerate(events, first)]


async def test_a_new_journal_is_empty_and_durable(open_journal: Open) -> None:
    async with open_journal() as journal:
        await journal.durable()
        assert list(journal.read()) == []


async def test_what_is_durable_is_read_back_in_the_order_of_appending(open_journal: Open) -> None:
    async with open_journal() as journal:
        for event in EVENTS:
            journal.append(event)
        await journal.durable()
        assert list(journal.read()) == numbered(EVENTS)


async def test_many_events_keep_their_order(open_journal: Open) -> None:
    events: list[Event] = [NodeStarted(float(number), NODE, number) for number in range(5_000)]
    async with open_journal() as journal:
        for event in events:
            journal.append(event)
        await journal.durable()
        assert list(journal.read()) == numbered(events)


async def test_closing_commits_what_nobody_waited_for(open_journal: Open) -> None:
    async with open_journal() as journal:
        for event in EVENTS:
            journal.append(event)
    async with open_journal() as journal:
        assert list(journal.read()) == numbered(EVENTS)


async def test_a_reopened_journal_goes_on_where_it_ended(open_journal: Open) -> None:
    async with open_journal() as journal:
        journal.append(EVENTS[0])
    async with open_journal() as journal:
        journal.append(EVENTS[1])
        await journal.durable()
        assert list(journal.read()) == numbered(EVENTS[:2])


async def test_the_tail_is_what_came_after_a_place(open_journal: Open) -> None:
    async with open_journal() as journal:
        for event in EVENTS:
            journal.append(event)
        await journal.durable()
        assert list(journal.read(after=2)) == numbered(EVENTS[2:], first=3)
        assert list(journal.read(after=len(EVENTS))) == []


async def test_printed_lines_are_passed_over(open_journal: Open) -> None:
    async with open_journal() as journal:
        journal.append(NodeOutput(1.0, NODE, "stdout", "hello"))
        journal.append(EVENTS[1])
        await journal.durable()
        assert list(journal.read()) == numbered(EVENTS[1:2])
