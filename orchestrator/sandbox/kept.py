"""Keeps the two ends of a stream of any length in a fixed amount of memory."""

from orchestrator.sandbox.text import clean, without_split_end

__all__ = ["Kept"]

_CONTINUATION = bytes(range(0x80, 0xC0))
_LONGEST_CHARACTER = 4


class Kept:
    """The first half and the last half of at most ``limit`` bytes.

    Memory is bounded by ``2 * limit`` and one chunk; a byte costs the same however many came before it.
    """

    def __init__(self, limit: int) -> None:
        self._head_limit = limit // 2
        self._tail_limit = limit - self._head_limit
        self._head = bytearray()
        self._tail = bytearray()
        self._total = 0

    def add(self, chunk: bytes) -> None:
        """Take the next bytes of the stream."""
        self._total += len(chunk)
        room = self._head_limit - len(self._head)
        if room > 0:
            self._head += chunk[:room]
            chunk = chunk[room:]
        self._tail += chunk
        if len(self._tail) > 2 * self._tail_limit:
            del self._tail[: len(self._tail) - self._tail_limit]

    def result(self) -> tuple[str, int]:
        """The text that was kept, cleaned, and how many bytes of the stream are not in it.

        Where bytes were left out a line of its own says so; a character that the cut would have split is
        left out whole. ``("", 0)`` where nothing came.
        """
        head = bytes(self._head)
        tail = bytes(self._tail[max(0, len(self._tail) - self._tail_limit) :])
        if len(head) + len(tail) == self._total:
            return clean(head + tail), 0
        head, tail = without_split_end(head), _without_split_start(tail)
        dropped = self._total - len(head) - len(tail)
        start = clean(head)
        newline = "" if start.endswith("\n") or not start else "\n"
        return f"{start}{newline}[... {dropped} bytes left out ...]\n{clean(tail)}", dropped


def _without_split_start(tail: bytes) -> bytes:
    start = tail[: _LONGEST_CHARACTER - 1]
    return tail[len(start) - len(start.lstrip(_CONTINUATION)) :]
