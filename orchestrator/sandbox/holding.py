"""Decides which mechanism holds each limit on this machine."""

import os
import platform
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestrator.domain.sandbox import HeldLimit, Limits
from orchestrator.sandbox.cgroups import Cgroups

__all__ = ["Holding", "holding_for", "is_real_root"]

_TASKS_OF_OURS = 4
"""The supervisor and its threads count as well."""
_CPU_GRACE = 5
"""Seconds of processor time between SIGXCPU and SIGKILL."""
_COUNTED_BY_NAMESPACE = (5, 14)
"""Since this Linux RLIMIT_NPROC counts the processes in the user namespace, and not all of the user's."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What holds the limits.

    Attributes:
        words: for the supervisor: ``RLIMIT_NAME=soft:hard`` and ``watch:name=limit``.
        watched: the fields of :class:`Limits` that the watchdog inside counts, in its order.
        held: for the record.
    """

    words: tuple[str, ...]
    watched: tuple[str, ...]
    held: tuple[HeldLimit, ...]


def holding_for(limits: Limits, cgroups: Cgroups) -> Holding:
    """Cgroups where there are any; else NPROC where it works, RLIMIT_DATA for each process, and a watchdog for all."""
    by_nproc = "pids" not in cgroups.parents and not is_real_root() and _kernel() >= _COUNTED_BY_NAMESPACE
    watched = {}
    if "pids" not in cgroups.parents and not by_nproc:
        watched["processes"] = limits.processes
    if "memory" not in cgroups.parents:
        watched["memory"] = limits.memory_mb << 20
    words = [*_rlimits(limits, by_nproc=by_nproc), *(f"watch:{name}={value}" for name, value in watched.items())]
    memory = cgroups.kind if "memory" in cgroups.parents else "watchdog"
    processes = cgroups.kind if "pids" in cgroups.parents else "RLIMIT_NPROC" if by_nproc else "watchdog"
    held = {
        "memory_mb": (memory, "RLIMIT_DATA"),
        "processes": (processes,),
        "cpu_seconds": ("RLIMIT_CPU",),
        "file_mb": ("RLIMIT_FSIZE",),
        "open_files": ("RLIMIT_NOFILE",),
        "scratch_mb": ("tmpfs size",),
        "tree_mb": ("watchdog",),
        "tree_files": ("watchdog",),
    }
    names = {"processes": "processes", "memory": "memory_mb"}
    return Holding(
        words=tuple(words),
        watched=tuple(names[name] for name in watched),
        held=tuple(HeldLimit(name=name, value=getattr(limits, name), by=by) for name, by in held.items()),
    )


def _rlimits(limits: Limits, *, by_nproc: bool) -> Iterator[str]:
    data, size = limits.memory_mb << 20, limits.file_mb << 20
    yield f"RLIMIT_DATA={data}:{data}"
    yield f"RLIMIT_FSIZE={size}:{size}"
    yield f"RLIMIT_NOFILE={limits.open_files}:{limits.open_files}"
    yield "RLIMIT_CORE=0:0"
    yield f"RLIMIT_CPU={limits.cpu_seconds}:{limits.cpu_seconds + _CPU_GRACE}"
    if by_nproc:
        number = limits.processes + _TASKS_OF_OURS
        yield f"RLIMIT_NPROC={number}:{number}"


def is_real_root() -> bool:
    """Whether the user is the machine's own uid 0, to whom RLIMIT_NPROC does not apply, and not a namespace's."""
    if os.getuid():
        return False
    ranges = Path("/proc/self/uid_map").read_text(encoding="ascii").split()
    return ranges[:2] == ["0", "0"]


def _kernel() -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", platform.release())[:2]))
