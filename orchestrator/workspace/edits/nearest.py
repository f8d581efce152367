"""The region of a file that comes nearest to lines that it does not have: for feedback, never for applying.

Cost is bounded: one pass over the file's words rates every window by the words that it shares with the lines, rare
words counting more; only the few best windows are compared letter by letter, and only their beginnings.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate

_WORD = re.compile(r"\w+")
_CANDIDATES = 5
_MAX_WANTED = 60
_MAX_CHARS = 2_000
_MIN_RATIO = 0.4
_MAX_LINE = 200


@dataclass(frozen=True, slots=True)
class Region:
    """Lines of a file, each cut to 200 characters; ``line`` is the 1-based number of the first."""

    line: int
    lines: tuple[str, ...]


def _ratings(lines: Sequence[str], wanted: Sequence[str]) -> list[float]:
    """For each line, how much the words count that it shares with ``wanted``."""
    asked = set(_WORD.findall("\n".join(wanted)))
    words = [set(_WORD.findall(line[:_MAX_CHARS])) & asked for line in lines]
    frequency = Counter(word for found in words for word in found)
    return [sum(1.0 / frequency[word] for word in found) for found in words]


def _best_starts(lines: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """Starts of the windows with the most in common, best first, none overlapping the middle of a better one."""
    size = min(len(wanted), len(lines))
    sums = [0.0, *accumulate(_ratings(lines, wanted))]
    totals = [(sums[start] - sums[start + size], start) for start in range(len(lines) - size + 1)]
    chosen: list[int] = []
    for total, start in sorted(totals):
        if len(chosen) == _CANDIDATES or total >= 0.0:
            break
        if all(abs(start - other) >= max(1, size // 2) for other in chosen):
            chosen.append(start)
    return chosen


def _head(lines: Sequence[str]) -> str:
    return "\n".join(line.strip() for line in lines)[:_MAX_CHARS]


def _ratio(window: Sequence[str], wanted: Sequence[str]) -> float:
    return SequenceMatcher(None, _head(window), _head(wanted), autojunk=False).ratio()


def nearest_region(lines: Sequence[str], wanted: Sequence[str]) -> Region | None:
    """The window of ``lines`` most like ``wanted``, as long as it, at most 60 lines; ``None`` where none is like it."""
    asked = "\n".join(wanted).strip("\n").split("\n")[:_MAX_WANTED]
    scored = [(_ratio(lines[start : start + len(asked)], asked), -start) for start in _best_starts(lines, asked)]
    ratio, start = max(scored, default=(0.0, 0))
    if ratio < _MIN_RATIO:
        return None
    return Region(1 - start, tuple(line[:_MAX_LINE] for line in lines[-start : -start + len(asked)]))
