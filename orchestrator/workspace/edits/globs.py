"""Path patterns: ``*``, ``?``, ``[abc]`` and ``[!abc]`` stay within one folder level, ``**`` as a level crosses levels.

A pattern is anchored at the root of the tree and names whole paths. ``folder/`` and ``folder/**`` mean all that is
below the folder, not a file of its name.
Matching takes time proportional to the path and the pattern: both may come from strangers.
"""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

_ANY_LEVELS = "**"


def _past_any_levels(states: Iterable[int], levels: Sequence[str]) -> set[int]:
    """The states and those behind every ``**`` that may stand for nothing."""
    reached = set(states)
    for state in range(len(levels)):
        if state in reached and levels[state] == _ANY_LEVELS:
            reached.add(state + 1)
    return reached


def _step(states: set[int], part: str, *, levels: Sequence[str]) -> set[int]:
    live = {state for state in states if state < len(levels)}
    stay = {state for state in live if levels[state] == _ANY_LEVELS}
    move = {state + 1 for state in live - stay if fnmatchcase(part, levels[state])}
    return _past_any_levels(stay | move, levels)


def matches(path: str, pattern: str, *, ignore_case: bool = False) -> bool:
    """Whether ``pattern`` names ``path`` (both with ``/``, relative to the root). ``""`` names nothing."""
    if ignore_case:
        path, pattern = path.casefold(), pattern.casefold()
    levels = (f"{pattern}{_ANY_LEVELS}" if pattern.endswith("/") else pattern).split("/")
    levels += ["*"] if levels[-1] == _ANY_LEVELS else []
    states = _past_any_levels({0}, levels)
    for part in path.split("/"):
        states = _step(states, part, levels=levels)
    return bool(path) and len(levels) in states
