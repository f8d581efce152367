"""Control groups, versions 1 and 2: exact limits for all of a command's processes, where the user may make them."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from time import monotonic, sleep

from orchestrator.domain.sandbox import Limits

__all__ = ["Cgroups", "Group", "find_cgroups"]

OVERHEAD = 4
"""Tasks of ours in each group: the launcher, the supervisor, its threads."""

_LIMIT_FILES = {"memory": ("memory.max", "memory.limit_in_bytes"), "pids": ("pids.max",)}
_CONTROLLERS = tuple(_LIMIT_FILES)
_NAME = "rung-"
_NUMBERS = count()
_REMOVAL_SECONDS = 1.0
_V2_ROOT_WORD = "+memory +pids"


@dataclass(frozen=True, slots=True)
class Cgroups:
    """Where groups can be made.

    Attributes:
        kind: ``cgroup v1``, ``cgroup v2``, or ``""`` where there is none.
        parents: controller -> the folder in which groups that it rules can be made; may lack controllers.
    """

    kind: str = ""
    parents: Mapping[str, Path] = field(default_factory=dict)

    @contextmanager
    def group(self, limits: Limits) -> Iterator["Group"]:
        """A group with these limits, removed at the end, when no process of it is left.

        Raises:
            OSError: it cannot be made.
        """
        name = f"{_NAME}{os.getpid()}-{_start_time(os.getpid())}-{next(_NUMBERS)}"
        folders = {controller: parent / name for controller, parent in self.parents.items()}
        made = sorted(set(folders.values()))
        try:
            for folder in made:
                folder.mkdir()
            for controller, folder in folders.items():
                _write(folder, _settings(self.kind, controller, limits=limits))
            yield Group(tuple(made))
        finally:
            for folder in made:
                _remove(folder)


@dataclass(frozen=True, slots=True)
class Group:
    """The folders of one group: one for all controllers, or one for each."""

    folders: tuple[Path, ...]

    @property
    def doors(self) -> tuple[str, ...]:
        """The files through which a process enters, by writing ``0`` to each."""
        return tuple(str(folder / "cgroup.procs") for folder in self.folders)

    def exceeded(self) -> tuple[str, ...]:
        """Which of ``memory_mb`` and ``processes`` were reached so far."""
        found = []
        for folder in self.folders:
            if _counter(folder, ("memory.events", "memory.oom_control"), word="oom_kill"):
                found.append("memory_mb")
            if _counter(folder, ("pids.events",), word="max"):
                found.append("processes")
        return tuple(found)


def find_cgroups() -> Cgroups:
    """Where this process may make groups, found by making one; groups of engines that are gone are removed.

    Below its own group, or (version 2, where a group that holds processes may not be divided) below the topmost.
    """
    own = _own_groups()
    first = {name: parent for name in _CONTROLLERS if (parent := own.get(name)) and _works(parent, name)}
    if first:
        return Cgroups("cgroup v1", first)
    for parent in dict.fromkeys((own.get(""), own.get("top"))):
        if parent and _divide(parent):
            second = {name: parent for name in _CONTROLLERS if _works(parent, name)}
            if second:
                return Cgroups("cgroup v2", second)
    return Cgroups()


def _own_groups() -> dict[str, Path]:
    """Controller -> folder of the own group; ``""`` stands for version 2, ``top`` for its root as far as it is seen."""
    found = {}
    try:
        lines = Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()
        mounts = [line.split() for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()]
    except OSError:
        return {}
    for _, controllers, path in (line.split(":", 2) for line in lines):
        for name in controllers.split(","):
            for fields in mounts:
                if _is_mount_of(fields, name):
                    found[name] = Path(fields[4], os.path.relpath(path, fields[3]))
                    if not name:
                        found["top"] = Path(fields[4])
    return found


def _is_mount_of(fields: list[str], controller: str) -> bool:
    kind, _, options = fields[fields.index("-") + 1 :][:3]
    return kind == "cgroup2" if not controller else kind == "cgroup" and controller in options.split(",")


def _works(parent: Path, controller: str) -> bool:
    _sweep(parent)
    probe = parent / f"{_NAME}{os.getpid()}-{_start_time(os.getpid())}-probe-{next(_NUMBERS)}"
    try:
        probe.mkdir()
    except OSError:
        return False
    try:
        names = _LIMIT_FILES[controller]
        return os.access(probe / "cgroup.procs", os.W_OK) and any((probe / name).exists() for name in names)
    finally:
        _remove(probe)


def _divide(parent: Path) -> bool:
    try:
        if not set(_CONTROLLERS) & set((parent / "cgroup.controllers").read_text(encoding="ascii").split()):
            return False
        (parent / "cgroup.subtree_control").write_text(_V2_ROOT_WORD, encoding="ascii")
    except OSError:
        return False
    return True


def _settings(kind: str, controller: str, *, limits: Limits) -> dict[str, int]:
    if controller == "pids":
        return {"pids.max": limits.processes + OVERHEAD}
    size = limits.memory_mb << 20
    if kind == "cgroup v1":
        return {"memory.limit_in_bytes": size, "memory.memsw.limit_in_bytes": size}
    return {"memory.max": size, "memory.swap.max": 0}


def _write(folder: Path, settings: Mapping[str, int]) -> None:
    for name, value in settings.items():
        path = folder / name
        if path.exists():  # those for swap are missing where the kernel does not count it
            path.write_text(str(value), encoding="ascii")


def _counter(folder: Path, names: tuple[str, ...], *, word: str) -> int:
    for name in names:
        with suppress(OSError):
            for line in (folder / name).read_text(encoding="ascii").splitlines():
                if line.split()[0] == word:
                    return int(line.split()[1])
    return 0


def _remove(folder: Path) -> None:
    """Remove a group; one that still holds a dying process is tried again, and left to the next engine at last."""
    end = monotonic() + _REMOVAL_SECONDS
    while folder.is_dir():
        with suppress(OSError):
            folder.rmdir()
            return
        if monotonic() > end:
            return
        sleep(0.002)


def _sweep(parent: Path) -> None:
    for folder in parent.glob(f"{_NAME}*-*-*"):
        pid, start = folder.name.removeprefix(_NAME).split("-")[:2]
        if pid.isdigit() and _start_time(int(pid)) != start:
            with suppress(OSError):
                folder.rmdir()


def _start_time(pid: int) -> str:
    """When the process started, in the kernel's ticks; ``""`` where it is gone. With the pid it names one process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[19]
    except OSError:
        return ""
