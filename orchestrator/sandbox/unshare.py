"""Isolation by the unshare command of util-linux (2.38 or newer): where there is no bubblewrap."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

__all__ = ["Unshare"]


@dataclass(frozen=True, slots=True)
class Unshare:
    """The whole file system as it is, in a pid namespace of its own; a plain user also needs a user namespace."""

    program: str = "unshare"
    name: ClassVar[str] = "unshare"
    contains: ClassVar[bool] = True

    def wrap(self, argv: Sequence[str]) -> tuple[str, ...]:
        """See :class:`orchestrator.sandbox.launcher.Launcher`."""
        user = ("--user", "--map-current-user") if os.geteuid() else ()
        # Mounts that the host makes or drops meanwhile are to be seen, as they are without a namespace.
        lifetime = ("--fork", "--pid", "--kill-child", "--mount-proc", "--propagation", "slave")
        return (shutil.which(self.program) or self.program, *user, *lifetime, "--", *argv)
