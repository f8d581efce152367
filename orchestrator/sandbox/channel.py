"""The engine's end of the line to a supervisor; what is said on it stands in :mod:`orchestrator.sandbox.supervisor`."""

import socket
import sys
from types import TracebackType
from typing import Self

import anyio

from orchestrator.sandbox import supervisor
from orchestrator.sandbox.bytecode import script

__all__ = ["Channel", "parse", "supervisor_argv"]

_TERMINATE = b"T"
_LAST_WORDS = {"exit", "error"}


def supervisor_argv(fd: int) -> tuple[str, ...]:
    """The command line of a supervisor whose channel is ``fd``, out of reach of the user's own settings."""
    return (sys.executable, "-I", "-S", script(supervisor), str(fd))


def parse(lines: bytes) -> dict[str, tuple[int, ...]]:
    """What a supervisor says in whole ``lines``: word -> its numbers."""
    told = (line.split() for line in lines.decode("ascii").splitlines())
    return {word: tuple(map(int, numbers)) for word, *numbers in told}


class Channel:
    """A pair of sockets, ours and the supervisor's. Closing ours ends whatever the supervisor guards.

    Attributes:
        peer: the file descriptor to hand to the launcher; call :meth:`handed_over` when it has it.
        sent: whether the whole request has been.
        said: word -> its numbers, as told so far: ``ready`` (pid, uid), ``error`` (errno,
            whether of the directory), ``exit`` (code), ``over`` (place of a limit).
    """

    def __init__(self) -> None:
        self._ours, self._theirs = socket.socketpair()
        self._ours.settimeout(0)  # never block
        self._unread = b""
        self.peer = self._theirs.fileno()
        self.sent = False
        self.said: dict[str, tuple[int, ...]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.handed_over()
        self.close()

    def handed_over(self) -> None:
        """The launcher has its end; ours of that end would keep the line open."""
        self._theirs.close()

    def close(self) -> None:
        """End everything that the supervisor guards. May be called again."""
        self._ours.close()

    async def send(self, request: bytes) -> None:
        """Send the whole request. A peer that is gone is no error here: :meth:`listen` will tell."""
        rest = memoryview(request)
        while rest:
            await anyio.wait_writable(self._ours)
            try:
                rest = rest[self._ours.send(rest) :]
            except (BrokenPipeError, ConnectionResetError):
                return
        self.sent = True

    async def listen(self) -> None:
        """Take in what the supervisor says until it has said how the command ended, or is gone."""
        while not _LAST_WORDS & self.said.keys():
            await anyio.wait_readable(self._ours)
            try:
                data = self._ours.recv(4096)
            except ConnectionResetError:
                return
            if not data:
                return
            lines, newline, self._unread = (self._unread + data).rpartition(b"\n")
            self.said |= parse(lines + newline)

    def terminate(self) -> None:
        """Have SIGTERM sent to the command's process group, at once or as soon as it has started."""
        try:
            self._ours.send(_TERMINATE)
        except OSError:
            return
