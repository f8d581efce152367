"""Constants that a failing assertion speaks of: what is expected and not there, or there and not expected."""

import ast
import difflib
import re
from collections.abc import Iterator, Sequence

from orchestrator.fixers.search.localise import Observed

__all__ = ["mined_numbers", "mined_strings"]

_MOST = 12
_LONGEST = 60
_MESSAGE = re.compile(r"assert (?P<actual>.+?) == (?P<expected>.+)")


def _pairs(tests: Sequence[Observed]) -> Iterator[tuple[object, object]]:
    for test in tests:
        if not test.is_ok:
            if test.pair:
                actual, expected = test.pair
                yield actual, expected
            elif match := _MESSAGE.search(test.error):
                yield from _literals(match["actual"], match["expected"])


def _literals(actual: str, expected: str) -> Iterator[tuple[object, object]]:
    try:
        yield ast.literal_eval(actual), ast.literal_eval(expected)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return


def _leaves(actual: object, expected: object) -> Iterator[tuple[object, object]]:
    """Items that stand in the same place and differ."""
    if isinstance(actual, list | tuple) and isinstance(expected, list | tuple):
        for one, other in zip(actual, expected, strict=False):
            yield from _leaves(one, other)
        for extra in expected[len(actual) :]:
            yield None, extra
    elif actual != expected:
        yield actual, expected


def mined_strings(tests: Sequence[Observed]) -> tuple[str, ...]:
    """Texts that are expected where others came, likeliest first; at most twelve."""
    whole: dict[str, None] = {}
    parts: dict[str, None] = {}
    for pair in _pairs(tests):
        for actual, expected in _leaves(*pair):
            if not isinstance(expected, str):
                continue
            if isinstance(actual, str):
                parts.update(dict.fromkeys(_inserted(actual, expected)))
            if len(expected) <= _LONGEST:
                whole[expected] = None
    return tuple(dict.fromkeys((*parts, *whole)))[:_MOST]


def _inserted(actual: str, expected: str) -> Iterator[str]:
    for kind, first, last, start, end in difflib.SequenceMatcher(None, actual, expected, autojunk=False).get_opcodes():
        if kind in {"insert", "replace"}:
            yield expected[start:end]
        if kind in {"delete", "replace"}:
            yield actual[first:last]


def mined_numbers(tests: Sequence[Observed]) -> tuple[int | float, ...]:
    """Numbers that are expected, and by how much the actual ones are off; at most twelve."""
    found: dict[int | float, None] = {}
    for pair in _pairs(tests):
        for actual, expected in _leaves(*pair):
            if isinstance(expected, int | float) and not isinstance(expected, bool):
                found[expected] = None
                if isinstance(actual, int | float) and not isinstance(actual, bool):
                    found[expected - actual] = None
    return tuple(number for number in found if number == number)[:_MOST]  # noqa: PLR0124  # not a number
