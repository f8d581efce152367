"""One engine at a time moves references of the user's repository.

The kernel's lock on a file (``flock``) decides, and every git that works under it inherits the handle: the lock is
free only when the engine and its git are both gone, however they ended. What the holder is about to move is noted
in the file. A holder that finds a note knows that the one before it died at work, and removes the lock files that
its git left on exactly those references. Lock files that no note names are somebody else's and are never removed.
"""

import contextlib
import fcntl
import json
import os
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio

from orchestrator.errors import GitBusyError, GitError
from orchestrator.workspace.git import Git

_PAUSE = 0.02
_PATIENCE = 60.0
_CLOCK_SLACK = 2.0
_LONGEST_NOTE = 65_536


@asynccontextmanager
async def holding_refs(git: Git, common_dir: Path, *, refs: Sequence[str]) -> AsyncIterator[Git]:
    """Hold the user's references while ``refs`` (full names) are moved, with the git that is given for that.

    Raises:
        GitBusyError: another engine holds them for more than a minute.
        OSError: the file cannot be written.
    """
    folder = common_dir / "rung"
    handle = _open(folder)
    try:
        await _take(handle, folder)
        _remove_left_locks(handle, common_dir)
        _note(handle, refs)
        try:
            yield git.inheriting(handle)
        except GitError as error:
            if error.git_exit_code >= 0:  # it ended by itself, so it removed its own locks
                _note(handle, ())
            raise
        _note(handle, ())
    finally:
        os.close(handle)


def _open(folder: Path) -> int:
    folder.mkdir(exist_ok=True)
    return os.open(folder / "refs", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


async def _take(handle: int, folder: Path) -> None:
    deadline = anyio.current_time() + _PATIENCE
    while True:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        if anyio.current_time() > deadline:
            raise GitBusyError(("git",), exit_code=0, stderr="", lock=str(folder / "refs"))
        await anyio.sleep(random.uniform(0.0, _PAUSE))  # noqa: S311  # jitter is no secret


def _note(handle: int, refs: Sequence[str]) -> None:
    os.ftruncate(handle, 0)
    if refs:
        note = {"pid": os.getpid(), "started": process_start(os.getpid()), "since": time.time(), "refs": list(refs)}
        os.pwrite(handle, json.dumps(note).encode(), 0)


def _remove_left_locks(handle: int, common_dir: Path) -> None:
    note = _read_note(handle)
    if not note or (note["pid"] != os.getpid() and process_start(note["pid"]) == note["started"]):
        return  # where the file system does not honour flock, the one who wrote the note may still be at work
    for ref in note["refs"]:
        lock = common_dir / f"{ref}.lock"
        with contextlib.suppress(FileNotFoundError):
            if lock.stat().st_mtime >= note["since"] - _CLOCK_SLACK:
                lock.unlink()


def _read_note(handle: int) -> dict[str, Any]:
    try:
        note = json.loads(os.pread(handle, _LONGEST_NOTE, 0) or b"{}")
    except ValueError:  # cut off by a loss of power: nothing is known, so nothing is removed
        return {}
    return note if isinstance(note, dict) else {}


def process_start(pid: int) -> int:
    """When the process started, in clock ticks since boot (field 22 of ``/proc/<pid>/stat``); 0 where none runs."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return 0
    state, *rest = text.rpartition(")")[2].split()
    return 0 if state in {"Z", "X"} else int(rest[18])
