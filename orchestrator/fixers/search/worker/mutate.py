"""Further inputs of the same types, made from those that tests were seen to use. Same seed, same inputs."""

from __future__ import annotations

import copy
import random
import sys
from collections.abc import Callable, Sequence
from typing import Any

_SHARE_KEPT = 0.5
"""How often a property that all seen values have (sorted, not negative) is kept when nothing demands it."""


class Mutator:
    """Changes values and keeps their types; draws from what was seen."""

    def __init__(self, seed: int, seen: Sequence[Any]) -> None:
        self._random = random.Random(seed)  # noqa: S311  # repeatable, not secret
        self._pool: dict[type, list[Any]] = {}
        for value in seen:
            self._gather(value, 0)
        least = min(self._pool.get(int) or [0])
        self._least = min(least, 1) if least >= 0 else None
        self._table: dict[type, Callable[[Any], Any]] = {
            bool: lambda value: not value,
            int: self._int,
            float: self._float,
            str: self._str,
            list: self._list,
            tuple: lambda value: tuple(self._items(list(value), fixed=True)),
            dict: self._dict,
            set: lambda value: type(value)(self._items(list(value), fixed=False)),
            frozenset: lambda value: type(value)(self._items(list(value), fixed=False)),
        }
        for module, kind, change in (
            ("decimal", "Decimal", self._decimal),
            ("datetime", "date", self._moment),
            ("datetime", "datetime", self._moment),
        ):
            if module in sys.modules:  # whoever has such values has loaded it
                self._table[getattr(sys.modules[module], kind)] = change

    def _gather(self, value: Any, depth: int) -> None:
        self._pool.setdefault(type(value), [])
        if type(value) in (int, float, str, bool) and len(self._pool[type(value)]) < 200:
            self._pool[type(value)].append(value)
        if isinstance(value, (list, tuple, set, frozenset)) and depth < 4:
            for item in list(value)[:50]:
                self._gather(item, depth + 1)
        elif isinstance(value, dict) and depth < 4:
            for key, item in list(value.items())[:50]:
                self._gather(key, depth + 1)
                self._gather(item, depth + 1)

    def inputs(self, values: list[Any]) -> list[Any]:
        """A changed copy of a call's arguments: one or more of them differ."""
        copied = copy.deepcopy(values)
        places = [number for number, value in enumerate(copied) if type(value) in self._table]
        if not places:
            return copied
        for place in self._random.sample(places, self._random.randint(1, len(places))):
            for _ in range(self._random.choice((1, 1, 2, 3))):
                copied[place] = self.value(copied[place])
        return copied

    def changes(self, value: Any) -> bool:
        """Whether values of this type can be changed."""
        return type(value) in self._table

    def value(self, value: Any) -> Any:
        """Another value of the same type; the same one where its type is not known."""
        change = self._table.get(type(value))
        return change(value) if change else value

    def _int(self, value: int) -> int:
        drawn = self._random.choice(
            (value + 1, value - 1, value + self._random.randint(-9, 9), value * 2, value // 2, None)
        )
        chosen = self._random.choice(self._pool.get(int) or [value]) if drawn is None else drawn
        return chosen if self._least is None else max(self._least, abs(chosen))

    def _float(self, value: float) -> float:
        chosen = self._random.choice(
            (value + 1, value - 0.5, value * 1.5, -value, self._random.choice(self._pool.get(float) or [value]))
        )
        return abs(chosen) if value >= 0 and self._random.random() < _SHARE_KEPT else chosen

    def _decimal(self, value: Any) -> Any:
        last = value.as_tuple().exponent
        unit = type(value)(1).scaleb(last) if isinstance(last, int) else type(value)(1)
        changed = self._random.choice((value + unit, value - unit, value + 1, value * 2, value * 3 + unit))
        return abs(changed) if value >= 0 and self._random.random() < _SHARE_KEPT else changed

    def _moment(self, value: Any) -> Any:
        delta = sys.modules["datetime"].timedelta
        return value + delta(days=self._random.choice((1, -1, 7, -30, 365, self._random.randint(-99, 99))))

    def _str(self, value: str) -> str:
        items = list(value)
        others = "".join(self._pool.get(str) or [value]) or "a b"
        where = self._random.randint(0, len(items))
        kind = self._random.randrange(6)
        if kind == 0 and items:
            del items[min(where, len(items) - 1)]
        elif kind == 1:
            items.insert(where, self._random.choice(others))
        elif kind == 2 and items:
            items[min(where, len(items) - 1)] = self._random.choice(others)
        elif kind == 3 and len(items) > 1:
            one, other = self._random.sample(range(len(items)), 2)
            items[one], items[other] = items[other], items[one]
        elif kind == 4 and items:
            items[min(where, len(items) - 1)] = items[min(where, len(items) - 1)].swapcase()
        else:
            items = list(self._random.choice(self._pool.get(str) or [value]))
        return "".join(items)

    def _list(self, value: list[Any]) -> list[Any]:
        changed = self._items(list(value), fixed=False)
        try:
            is_sorted = len(value) > 1 and value == sorted(value)
            return sorted(changed) if is_sorted and self._random.random() > _SHARE_KEPT / 2 else changed
        except TypeError:
            return changed

    def _items(self, items: list[Any], *, fixed: bool) -> list[Any]:
        if not items:
            return items
        kind = self._random.randrange(1 if fixed else 5)
        where = self._random.randrange(len(items))
        if kind <= 1:
            items[where] = self.value(items[where])
        elif kind == 2:
            del items[where]
        elif kind == 3:
            items.insert(self._random.randint(0, len(items)), self.value(copy.deepcopy(items[where])))
        else:
            other = self._random.randrange(len(items))
            items[where], items[other] = items[other], items[where]
        return items

    def _dict(self, value: dict[Any, Any]) -> dict[Any, Any]:
        if value:
            key = self._random.choice(list(value))
            if self._random.random() < 0.3:
                del value[key]
            else:
                value[key] = self.value(value[key])
        return value
