"""Numbers that a forked child shows its parent, so that they outlive it."""

from __future__ import annotations

import mmap
import struct

MOST_COMPARED = 60
"""So many patches, the first ones, are kept to be compared."""
_AT, _AFTER, _COUNT, _HEAD = range(4)


class Progress:
    """Memory that both have: where the child is, how far it came, which candidates passed all tests."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, 8 * (_HEAD + MOST_COMPARED))

    def _put(self, place: int, number: int) -> None:
        self._shared[8 * place : 8 * place + 8] = struct.pack("q", number)

    def _get(self, place: int) -> int:
        return int(struct.unpack("q", self._shared[8 * place : 8 * place + 8])[0])

    @property
    def at(self) -> int:
        """What the child works on; 0 before it says anything."""
        return self._get(_AT)

    def note(self, number: int) -> None:
        """Set :attr:`at`."""
        self._put(_AT, number)

    @property
    def after(self) -> int:
        """The first candidate that is left to try."""
        return self._get(_AFTER)

    def reach(self, number: int) -> None:
        """Set :attr:`after`."""
        self._put(_AFTER, number)

    @property
    def kept(self) -> list[int]:
        """Candidates that passed all tests, in the order in which they did."""
        return [self._get(_HEAD + place) for place in range(min(self._get(_COUNT), MOST_COMPARED))]

    def keep(self, number: int) -> None:
        """Add one to :attr:`kept`, once; what does not fit is left out."""
        kept = self.kept
        if number not in kept and len(kept) < MOST_COMPARED:
            self._put(_HEAD + len(kept), number)
            self._put(_COUNT, len(kept) + 1)
