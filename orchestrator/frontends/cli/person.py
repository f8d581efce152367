"""Asks the person at the terminal."""

import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import anyio

from orchestrator.report.plaintext import clean

_ANSWERS = {"y": True, "yes": True, "n": False, "no": False, "": False}


class TerminalPerson:
    """Puts a gate's question on standard error and reads the answer from standard input.

    Implements :class:`orchestrator.ports.Person`. Questions are asked one after another.

    Args:
        paused: gives the terminal free while a question stands there.
    """

    def __init__(self, paused: Callable[[], AbstractContextManager[None]] = nullcontext) -> None:
        self._paused = paused
        self._one_at_a_time = anyio.Lock()

    async def ask(self, node: str, question: str) -> bool | None:
        """The answer; ``None`` when the input has ended. Just Enter means no."""
        async with self._one_at_a_time:
            with self._paused():
                return await self._answer(f"{clean(node)}: {clean(question)} [y/N] ")

    async def _answer(self, prompt: str) -> bool | None:
        while True:
            sys.stderr.write(prompt)
            sys.stderr.flush()
            line = await _line()
            if not line:
                return None
            answer = _ANSWERS.get(line.strip().lower())
            if answer is not None:
                return answer


async def _line() -> str:
    """One line of the terminal; waiting holds nothing up and can be cancelled, unlike a blocked thread."""
    number = sys.stdin.fileno()
    await anyio.wait_readable(number)
    return os.read(number, 4096).decode(errors="replace")
