"""Virtual time: an event loop on which hours pass in milliseconds.

Use with ``anyio.run(main, backend_options={"loop_factory": VirtualLoop})``. Whenever everything waits,
the clock jumps to the next timer; nothing ever really sleeps. Real I/O is not waited for, so only code that
waits for timers and other tasks may run on it.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import anyio

ResultT = TypeVar("ResultT")


class VirtualDeadlockError(RuntimeError):
    """Everything waits and no timer is set: on a real clock this would hang for ever."""


class _JumpingSelector(selectors.SelectSelector):
    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready:
            return ready
        if timeout is None:
            raise VirtualDeadlockError("every task waits and no timer is set")
        self.now += max(timeout, 0.0)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose :meth:`time` starts at 0 and jumps."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._jumping.now


def run_virtual(main: Callable[[], Coroutine[Any, Any, ResultT]]) -> ResultT:
    """Run ``main`` to its end in virtual time and return what it returns.

    Raises:
        VirtualDeadlockError: it hangs.
    """
    return anyio.run(main, backend_options={"loop_factory": VirtualLoop})
