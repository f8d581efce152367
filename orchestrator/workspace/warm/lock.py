"""Locks that the kernel drops when their holder is gone, however it ended: the references that are counted.

No process id is written down: one that is used again would keep a lock for ever, and a dead holder's is gone anyway.
"""

import contextlib
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio

_FIRST_PAUSE, _LONGEST_PAUSE = 0.01, 0.25


def try_lock(path: Path, *, exclusive: bool) -> int | None:
    """A handle that holds the lock until it is closed; ``None`` while others hold it.

    Whoever holds it exclusively may remove ``path``: those who had opened it before look it up again.

    Raises:
        OSError: the file cannot be made.
    """
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        if _is_there(path, handle):
            return handle
        os.close(handle)


@asynccontextmanager
async def locked(path: Path, *, exclusive: bool) -> AsyncIterator[None]:
    """Wait for the lock and hold it; a cancellation ends the waiting.

    Raises:
        OSError: as :func:`try_lock`.
    """
    pause = _FIRST_PAUSE
    while (handle := try_lock(path, exclusive=exclusive)) is None:
        await anyio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)
    try:
        yield
    finally:
        os.close(handle)


def _is_there(path: Path, handle: int) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(handle), path.stat())
    return False
