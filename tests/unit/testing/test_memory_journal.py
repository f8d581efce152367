import pytest

from orchestrator.domain.events import NodeStarted, RunEnded, RunResumed
from orchestrator.domain.ids import NodeId
from orchestrator.domain.status import RunStatus
from orchestrator.errors import JournalError
from orchestrator.testing.journal import MemoryJournal

EVENTS = (RunResumed(1.0), NodeStarted(2.0, NodeId("a")), RunEnded(3.0, RunStatus.FAILED))


def test_a_crash_loses_what_was_not_committed() -> None:
    journal = MemoryJournal()
    journal.append(EVENTS[0])
    journal.commit()
    for event in EVENTS[1:]:
        journal.append(event)
    assert (journal.events, journal.committed) == (EVENTS, 1)
    assert [journal.crash(lucky).events for lucky in (0, 1, 9)] == [EVENTS[:1], EVENTS[:2], EVENTS]


@pytest.mark.anyio
async def test_a_broken_one_fails_every_write_and_can_still_be_read() -> None:
    journal = MemoryJournal(EVENTS)
    journal.break_down("the disk failed")
    with pytest.raises(JournalError, match="memory: the disk failed"):
        journal.append(EVENTS[0])
    with pytest.raises(JournalError, match="memory: the disk failed"):
        await journal.durable()
    assert [one.event for one in journal.read()] == list(EVENTS)
