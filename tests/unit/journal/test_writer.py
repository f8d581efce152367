import os
import subprocess
import sys
import threading
from pathlib import Path

import anyio
import pytest

from orchestrator.domain.events import NodeEnded, NodeStarted
from orchestrator.domain.ids import NodeId, RunId
from orchestrator.domain.status import NodeStatus
from orchestrator.errors import JournalError, JournalLockedError, JournalMissingError
from orchestrator.journal.committer import Committer
from orchestrator.journal.layout import JOURNAL
from orchestrator.journal.lock import owner_of
from orchestrator.journal.reader import read
from orchestrator.journal.writer import JournalWriter, create_writer, open_writer

pytestmark = pytest.mark.anyio

RUN = RunId("r1")
APPENDER = Path(__file__).parents[2] / "cases" / "journal" / "appender.py"
STARTED = NodeStarted(1.0, NodeId("a"))


def break_table(journal: JournalWriter) -> None:
    """From now on every write fails, as SQLite itself reports it."""
    journal._committer.connection.execute("PRAGMA query_only = ON")


async def failing(journal: JournalWriter) -> str:
    with pytest.raises(JournalError) as caught:
        await journal.durable()
    return str(caught.value)


async def test_many_tasks_wait_for_their_own_event_only(tmp_path: Path) -> None:
    done: list[int] = []

    async def one(journal: JournalWriter, number: int) -> None:
        journal.append(NodeStarted(1.0, NodeId(f"n{number}")))
        await journal.durable()
        done.append(number)

    async with create_writer(tmp_path / RUN, RUN) as journal, anyio.create_task_group() as group:
        for number in range(50):
            group.start_soon(one, journal, number)
    assert sorted(done) == list(range(50))


async def test_a_cancelled_wait_leaves_the_event_to_be_committed(tmp_path: Path) -> None:
    async with create_writer(tmp_path / RUN, RUN) as journal:
        with anyio.CancelScope() as scope:
            journal.append(STARTED)
            scope.cancel()
            await journal.durable()
        await journal.durable()
        assert [one.event for one in journal.read()] == [STARTED]


async def test_a_cancelled_run_still_commits_all_that_was_appended(tmp_path: Path) -> None:
    with anyio.CancelScope() as scope:
        async with create_writer(tmp_path / RUN, RUN) as journal:
            journal.append(STARTED)
            scope.cancel()
    assert [one.event for one in read(tmp_path / RUN)] == [STARTED]


async def test_nothing_is_left_behind_when_it_is_closed(tmp_path: Path) -> None:
    before = threading.active_count()
    async with create_writer(tmp_path / RUN, RUN) as journal:
        journal.append(STARTED)
    assert owner_of(tmp_path / RUN) is None
    assert sorted(path.name for path in (tmp_path / RUN).iterdir()) == [JOURNAL, "lock"]
    assert not [thread for thread in threading.enumerate() if thread.name == "journal"]
    assert threading.active_count() <= before + 1  # the event loop keeps a thread for the next call


async def test_two_engines_on_one_run_are_one_too_many(tmp_path: Path) -> None:
    async with create_writer(tmp_path / RUN, RUN) as journal:
        with pytest.raises(JournalLockedError, match=f"process id {os.getpid()}"):
            async with open_writer(tmp_path / RUN, RUN):
                raise AssertionError("it was opened")
        journal.append(STARTED)
        await journal.durable()


async def test_a_run_that_never_was_is_not_gone_on_with(tmp_path: Path) -> None:
    with pytest.raises(JournalMissingError, match="there is no journal"):
        async with open_writer(tmp_path / RUN, RUN):
            raise AssertionError("it was opened")
    assert not (tmp_path / RUN).exists()


async def test_a_failed_write_is_told_by_every_later_call_and_nothing_more_is_written(tmp_path: Path) -> None:
    async with create_writer(tmp_path / RUN, RUN) as journal:
        journal.append(STARTED)
        await journal.durable()
        break_table(journal)
        journal.append(STARTED)
        assert "cannot be written [SQLITE_READONLY]" in await failing(journal)
        with pytest.raises(JournalError, match="SQLITE_READONLY"):
            journal.append(STARTED)
        assert "SQLITE_READONLY" in await failing(journal)
    assert len(read(tmp_path / RUN)) == 1


async def test_a_failure_that_no_call_told_is_told_on_closing(tmp_path: Path) -> None:
    async def run() -> None:
        async with create_writer(tmp_path / RUN, RUN) as journal:
            break_table(journal)
            journal.append(STARTED)

    with pytest.raises(JournalError, match="SQLITE_READONLY"):
        await run()
    assert owner_of(tmp_path / RUN) is None


async def test_an_event_that_cannot_be_written_is_a_bug_that_stops_the_run(tmp_path: Path) -> None:
    async with create_writer(tmp_path / RUN, RUN) as journal:
        journal.append(NodeEnded(1.0, NodeId("a"), NodeStatus.SUCCEEDED, outputs={"path": tmp_path}))  # type: ignore[dict-item]  # that it is no JSON is the point
        with pytest.raises(TypeError, match="PosixPath is no JSON"):
            await journal.durable()


def test_a_failed_journal_is_closed_without_moving_its_log(store: Path) -> None:
    before = (store / JOURNAL).read_bytes()
    committer = Committer(store / JOURNAL)
    committer.commit([STARTED])
    committer.close(failed=True)
    assert (store / JOURNAL).read_bytes() == before
    assert (store / f"{JOURNAL}-wal").stat().st_size
    committer = Committer(store / JOURNAL)
    committer.close(failed=False)
    assert not (store / f"{JOURNAL}-wal").exists()
    assert read(store)[-1].event == STARTED


def under_mounts(script: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a shell script that may mount, in namespaces of its own."""
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-ec", script, "sh", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


MAY_MOUNT = under_mounts("mount -t tmpfs tmpfs /mnt").returncode == 0
needs_mounts = pytest.mark.skipif(not MAY_MOUNT, reason="this machine does not let us mount in a user namespace")

READ_ONLY = """
mount --bind "$3" "$3"
mount -o remount,bind,ro "$3"
exec "$1" "$2" append "$3/$4" 3
"""

FULL = """
mount -t tmpfs -o size=300k tmpfs "$3"
exec "$1" "$2" append "$3/runs/r1" inf
"""


@needs_mounts
@pytest.mark.parametrize("place", ["runs/r1", "runs/r2"])
def test_a_read_only_folder_is_told_in_one_line(store: Path, place: str) -> None:
    ended = under_mounts(READ_ONLY, sys.executable, str(APPENDER), str(store.parents[1]), place)
    assert ended.stdout.startswith("error 1 /")
    assert ended.stdout.count("\n") == 1
    assert (ended.returncode, ended.stderr) == (1, "")


@needs_mounts
def test_a_full_disk_is_told_in_one_line(tmp_path: Path) -> None:
    ended = under_mounts(FULL, sys.executable, str(APPENDER), str(tmp_path))
    assert "the disk is full [SQLITE_FULL] (free some space, then resume the run)" in ended.stdout
    assert ended.stdout.count("error 1") == 1
    assert (ended.returncode, ended.stderr) == (1, "")
