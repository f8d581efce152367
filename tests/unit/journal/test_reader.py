import random
import shutil
from pathlib import Path

import anyio
import pytest

from orchestrator.domain.events import Event, NodeStarted
from orchestrator.domain.ids import NodeId, RunId
from orchestrator.errors import JournalDamagedError, JournalError, JournalVersionError
from orchestrator.journal import codec
from orchestrator.journal.layout import JOURNAL
from orchestrator.journal.reader import read
from orchestrator.journal.writer import create_writer, open_writer

FLIPS = 400


def flip(path: Path, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)


def outcome(store: Path) -> list[Event] | JournalError:
    try:
        return [one.event for one in read(store)]
    except JournalError as error:
        return error


def test_a_flipped_bit_is_refused_or_harmless_but_never_changes_what_is_read(
    store: Path, tmp_path: Path, events: tuple[Event, ...]
) -> None:
    bits = random.Random(3).sample(range((store / JOURNAL).stat().st_size * 8), FLIPS)
    refused = 0
    for bit in bits:
        copy = tmp_path / "copy"
        shutil.copytree(store, copy, dirs_exist_ok=True)
        flip(copy / JOURNAL, bit)
        found = outcome(copy)
        refused += isinstance(found, JournalError)
        if isinstance(found, JournalError):
            assert (found.exit_code, "\n" in str(found)) == (2, False), (bit, found)
        else:
            assert found == list(events), bit
    assert refused > FLIPS / 4


def test_a_journal_cut_off_anywhere_is_refused(store: Path) -> None:
    path = store / JOURNAL
    whole = path.read_bytes()
    for length in range(0, len(whole), 509):
        path.write_bytes(whole[:length])
        with pytest.raises(JournalError) as caught:
            read(store)
        assert caught.value.exit_code == 2


def test_a_damaged_log_leaves_what_was_committed_before_the_damage(tmp_path: Path) -> None:
    live, store = tmp_path / "live", tmp_path / "store"
    wal = store / f"{JOURNAL}-wal"

    async def write() -> None:
        async with create_writer(live, RunId("r1")) as journal:
            for number in range(9):
                journal.append(NodeStarted(1.0, NodeId("a"), number + 1))
                await journal.durable()
            shutil.copytree(live, store)  # as a kill would leave it

    anyio.run(write)
    whole = wal.read_bytes()
    lengths = set()
    for bit in random.Random(4).sample(range(len(whole) * 8), 60):
        wal.write_bytes(whole)
        (store / f"{JOURNAL}-shm").unlink()
        flip(wal, bit)
        found = read(store)
        assert [one.event for one in found] == [NodeStarted(1.0, NodeId("a"), n + 1) for n in range(len(found))]
        lengths.add(len(found))
    assert len(lengths) > 3


def test_an_event_of_a_newer_version_is_told_apart_from_damage(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codec, "EVENTS", {kind: row for kind, row in codec.EVENTS.items() if kind != "node-ended"})
    with pytest.raises(JournalVersionError, match="event 3: unknown kind of event 'node-ended'"):
        read(store)


def test_a_body_that_does_not_fit_its_kind_is_damage(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    swapped = {**codec.EVENTS, "node-started": codec.EVENTS["node-ended"]}
    monkeypatch.setattr(codec, "EVENTS", swapped)
    with pytest.raises(JournalDamagedError, match=r"event 2 is damaged: unknown field 'attempt'"):
        read(store)


def test_reading_does_not_wait_for_the_engine_that_writes(store: Path, events: tuple[Event, ...]) -> None:
    async def write_and_read() -> int:
        async with open_writer(store, RunId("r1")) as journal:
            journal.append(NodeStarted(1.0, NodeId("a")))
            await journal.durable()
            return len(read(store))

    assert anyio.run(write_and_read) == len(events) + 1


def test_reading_leaves_the_file_as_it_is(store: Path) -> None:
    before = (store / JOURNAL).read_bytes()
    read(store)
    assert (store / JOURNAL).read_bytes() == before
