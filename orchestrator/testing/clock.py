"""A clock that says what it is told."""

import anyio


class FakeClock:
    """Implements :class:`orchestrator.ports.Clock`; ``wall`` follows the event loop's (virtual) time from ``start``."""

    def __init__(self, start: float = 1_800_000_000.0) -> None:
        self._start = start

    def monotonic(self) -> float:
        """The event loop's own time in seconds; 0 outside of one."""
        try:
            return anyio.current_time()
        except anyio.NoEventLoopError:
            return 0.0

    def wall(self) -> float:
        """``start`` plus :meth:`monotonic`."""
        return self._start + self.monotonic()
