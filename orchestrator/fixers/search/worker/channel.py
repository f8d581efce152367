"""Answers as lines of JSON, cut so that no line is longer than what a runner passes on."""

from __future__ import annotations

import json
import os
from typing import Any

LONGEST = 4000
"""Characters of one line; all of them are ASCII."""
MARK = "rung:"
"""Each line begins with it, then ``+`` where more follows or ``=`` at the end of an answer."""

_write, _dumps = os.write, json.dumps


class Channel:
    """Writes to a descriptor of its own."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def send(self, kind: str, **values: Any) -> None:
        """One answer."""
        text = _dumps({"kind": kind, **values}, separators=(",", ":"))
        last = (len(text) - 1) // LONGEST
        for number in range(last + 1):
            sign = "=" if number == last else "+"
            self.raw(f"{MARK}{sign}{text[number * LONGEST : (number + 1) * LONGEST]}\n".encode())

    def raw(self, data: bytes) -> None:
        """Bytes, all of them."""
        while data:
            data = data[_write(self._descriptor, data) :]
