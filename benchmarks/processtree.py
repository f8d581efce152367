"""CPU time of a process with all that it started, from ``/proc``, and how to end such a tree (Linux)."""

import gc
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

ResultT = TypeVar("ResultT")

_TICKS = os.sysconf("SC_CLK_TCK")


def child_cpu(argv: list[str]) -> float:
    """CPU seconds, user and system, of one process from its start to its end; what it prints is dropped.

    Raises:
        RuntimeError: it did not end with 0.
    """
    to_nowhere = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_WRONLY, 0) for stream in (1, 2)]
    pid = os.posix_spawnp(argv[0], argv, os.environ, file_actions=to_nowhere)
    _, status, usage = os.wait4(pid, 0)
    if status:
        raise RuntimeError(f"{' '.join(argv)} ended with {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime


def python_cpu(*arguments: str) -> float:
    """:func:`child_cpu` of this Python with ``arguments``."""
    return child_cpu([sys.executable, *arguments])


def tree_cpu(work: Callable[[], ResultT]) -> tuple[float, ResultT]:
    """CPU seconds that this process and its descendants spend while ``work`` runs, and its result.

    Descendants are counted in clock ticks (10 ms), this process in nanoseconds. A garbage collection goes ahead.
    """
    gc.collect()
    others, own = _others_cpu(), time.process_time()  # in this order: looking through /proc is not counted
    result = work()
    own = time.process_time() - own
    return own + _others_cpu() - others, result


def descendants(pid: int) -> list[int]:
    """The living children of ``pid``, their children and so on."""
    return _below(pid, _stats())


def kill_tree(pid: int) -> None:
    """End ``pid`` and its descendants at once. Who is gone already is passed over."""
    for one in [pid, *descendants(pid)]:
        with suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)


def _others_cpu() -> float:
    """Of the living descendants with all that they have waited for, and of the children that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    stats = _stats()
    ticks = sum(sum(map(int, stats[pid][11:15])) for pid in _below(os.getpid(), stats))
    return ended.ru_utime + ended.ru_stime + ticks / _TICKS


def _below(pid: int, stats: dict[int, list[str]]) -> list[int]:
    children: dict[int, list[int]] = {}
    for one, fields in stats.items():
        children.setdefault(int(fields[1]), []).append(one)
    found = list(children.get(pid, ()))
    for one in found:  # grows while it is walked
        found.extend(children.get(one, ()))
    return found


def _stats() -> dict[int, list[str]]:
    """Each process's fields after its name (``proc(5)``: field 3, the state, comes first here)."""
    stats = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):  # it ended meanwhile
            stats[int(path.parent.name)] = path.read_text().rpartition(")")[2].split()
    return stats
