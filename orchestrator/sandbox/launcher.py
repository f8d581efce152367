"""What stands between the engine and a supervisor: the joint at which isolation is exchanged."""

from collections.abc import Sequence
from typing import Protocol

__all__ = ["Launcher"]


class Launcher(Protocol):
    """Starts a supervisor in a namespace of its own.

    It may give it any view of the system, as long as it keeps this contract:

    - the supervisor becomes pid 1 of a new pid namespace (where ``contains`` is true) under the user's own
      uid, with ``/proc`` to match, its standard streams and the open file descriptor of its channel;
    - the process that the engine started ends after the supervisor, and soon;
    - everything dies when the engine's thread that started it does.

    It is started with an empty environment in the directory ``/``.
    """

    @property
    def name(self) -> str:
        """The word for it in reports and configuration."""
        ...

    @property
    def contains(self) -> bool:
        """Whether nothing at all can outlive a command, whatever the command does."""
        ...

    def wrap(self, argv: Sequence[str]) -> tuple[str, ...]:
        """The command line that starts ``argv`` isolated; its first word is looked for on the default path."""
        ...
