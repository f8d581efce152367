"""One output stream of a command: its ends are kept, its lines passed on."""

import math
from collections.abc import Callable
from io import FileIO

import anyio

from orchestrator.ports import LineSink
from orchestrator.sandbox.kept import Kept
from orchestrator.sandbox.lines import Lines
from orchestrator.sandbox.pipes import pump

__all__ = ["Output"]


class Output:
    """Reads a stream to its end. Cancellation from outside does not stop it; :meth:`stop_within` does.

    So a command that is being stopped can still print without blocking on a full pipe.

    Attributes:
        kept: what came.
    """

    def __init__(self, name: str, keep_bytes: int, *, on_line: LineSink | None) -> None:
        self.kept = Kept(keep_bytes)
        self._lines = Lines(lambda line: on_line(name, line)) if on_line else None
        self._reading = anyio.CancelScope(shield=True)

    async def read(self, reader: FileIO, alive: Callable[[], None]) -> None:
        """Read until the end of ``reader``; ``alive`` is called whenever something has come."""

        def take(chunk: bytes) -> None:
            alive()
            self.kept.add(chunk)
            if self._lines:
                self._lines.add(chunk)

        with self._reading:
            await pump(reader, take)
        if self._lines:
            self._lines.finish()

    def stop_within(self, seconds: float = math.inf) -> None:
        """Stop reading that many seconds from now, if the end has not come by then."""
        self._reading.deadline = anyio.current_time() + seconds
