"""A change as rules look at it: both sides, which lines each has of its own, and what stands beside what."""

import difflib
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import zip_longest
from typing import NamedTuple

from orchestrator.validation.integrity.change import FileChange, Places
from orchestrator.validation.integrity.lexer import Views, language_of, views

__all__ = ["Hit", "Looked", "Pair"]


class Hit(NamedTuple):
    """Where a rule found something. ``line`` is 1-based in the candidate, or in the base where it is gone; 0: all."""

    line: int
    excerpt: str
    detail: str = ""


class Pair(NamedTuple):
    """A line that was taken out and the one that stands in its place; ``None`` where there is none on that side.

    The numbers are indices from 0.
    """

    before: int | None
    after: int | None


@dataclass(frozen=True)
class Looked:
    """One changed text file.

    Attributes:
        change: the change.
        places: which files are which.
        tests: texts of the base's tests, whether they changed or not.
        others: the stripped lines that the other files of the same patch lost: what came from there is moved.
        gained: likewise the lines that others of the same language, tests if it is one, got.
    """

    change: FileChange
    places: Places
    tests: Sequence[str] = ()
    others: Counter[str] = field(default_factory=Counter)
    gained: Counter[str] = field(default_factory=Counter)

    @property
    def path(self) -> str:
        """Its path."""
        return self.change.path

    @cached_property
    def language(self) -> str:
        """See :func:`language_of`."""
        return language_of(self.path)

    @cached_property
    def is_test(self) -> bool:
        """Whether it holds tests, or is read by them."""
        return self.places.is_test(self.path)

    @cached_property
    def old(self) -> Views:
        """The base; empty where the file is new."""
        return views(self.change.before or "", self.language)

    @cached_property
    def new(self) -> Views:
        """The candidate; empty where the file is deleted."""
        return views(self.change.after or "", self.language)

    @cached_property
    def blocks(self) -> Sequence[tuple[range, range]]:
        """The indices of the lines that differ, block by block: of the base, of the candidate."""
        before, after = (side.splitlines() for side in (self.change.before or "", self.change.after or ""))
        return list(_differing(before, after))

    @cached_property
    def pairs(self) -> Sequence[Pair]:
        """Within each block the lines side by side, in order; what is left over on one side stands alone."""
        return [Pair(*both) for old, new in self.blocks for both in zip_longest(old, new)]

    @cached_property
    def removed(self) -> frozenset[int]:
        """Indices of the lines that only the base has."""
        return frozenset(index for old, _ in self.blocks for index in old)

    @cached_property
    def added(self) -> frozenset[int]:
        """Indices of the lines that only the candidate has."""
        return frozenset(index for _, new in self.blocks for index in new)

    @cached_property
    def _touched(self) -> tuple[Sequence[range], Sequence[range]]:
        """The differing lines of both sides, in order; an empty range is where the other side has lines."""
        return [old for old, _ in self.blocks], [new for _, new in self.blocks]

    def line(self, index: int, *, is_old: bool = False) -> str:
        """The line as it is written."""
        text = self.change.before if is_old else self.change.after
        lines = (text or "").splitlines()
        return lines[index] if index < len(lines) else ""

    def hit(self, index: int, detail: str = "") -> Hit:
        """A hit at a line of the candidate, by its index."""
        return Hit(index + 1, self.line(index).strip()[:200], detail)

    def risen(self, pattern: re.Pattern[str], view: str) -> Iterator[Hit]:
        """What changed lines hold more often than before.

        A match that a changed line of the base held, or a line that another file of the patch lost, has only moved.

        Args:
            pattern: may reach over lines; where a match begins is where it is.
            view: the name of a field of :class:`Views`.
        """
        known = Counter(text for _, text in found_in(pattern, getattr(self.old, view), places=self._touched[0]))
        moved = self.others.copy()
        for index, text in found_in(pattern, getattr(self.new, view), places=self._touched[1]):
            line = self.line(index).strip()
            if known[text]:
                known[text] -= 1
            elif moved[line]:
                moved[line] -= 1
            else:
                yield self.hit(index)


_JUNK_FROM = 4_000
_AROUND = 12


@lru_cache(maxsize=64)
def _ends(text: str) -> Sequence[int]:
    """The offsets of the ends of the lines: how many are smaller than an offset is the index of its line."""
    return [index for index, sign in enumerate(text) if sign == "\n"]


def found_in(pattern: re.Pattern[str], text: str, *, places: Sequence[range]) -> Iterator[tuple[int, str]]:
    """The matches that reach into one of ``places``, each once: the index of a line that they touch, and their text.

    Only the surroundings of the places are searched. An empty place, where lines are missing, is touched by what stands
    on both sides of it. The text comes without spaces.
    """
    ends = _ends(text) if places else ()
    seen: set[tuple[int, int]] = set()
    for place in places:
        start = ends[place.start - _AROUND - 1] + 1 if place.start > _AROUND else 0
        stop = ends[place.stop + _AROUND] if place.stop + _AROUND < len(ends) else len(text)
        for match in pattern.finditer(text, start, stop):
            found = match[0].strip()
            first = bisect_left(ends, match.start() + match[0].index(found))
            last = first + found.count("\n")
            is_touched = first < place.stop and last >= place.start if place else first < place.start <= last
            if is_touched and match.span() not in seen:
                seen.add(match.span())
                yield max(first, place.start if place else first), re.sub(r"\s+", "", match[0])


def _differing(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[range, range]]:
    """The blocks that differ; what both begin and end with is not compared again."""
    head = next(
        (i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after))
    )
    most = min(len(before), len(after)) - head
    pairs = zip(reversed(before), reversed(after), strict=False)
    tail = next((i for i, (a, b) in enumerate(pairs) if a != b or i == most), most)
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=len(old) + len(new) > _JUNK_FROM)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            yield range(head + a, head + b), range(head + c, head + d)
