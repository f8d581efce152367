"""Cuts a stream of bytes into clean lines while it is still coming."""

from collections.abc import Callable

from orchestrator.sandbox.text import clean, without_split_end

__all__ = ["LONGEST_LINE", "Lines"]

LONGEST_LINE = 8192
"""Bytes of one line that are passed on; the rest of it is replaced by a mark."""

_MARK = " [... line cut]"


class Lines:
    """Passes each line to ``emit`` as soon as its end has come, cleaned as :func:`clean` does.

    A line that is longer than ``longest`` bytes is passed on once that many have come, marked; what
    follows up to its end is skipped, so that memory is bounded whatever is printed.
    """

    def __init__(self, emit: Callable[[str], None], *, longest: int = LONGEST_LINE) -> None:
        self._emit = emit
        self._longest = longest
        self._partial = b""
        self._skipping = False

    def add(self, chunk: bytes) -> None:
        """Take the next bytes of the stream."""
        data = self._partial + chunk
        if b"\r" in data:
            data = _with_newlines(data)
        whole, newline, rest = data.rpartition(b"\n")
        if newline:
            self._pass_on(whole)
        body = rest.removesuffix(b"\r")
        if len(body) > self._longest and not self._skipping:
            self._emit(self._line(body))
            self._skipping = True
        self._partial = rest[len(body) :] if self._skipping else rest

    def finish(self) -> None:
        """The stream has ended: pass on a last line that no newline ended."""
        last, self._partial = self._partial, b""
        if last.endswith(b"\r") or clean(last):
            self._pass_on(last.removesuffix(b"\r"))

    def _pass_on(self, whole: bytes) -> None:
        lines = whole.split(b"\n")
        if self._skipping:
            lines.pop(0)
            self._skipping = False
        if max(map(len, lines), default=0) > self._longest:
            for line in lines:
                self._emit(self._line(line))
        elif lines:
            for text in clean(b"\n".join(lines)).split("\n"):
                self._emit(text)

    def _line(self, line: bytes) -> str:
        if len(line) <= self._longest:
            return clean(line)
        return clean(without_split_end(line[: self._longest])) + _MARK


def _with_newlines(data: bytes) -> bytes:
    r"""``data`` with ``\r`` and ``\r\n`` as ``\n``; a ``\r`` at its end stays until it is known what follows."""
    body = data.rstrip(b"\r")
    held = data[len(body) :]
    while b"\r\r" in body:
        body = body.replace(b"\r\r", b"\r")
    return body.replace(b"\r\n", b"\n").replace(b"\r", b"\n") + held[:1]
