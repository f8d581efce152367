"""Killed at any moment: nothing acknowledged is lost, nothing is corrupt, no lock is left."""

import os
import random
import re
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from orchestrator.domain.events import NodeStarted
from orchestrator.journal.layout import JOURNAL
from orchestrator.journal.lock import RunLock, owner_of
from orchestrator.journal.reader import read

APPENDER = Path(__file__).parents[2] / "cases" / "journal" / "appender.py"
STRACE = shutil.which("strace")
CALLS = "pwrite64,fdatasync,fsync,rename,unlink,ftruncate,mkdir,openat"

needs_strace = pytest.mark.skipif(STRACE is None, reason="there is no strace")


def check(store: Path, acknowledged: int) -> int:
    """Everything acknowledged is there, in order, and nobody holds the run. Returns how many events there are."""
    assert owner_of(store) is None
    if not (store / JOURNAL).exists():
        assert not acknowledged
        return 0
    events = [one.event for one in read(store)]
    assert [event.attempt for event in events if isinstance(event, NodeStarted)] == list(range(1, len(events) + 1))
    assert len(events) >= acknowledged
    with closing(sqlite3.connect(store / JOURNAL)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return len(events)


class Victims:
    """Forks appending processes, one at a time, and kills each."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdin
        assert process.stdout
        self._in, self._out = process.stdin, process.stdout.fileno()

    def kill_one(self, store: Path, *, after: float, at_work: bool) -> int:
        """Let one append to ``store`` and kill it.

        Args:
            store: the folder of its run.
            after: seconds that it has.
            at_work: count them from its first acknowledgement, not from its first breath.

        Returns:
            The last acknowledged number.
        """
        self._in.write(f"{store}\n".encode())
        self._in.flush()
        said = b""
        while (b"acknowledged" if at_work else b"\n") not in said:
            said += os.read(self._out, 65_536)
        said += self._listen(time.monotonic() + after)
        os.kill(int(said.split()[1]), signal.SIGKILL)
        while not said.endswith(b"ended\n"):
            said += os.read(self._out, 65_536)
        assert b"error" not in said, said
        return max((int(number) for number in re.findall(rb"acknowledged (\d+)\n", said)), default=0)

    def _listen(self, until: float) -> bytes:
        said = b""
        while (left := until - time.monotonic()) > 0:
            if select.select([self._out], [], [], left)[0]:
                said += os.read(self._out, 65_536)
        return said


@pytest.fixture
def victims() -> Iterator[Victims]:
    command = [sys.executable, str(APPENDER), "fork"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield Victims(process)


def kill_at_random(victims: Victims, folder: Path, *, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    total, epochs = 0, 0
    for number in range(kills):
        store = folder / f"store-{number // 5}"  # five engines after another on one run, then a new run
        total = total if number % 5 else 0
        at_work = chance.random() < 0.5
        acknowledged = victims.kill_one(store, after=chance.uniform(0.0, 0.04), at_work=at_work)
        found = check(store, max(acknowledged, total))
        epochs += found > total
        total = found
    assert epochs > kills / 4, "hardly any of them was killed while it wrote"


def test_an_engine_killed_at_a_random_time_loses_nothing_that_was_acknowledged(
    victims: Victims, tmp_path: Path
) -> None:
    kill_at_random(victims, tmp_path, kills=20, seed=1)


@pytest.mark.soak
@pytest.mark.timeout(1_200)
def test_a_thousand_kills_lose_nothing(victims: Victims, tmp_path: Path) -> None:
    kill_at_random(victims, tmp_path, kills=1_000, seed=2)


def traced(options: Sequence[str], mode: str, store: Path, *more: str) -> "subprocess.CompletedProcess[str]":
    assert STRACE
    command = [STRACE, "-f", "-o", str(store.parent / "trace"), *options]
    return subprocess.run(
        [*command, sys.executable, str(APPENDER), mode, str(store), *more],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def acknowledged_by(process: "subprocess.CompletedProcess[str]") -> int:
    return max(map(int, re.findall(r"acknowledged (\d+)", process.stdout)), default=0)


def calls_within(store: Path) -> dict[str, int]:
    """How often each call names the store or, as the data base is written, one of its open files."""
    ended = traced(["-y", "-e", f"trace={CALLS}"], "plain", store)
    assert ended.returncode == 0, ended.stderr
    counts: dict[str, int] = {}
    for line in (store.parent / "trace").read_text().splitlines():
        found = re.match(r"\d+ +(\w+)\(", line)
        if found and (found[1] != "openat" or str(store) in line):
            counts[found[1]] = counts.get(found[1], 0) + 1
    assert counts["pwrite64"] > 20
    assert counts["fdatasync"] > 5
    return counts


def kill_at_every_call(folder: Path, *, stride: int) -> None:
    folder.mkdir(exist_ok=True)
    counts = calls_within(folder / "counted")
    places = [(call, when) for call, count in counts.items() if call != "openat" for when in range(1, count + 1)]
    for call, when in places[::stride]:
        store = folder / f"{call}-{when}"
        ended = traced(["-e", f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={when}"], "plain", store)
        assert ended.returncode == -signal.SIGKILL, (call, when, ended)
        check(store, acknowledged_by(ended))
        if store.exists():
            RunLock.acquire(store).release()


@needs_strace
def test_an_engine_killed_at_a_write_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    kill_at_every_call(tmp_path, stride=7)


@needs_strace
@pytest.mark.soak
@pytest.mark.timeout(600)
def test_an_engine_killed_at_any_write_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    kill_at_every_call(tmp_path, stride=1)


FAULTS = [
    ("fdatasync:error=EIO:when=1+", "the disk failed"),
    ("pwrite64:error=EIO:when=3+", "the disk failed"),
    ("pwrite64:error=ENOSPC:when=2+", "the disk is full"),
    ("pwrite64:error=ENOSPC:when=1", "the disk is full"),
    ("fdatasync:error=EIO:when=2", "the disk failed"),
]


@needs_strace
@pytest.mark.parametrize(("fault", "what"), FAULTS)
def test_a_failing_disk_stops_the_engine_with_one_line_and_nothing_is_written_after(
    tmp_path: Path, fault: str, what: str
) -> None:
    store = tmp_path / "store"
    assert traced(["-e", "trace=none"], "append", store, "3").returncode == 0
    log, database = store / f"{JOURNAL}-wal", store / JOURNAL
    before = database.read_bytes()
    call = fault.partition(":")[0]
    options = ["-P", str(log), "-P", str(database), "-e", "trace=pwrite64,fdatasync", "-e", f"inject={fault}"]
    ended = traced(options, "append", store, "30")
    errors = [line for line in ended.stdout.splitlines() if line.startswith("error")]
    assert len(errors) == 1, (ended.stdout, ended.stderr)
    assert errors[0].startswith(f"error 1 {database}: {what}")
    assert (ended.returncode, ended.stderr) == (1, "")
    trace = [line for line in (tmp_path / "trace").read_text().splitlines() if call in line or "write" in line]
    assert "INJECTED" in trace[-1], "something was written after the fault"
    assert database.read_bytes() == before
    check(store, acknowledged_by(ended))
