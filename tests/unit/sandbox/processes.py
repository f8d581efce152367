"""Looks at the machine's processes from outside, through /proc."""

import os
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path

PATH = "/usr/local/bin:/usr/bin:/bin"
MARK = "RUNG_TEST_MARK"
WITHIN = 1.0
"""Seconds that the dead have to vanish."""


def marked() -> dict[str, str]:
    """An environment by which a command's processes are recognised, whatever becomes of them."""
    return {"PATH": PATH, MARK: uuid.uuid4().hex}


def pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def read(pid: int, name: str) -> bytes:
    """A file of /proc/PID; nothing where the process is gone, is a zombie, or is not ours to look at."""
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""


def bearing(env: Mapping[str, str]) -> list[int]:
    """The living processes that carry the mark of ``env``."""
    mark = f"{MARK}={env[MARK]}".encode()
    return [pid for pid in pids() if mark in read(pid, "environ").split(b"\0")]


def stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the third on; none where it is gone."""
    return read(pid, "stat").rpartition(b")")[2].decode().split()


def parent(pid: int) -> int:
    return int(fields[1]) if (fields := stat(pid)) else 0


def state(pid: int) -> str:
    return fields[0] if (fields := stat(pid)) else ""


def descendants(root: int) -> dict[int, str]:
    """Pid -> start time, of everything alive below ``root``."""
    found: list[int] = []
    parents = {pid: parent(pid) for pid in pids()}
    fresh = [root]
    while fresh:
        fresh = [pid for pid, above in parents.items() if above in fresh]
        found += fresh
    alive = {pid: fields for pid in found if (fields := stat(pid)) and fields[0] not in "ZX"}
    return {pid: fields[19] for pid, fields in alive.items()}


def eventually(holds: Callable[[], bool], within: float = WITHIN) -> bool:
    """Whether ``holds`` becomes true within so many seconds."""
    end = time.monotonic() + within
    while not holds():
        if time.monotonic() > end:
            return False
        os.sched_yield()
    return True
