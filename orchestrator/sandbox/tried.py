"""What was found to work in this process is not tried again: so a runner for each command costs next to nothing."""

import os
import shutil
from collections.abc import Callable, Hashable, Sequence
from functools import cache
from pathlib import Path
from typing import TypeAlias

from orchestrator.domain.sandbox import Overlay, SandboxPolicy
from orchestrator.errors import SandboxUnavailableError
from orchestrator.sandbox.cgroups import Cgroups
from orchestrator.sandbox.cgroups import find_cgroups as find_anew
from orchestrator.sandbox.layers import fault_of_overlays

__all__ = ["Identity", "Tried", "find_cgroups", "identity", "overlays_fault", "sandbox_fault"]

Identity: TypeAlias = tuple[str, int, int, int, int]
"""A program: its path, device, inode, size and time of change; another one has another."""

_OWN_GROUPS = Path("/proc/self/cgroup")


class Tried:
    """What worked. What did not is tried again each time: the cause may be gone."""

    def __init__(self) -> None:
        self._worked: set[Hashable] = set()

    def fault(self, key: Hashable, find: Callable[[], str]) -> str:
        """What ``find`` says, one line or ``""``; it is not asked where it has said ``""`` for an equal ``key``."""
        if key in self._worked:
            return ""
        fault = find()
        if not fault:
            self._worked.add(key)
        return fault


_OVERLAYS = Tried()
_SANDBOXES = Tried()


def identity(program: str = "bwrap") -> Identity:
    """The file that ``program`` names on this process's own PATH, as it is now.

    Raises:
        SandboxUnavailableError: there is none.
    """
    if not (found := shutil.which(program)):
        raise SandboxUnavailableError(f"bubblewrap ({program}) is not installed")
    state = Path(found).stat()
    return found, state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns


def overlays_fault(overlays: Sequence[Overlay]) -> str:
    """See :func:`orchestrator.sandbox.layers.fault_of_overlays`; it depends on the file systems, not on the folders."""
    key = (os.geteuid(), tuple(_file_systems(overlay) for overlay in overlays))
    return _OVERLAYS.fault(key, lambda: fault_of_overlays(overlays))


def sandbox_fault(policy: SandboxPolicy, launcher: Identity, *, find: Callable[[], str]) -> str:
    """What ``find`` says of the sandbox of ``policy``: the same for all trees, git folders, upper layers, single files.

    Should one of those fail none the less, then the command is not run, and the launcher's error is told.
    """
    overlays = tuple((overlay.inside, *_file_systems(overlay)) for overlay in policy.overlays)
    key = (os.geteuid(), launcher, overlays, policy.mount, policy.readonly, policy.network, policy.limits)
    return _SANDBOXES.fault(key, find)


def find_cgroups() -> Cgroups:
    """See :func:`orchestrator.sandbox.cgroups.find_cgroups`; found anew when this process has been moved."""
    try:
        return _groups_below(os.geteuid(), _OWN_GROUPS.read_bytes())
    except OSError:
        return Cgroups()


@cache
def _groups_below(uid: int, own: bytes) -> Cgroups:
    del uid, own  # what it depends on
    return find_anew()


def _file_systems(overlay: Overlay) -> tuple[int, int]:
    """The devices of the lower and of the upper layer; -1 for one in memory."""
    return _device(overlay.lower), _device(overlay.kept) if overlay.kept else -1


def _device(path: str) -> int:
    return Path(path).stat().st_dev
