"""What is printed while a display owns the terminal: kept, so that one writer only ever writes to it."""

import io
import sys
from contextlib import suppress
from threading import Lock
from typing import TextIO, cast


class Redirection:
    """Keeps what goes to ``sys.stdout`` and ``sys.stderr`` between :meth:`start` and :meth:`stop`.

    Only streams that are terminals: what goes to a file or a pipe still has to get there. Writing never blocks on
    the terminal. Safe from any thread. Who kept a stand-in writes through it to the real stream afterwards.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._lines: list[str] = []
        self._stand_ins: dict[str, _StandIn] = {}

    def start(self) -> None:
        """Put the stand-ins in place."""
        for name in ("stdout", "stderr"):
            stream = getattr(sys, name)
            if stream is not None and stream.isatty():
                self._stand_ins[name] = stand_in = _StandIn(stream, self._lines, lock=self._lock)
                setattr(sys, name, stand_in)

    def take(self) -> list[str]:
        """The whole lines since the last time, in the order in which they ended, without their line ends."""
        with self._lock:
            lines = list(self._lines)
            self._lines.clear()
        return lines

    def stop(self) -> None:
        """Put the real streams back, and write to them what has not been taken."""
        for name, stand_in in self._stand_ins.items():
            if getattr(sys, name) is stand_in:
                setattr(sys, name, stand_in.stream)
        left = self.take()
        for stand_in in self._stand_ins.values():
            stand_in.release("".join(f"{line}\n" for line in left))
            left = []
        self._stand_ins = {}


class _StandIn(io.TextIOBase):
    """A stream that collects lines until it is released; then it is the stream itself."""

    def __init__(self, stream: TextIO, lines: list[str], *, lock: Lock) -> None:
        self.stream = stream
        self._lines = lines
        self._lock = lock
        self._part = ""
        self._is_released = False

    def write(self, text: str) -> int:
        with self._lock:
            if self._is_released:
                return self.stream.write(text)
            *whole, self._part = (self._part + text).split("\n")
            self._lines.extend(whole)
        return len(text)

    def release(self, before: str) -> None:
        with self._lock:
            self._is_released = True
            with suppress(OSError):  # a terminal that is gone: there is nobody to read it
                self.stream.write(before + self._part)
                self.stream.flush()

    def flush(self) -> None:
        if self._is_released:
            self.stream.flush()

    def isatty(self) -> bool:
        return self.stream.isatty()

    def fileno(self) -> int:
        return self.stream.fileno()

    def writable(self) -> bool:
        return True

    @property
    def rich_proxied_file(self) -> TextIO:
        """What a console of rich that draws on this stream asks for, to get past the stand-in."""
        return self.stream

    @property
    def buffer(self) -> io.BufferedIOBase:
        """Bytes go past the display: nothing of ours writes any."""
        return cast("io.BufferedIOBase", self.stream.buffer)

    @property
    def encoding(self) -> str:  # type: ignore[override]  # typeshed has an attribute here, CPython a property
        return self.stream.encoding
