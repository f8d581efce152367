"""Small files that the engine hands to a launcher without writing them to any disk."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

__all__ = ["open_files"]


@contextmanager
def open_files(contents: Sequence[bytes]) -> Iterator[tuple[int, ...]]:
    """A descriptor for each of ``contents``, at its beginning; closed on leaving. No child inherits one by itself."""
    fds: list[int] = []
    try:
        for content in contents:
            fds.append(os.memfd_create("rung", os.MFD_CLOEXEC))
            os.pwrite(fds[-1], content, 0)
        yield tuple(fds)
    finally:
        for fd in fds:
            os.close(fd)
