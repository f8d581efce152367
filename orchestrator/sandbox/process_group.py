"""No isolation by the kernel: where no namespace can be had."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

__all__ = ["ProcessGroup"]


@dataclass(frozen=True, slots=True)
class ProcessGroup:
    """The supervisor runs as it is, adopts what the command orphans and kills it at the end.

    Daemons die too, and so does all when the engine is killed. What can survive: a program that changed its
    user (``sudo``), everything when somebody kills the supervisor itself, and what forks faster than it is killed.
    """

    name: ClassVar[str] = "process-group"
    contains: ClassVar[bool] = False

    def wrap(self, argv: Sequence[str]) -> tuple[str, ...]:
        """See :class:`orchestrator.sandbox.launcher.Launcher`."""
        return tuple(argv)
