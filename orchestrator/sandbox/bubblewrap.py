"""Isolation by bubblewrap: works for root, and for a plain user where user namespaces are permitted."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

__all__ = ["Bubblewrap"]


@dataclass(frozen=True, slots=True)
class Bubblewrap:
    """The whole file system as it is, in a pid namespace of its own.

    Bubblewrap forbids gaining privileges, so a command under it cannot use ``sudo`` or other setuid programs.
    """

    program: str = "bwrap"
    name: ClassVar[str] = "bubblewrap"
    contains: ClassVar[bool] = True

    def wrap(self, argv: Sequence[str]) -> tuple[str, ...]:
        """See :class:`orchestrator.sandbox.launcher.Launcher`."""
        view = ("--dev-bind", "/", "/", "--proc", "/proc")
        # The supervisor is pid 1 itself: bwrap then ends after the namespace, and not with its first process.
        lifetime = ("--unshare-pid", "--as-pid-1", "--die-with-parent")
        return (shutil.which(self.program) or self.program, *view, *lifetime, "--", *argv)
