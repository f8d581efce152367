"""Everything that is wrong with one file, collected so that one reading reports all of it."""

import difflib
from collections.abc import Iterable

from orchestrator.errors import Problem

_CUTOFF = 0.72
_LONGEST_NAME = 100
_MOST_HINTS = 100
_MOST_NAMES = 20


def closest(name: str, known: Iterable[str]) -> str:
    """The one of ``known`` that ``name`` most likely meant (case does not count), or ``""``."""
    if len(name) > _LONGEST_NAME:
        return ""
    folded = {candidate.lower(): candidate for candidate in known}
    matches = difflib.get_close_matches(name.lower(), folded, n=1, cutoff=_CUTOFF)
    return folded[matches[0]] if matches else ""


class Diagnostics:
    """Collects the problems of one file in the order found.

    Attributes:
        file: as the user named it.
        problems: noted so far.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._told: set[tuple[int, str]] = set()

    def add(self, problem: Problem, *, about: object = None) -> None:
        """Note ``problem``. The same about the same object (an anchor, a default that many nodes share) counts once."""
        if about is not None:
            key = (id(about), problem.what)
            if key in self._told:
                return
            self._told.add(key)
        self.problems.append(problem)

    def near(self, name: str, known: Iterable[str], *, noun: str) -> str:
        """A hint for the unknown ``name``: its near miss, else what is known; ``noun`` introduces the list."""
        if len(self.problems) > _MOST_HINTS:
            return ""  # difflib is quadratic: a hostile file must not make the check slow
        names = sorted(known)
        if match := closest(name, names):
            return f"did you mean {match!r}?"
        shown = ", ".join(names[:_MOST_NAMES]) + (", ..." if len(names) > _MOST_NAMES else "")
        return f"{noun}: {shown or 'none'}"
