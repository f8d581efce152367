"""The full sandbox's launcher: bubblewrap with every namespace, no capability, and only what a policy names."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from orchestrator.domain.sandbox import Network
from orchestrator.sandbox.view import inside

__all__ = ["NAMESPACES", "FullSandbox", "namespaces"]

NAMESPACES = ("cgroup", "ipc", "mount", "net", "pid", "user", "uts")

_ENTER = 'while [ "$1" != -- ]; do echo 0 > "$1"; shift; done; shift; exec "$@"'
"""Enters control groups, then becomes the launcher: so no process of it is ever outside of them."""


def namespaces(network: Network) -> tuple[str, ...]:
    """Those that a sandbox has of its own, in alphabetical order."""
    return tuple(name for name in NAMESPACES if name != "net" or network == "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class FullSandbox:
    """A launcher made for one command (see :class:`orchestrator.sandbox.launcher.Launcher`).

    Attributes:
        network: see :data:`orchestrator.domain.sandbox.Network`.
        mounts: bubblewrap's arguments for them, with descriptors that are open.
        filter_fd: the descriptor that holds the filter of system calls; negative for none.
        prologue: words before bubblewrap's own: it then runs in a user namespace that calls the user 0.
        doors: files through which the control groups are entered.
        limits: for the supervisor.
    """

    network: Network
    mounts: tuple[str, ...]
    filter_fd: int = -1
    prologue: tuple[str, ...] = ()
    doors: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    program: str = "bwrap"
    name: ClassVar[str] = "sandbox"
    contains: ClassVar[bool] = True

    def wrap(self, argv: Sequence[str]) -> tuple[str, ...]:
        """See :class:`orchestrator.sandbox.launcher.Launcher`; ``argv`` must be a supervisor's."""
        bwrap = shutil.which(self.program) or self.program
        return (*self._enter(), *self.prologue, bwrap, *self._options(), "--", *inside(tuple(argv)), *self.limits)

    def _enter(self) -> tuple[str, ...]:
        return ("sh", "-c", _ENTER, "sh", *self.doors, "--") if self.doors else ()

    def _options(self) -> tuple[str, ...]:
        unshare = tuple(f"--unshare-{name}" for name in namespaces(self.network) if name != "mount")
        same_user = ("--uid", str(os.getuid()), "--gid", str(os.getgid())) if self.prologue else ()
        rights = ("--disable-userns", "--cap-drop", "ALL", "--new-session")
        lifetime = ("--as-pid-1", "--die-with-parent")
        seccomp = ("--seccomp", str(self.filter_fd)) if self.filter_fd >= 0 else ()
        return (*unshare, *same_user, *rights, *lifetime, *self.mounts, *seccomp, "--chdir", "/")
