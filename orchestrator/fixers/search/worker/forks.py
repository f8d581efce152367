"""Work in a child that may end its process, never end, or eat memory: the parent goes on."""

from __future__ import annotations

import os
import select
import signal
import traceback
from collections.abc import Callable
from typing import Any

from orchestrator.fixers.search.worker import limits
from orchestrator.fixers.search.worker.channel import Channel
from orchestrator.fixers.search.worker.progress import Progress

SILENT = 2.5
"""Seconds without progress after which a child that tries candidates is stopped."""
_LOOK = 0.25
_fork, _exit, _waitpid, _kill = os.fork, os._exit, os.waitpid, os.kill  # a test may patch the module


class Forks:
    """Starts children that show their progress and tell what goes wrong in them."""

    def __init__(self, *, progress: Progress, channel: Channel, memory_mb: int) -> None:
        self._progress = progress
        self._channel = channel
        self._memory_mb = memory_mb

    def run(self, work: Callable[[], Any], *, patience: float) -> bool:
        """Do ``work`` in a child that is killed when it makes no progress for ``patience`` s; whether it came back."""
        reading, writing = os.pipe()
        child = _fork()
        if not child:
            self._work(work, writing)
        os.close(writing)
        noted, silent = self._progress.at, 0.0
        while not select.select([reading], [], [], _LOOK)[0]:
            silent = silent + _LOOK if noted == self._progress.at else 0.0
            noted = self._progress.at
            if silent >= patience:
                _kill(child, signal.SIGKILL)
                break
        ended = os.read(reading, 1) == b"."
        os.close(reading)
        if not ended:
            _kill(child, signal.SIGKILL)
        _waitpid(child, 0)
        return ended

    def _work(self, work: Callable[[], Any], writing: int) -> None:
        try:
            limits.install(self._memory_mb)
            work()
            os.write(writing, b".")
        except BaseException:  # noqa: BLE001  # the child ends here whatever happens; the parent is told
            self._channel.send("trouble", text=traceback.format_exc()[-2000:])
        finally:
            _exit(0)
