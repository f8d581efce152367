import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias

import pytest

from orchestrator.errors import JournalDamagedError, JournalError, JournalLockedError
from orchestrator.journal.layout import LOCK
from orchestrator.journal.lock import RunLock, owner_of, process_start

RACER = """
import sys
from pathlib import Path
from orchestrator.errors import JournalLockedError
from orchestrator.journal.lock import RunLock
print("ready", flush=True)
sys.stdin.readline()
try:
    lock = RunLock.acquire(Path(sys.argv[1]))
except JournalLockedError as error:
    print("refused", error.pid, flush=True)
else:
    print("taken", lock.owner.epoch, flush=True)
sys.stdin.readline()
"""


Racers: TypeAlias = Callable[[int], list[subprocess.Popen[str]]]


@pytest.fixture
def racers(tmp_path: Path) -> Iterator[Racers]:
    """Starts processes that take the lock when told, and hold it; none outlives the test."""
    with ExitStack() as stack:

        def start(count: int) -> list[subprocess.Popen[str]]:
            command = [sys.executable, "-c", RACER, str(tmp_path)]
            started = [
                subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
                for _ in range(count)
            ]
            for one in started:
                stack.callback(end, one)
            return started

        yield start


def tell(process: subprocess.Popen[str]) -> None:
    assert process.stdin
    process.stdin.write("go\n")
    process.stdin.flush()


def hear(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def end(process: subprocess.Popen[str]) -> None:
    with process:
        process.kill()


def record(store: Path, **changes: object) -> None:
    """The lock file as an engine would have left it that is not there any more."""
    owner = {"pid": os.getpid(), "started": 1, "epoch": 7, "nonce": "ab", "since": 0.0, **changes}
    (store / LOCK).write_text(json.dumps(owner))


def test_a_second_engine_is_refused_by_name(tmp_path: Path) -> None:
    with RunLock.acquire(tmp_path) as lock, pytest.raises(JournalLockedError) as caught:
        RunLock.acquire(tmp_path)
    assert caught.value.pid == os.getpid()
    assert caught.value.since == lock.owner.since
    assert f"process id {os.getpid()} works on this run since 20" in str(caught.value)
    assert f"kill {os.getpid()}" in str(caught.value)
    assert caught.value.exit_code == 1


def test_a_run_that_was_let_go_can_be_taken_by_another_process(tmp_path: Path, racers: Racers) -> None:
    with RunLock.acquire(tmp_path) as lock:
        assert owner_of(tmp_path) == lock.owner
    assert owner_of(tmp_path) is None
    (other,) = racers(1)
    tell(other)
    assert [hear(other), hear(other)] == ["ready", "taken 2"]


def test_of_many_that_race_for_a_stale_lock_one_gets_it(tmp_path: Path, racers: Racers) -> None:
    for epoch in range(8, 13):
        record(tmp_path, epoch=epoch - 1)
        processes = racers(4)
        assert [hear(one) for one in processes] == ["ready"] * 4
        for one in processes:
            tell(one)
        said = [hear(one) for one in processes]
        (winner,) = [one for one, word in zip(processes, said, strict=True) if word == f"taken {epoch}"]
        assert all(word in {f"taken {epoch}", f"refused {winner.pid}", "refused 0"} for word in said)
        for one in processes:
            end(one)


def test_the_lock_of_a_killed_engine_is_taken_over(tmp_path: Path, racers: Racers) -> None:
    (first,) = racers(1)
    tell(first)
    assert [hear(first), hear(first)] == ["ready", "taken 1"]
    holder = owner_of(tmp_path)
    assert holder is not None
    assert holder.pid == first.pid
    with pytest.raises(JournalLockedError, match=f"process id {first.pid} works"):
        RunLock.acquire(tmp_path)
    end(first)
    assert owner_of(tmp_path) is None
    with RunLock.acquire(tmp_path) as lock:
        assert lock.owner.epoch == 2


def test_a_process_id_that_is_used_again_holds_nothing(tmp_path: Path) -> None:
    record(tmp_path, started=process_start(os.getpid()) + 1)
    with RunLock.acquire(tmp_path) as lock:
        assert lock.owner.epoch == 8


def test_a_live_owner_holds_even_where_the_kernel_lock_does_not_work(tmp_path: Path) -> None:
    record(tmp_path, pid=os.getppid(), started=process_start(os.getppid()))
    with pytest.raises(JournalLockedError, match=f"process id {os.getppid()} works"):
        RunLock.acquire(tmp_path)


def test_a_dead_process_that_nobody_waited_for_holds_nothing() -> None:
    zombie = subprocess.Popen(["true"])
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
    assert process_start(zombie.pid) == 0
    zombie.wait()
    assert process_start(zombie.pid) == 0


@pytest.mark.parametrize("content", [b"", b"\0" * 256])
def test_a_record_that_was_never_written_is_no_owner(tmp_path: Path, content: bytes) -> None:
    (tmp_path / LOCK).write_bytes(content)
    with RunLock.acquire(tmp_path) as lock:
        assert lock.owner.epoch == 1


@pytest.mark.parametrize("content", ["{", "[]", '{"pid": 1}', "\udcff"])
def test_a_record_that_cannot_be_read_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / LOCK).write_text(content, errors="surrogateescape")
    with pytest.raises(JournalDamagedError, match="remove the file"):
        RunLock.acquire(tmp_path)


def test_a_folder_in_its_place_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / LOCK).mkdir()
    with pytest.raises(JournalError, match=r"lock: Is a directory\Z"):
        RunLock.acquire(tmp_path)


def test_a_store_without_a_lock_has_no_owner(tmp_path: Path) -> None:
    assert owner_of(tmp_path) is None
