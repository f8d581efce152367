"""The machine's own clocks."""

import time


class SystemClock:
    """Implements :class:`orchestrator.ports.Clock`."""

    def monotonic(self) -> float:
        """Seconds on the clock that never goes back."""
        return time.monotonic()

    def wall(self) -> float:
        """Seconds since the epoch."""
        return time.time()
