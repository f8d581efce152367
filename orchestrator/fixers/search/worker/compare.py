"""Do patches behave alike? Runs them on the same inputs and groups them by what comes out."""

from __future__ import annotations

import copy
import re
import types
from collections.abc import Callable, Sequence
from typing import Any

from orchestrator.fixers.search.worker.limits import Limit, Outcome, guarded
from orchestrator.fixers.search.worker.mutate import Mutator

_LONGEST = 300
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}")
_MOST_ITEMS = 200
_DEEPEST = 12
_HUGE = 10**200

Call = Any
"""A function's number, its arguments by position and by name."""


def shown(value: Any, depth: int = 0) -> str:
    """``value`` as text that says all that counts: types, rounded floats, fields of objects, no addresses."""
    for kinds, show in _SHOWN:
        if isinstance(value, kinds):
            return show(value, depth + 1) if depth < _DEEPEST else "..."
    return _thing(value, depth)


def _thing(value: Any, depth: int) -> str:
    """By its fields; what keeps none (a Decimal, a date, a fraction) by how it shows itself."""
    fields = getattr(value, "__dict__", None)
    if not fields and getattr(type(value), "__repr__", None) != object.__repr__:
        return _ADDRESS.sub("0x", repr(value))
    slots = [slot for kind in type(value).__mro__ for slot in _slots(kind) if hasattr(value, slot)]
    held = {**(fields or {}), **{slot: getattr(value, slot) for slot in slots}}
    return f"{type(value).__name__}({shown(held, depth + 3)})"


def _slots(kind: type) -> Sequence[str]:
    names = kind.__dict__.get("__slots__", ())
    return [names] if isinstance(names, str) else [name for name in names if not name.startswith("__")]


def _integer(value: int, _depth: int) -> str:
    return repr(value) if abs(value) < _HUGE else f"int of {value.bit_length()} bits"


def _items(values: Any, depth: int) -> str:
    return f"{type(values).__name__}({', '.join(shown(item, depth) for item in values[:_MOST_ITEMS])})"


def _unordered(values: Any, depth: int) -> str:
    return f"{type(values).__name__}({', '.join(sorted(shown(item, depth) for item in values))})"


def _mapping(values: dict[Any, Any], depth: int) -> str:
    items = (f"{shown(key, depth)}: {shown(item, depth)}" for key, item in values.items())
    return f"{type(values).__name__}({', '.join(items)})"


_SHOWN: tuple[tuple[Any, Callable[[Any, int], str]], ...] = (
    ((bool, type(None), str, bytes), lambda value, _depth: repr(value)),
    (int, _integer),
    ((float, complex), lambda value, _depth: f"{value:.9g}"),
    ((list, tuple), _items),
    ((set, frozenset), _unordered),
    (dict, _mapping),
    ((types.FunctionType, type, types.ModuleType), lambda value, _depth: getattr(value, "__name__", "?")),
)
"""Types, first match first, and how their values are shown."""


def behaviour(function: Any, call: Call, *, limit: Limit) -> tuple[str, Outcome]:
    """What one call returns or raises, and what it leaves in its arguments."""
    _, positional, keywords = copy.deepcopy(call)

    def run() -> Any:
        value = function(*positional, **keywords)
        if isinstance(value, types.GeneratorType) or hasattr(value, "__next__"):
            value = [item for item, _ in zip(value, range(_MOST_ITEMS))]  # noqa: B905  # 3.8 has no strict
        return shown(value) + " " + shown(positional)

    outcome = guarded(run, limit)
    if outcome.is_ok:
        return str(outcome.value), outcome
    return (type(outcome.error).__name__ if outcome.how == "fail" else f"limit of {outcome.how}"), outcome


def generated(calls: Sequence[Call], *, seed: int, count: int) -> list[Call]:
    """The seen calls and changed copies of them, ``count`` in all; none where none was seen."""
    return [call for call, _ in rooted(calls, seed=seed, count=count)]


def rooted(calls: Sequence[Call], *, seed: int, count: int) -> list[tuple[Call, int]]:
    """As :func:`generated`, each with a number; calls of the same number are much the same.

    That is so where an argument is an object which cannot be changed: what the call is about may well be in it.
    """
    by_function: dict[int, Mutator] = {}
    for number in {call[0] for call in calls}:
        own = [[call[1], call[2]] for call in calls if call[0] == number]
        by_function[number] = Mutator(seed + number, [value for pair in own for value in (*pair[0], pair[1])])
    step = max(1, -(-len(calls) * 2 // count)) if count else 1  # from all over: they stand test by test
    found = [(call, place) for place, call in enumerate(calls)][::step][: count // 2]
    turn = 0
    while calls and len(found) < count:
        place = turn % len(calls)
        number, positional, keywords = calls[place]
        turn += 1
        try:
            changed = (number, by_function[number].inputs(positional), copy.deepcopy(keywords))
            is_plain = _is_plain(positional, by_function[number])
            found.append((changed, -turn if is_plain else place))
        except Exception:  # noqa: BLE001  # an object that cannot be copied or compared is no input
            if turn > 4 * count:
                break
    return found


def _is_plain(value: Any, mutator: Mutator, *, depth: int = 0) -> bool:
    if isinstance(value, (list, tuple, set, frozenset)):
        return depth < _DEEPEST and all(_is_plain(item, mutator, depth=depth + 1) for item in list(value)[:_MOST_ITEMS])
    if isinstance(value, dict):
        return _is_plain([*value, *value.values()], mutator, depth=depth + 1)
    return value is None or type(value) in (complex, bytes) or mutator.changes(value)


def clipped(text: str) -> str:
    """``text``, short enough to be shown."""
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."


def asked(call: Call, name: str) -> str:
    """A call as a person would write it."""
    _, positional, keywords = call
    parts = [_written(value) for value in positional] + [f"{key}={_written(value)}" for key, value in keywords.items()]
    return clipped(f"{name}({', '.join(parts)})")


def _written(value: Any) -> str:
    try:
        return repr(value)
    except Exception:  # noqa: BLE001  # a repr of the project's own may do anything
        return type(value).__name__


def grouped(rows: dict[int, list[str]]) -> list[list[int]]:
    """Patches with the same behaviour on every input together, in the order of their first."""
    groups: dict[tuple[str, ...], list[int]] = {}
    for number, outputs in rows.items():
        groups.setdefault(tuple(outputs), []).append(number)
    return list(groups.values())


def difference(one: list[str], other: list[str]) -> int:
    """Index of the first input on which they differ, one without a limit if there is any; -1 where they never do."""
    places = [number for number, text in enumerate(one) if text != other[number]]
    clear = [number for number in places if not (one[number] + other[number]).count("limit of ")]
    return next(iter(clear or places), -1)
