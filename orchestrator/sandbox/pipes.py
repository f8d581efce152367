"""Pipes between the engine and a command, read and written without blocking."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import FileIO
from typing import NamedTuple

import anyio

__all__ = ["Pipe", "feed", "open_pipe", "pump"]

_CHUNK = 1 << 16
"""Bytes read at a time: what a pipe holds."""


class Pipe(NamedTuple):
    """The two ends. Closing an end again does nothing."""

    reader: FileIO
    writer: FileIO


@contextmanager
def open_pipe() -> Iterator[Pipe]:
    """A pipe that no child inherits by itself; both ends are closed on leaving."""
    read_fd, write_fd = os.pipe()
    with FileIO(read_fd, "rb") as reader, FileIO(write_fd, "wb") as writer:
        yield Pipe(reader, writer)


async def pump(reader: FileIO, take: Callable[[bytes], None]) -> None:
    """Hand all that comes out of ``reader`` to ``take``, until its end."""
    os.set_blocking(reader.fileno(), False)
    while True:
        await anyio.wait_readable(reader)
        if not (data := os.read(reader.fileno(), _CHUNK)):
            return
        take(data)


async def feed(writer: FileIO, data: bytes) -> None:
    """Write ``data``, then close; a reader that goes away earlier is no error."""
    os.set_blocking(writer.fileno(), False)
    rest = memoryview(data)
    with writer:
        while rest:
            await anyio.wait_writable(writer)
            try:
                rest = rest[os.write(writer.fileno(), rest) :]
            except BrokenPipeError:
                return
