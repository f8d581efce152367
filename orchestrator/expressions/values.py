"""What GitHub's expressions do with values: coerce, compare, read parts.

Source of the rules: GitHub Docs, "Evaluate expressions in workflows and actions", sections "Literals", "Operators",
"Functions" and "Object filters"; where the page is silent (NaN is falsy, ordering of strings, keys of objects), what
GitHub's runner does. One rule differs on purpose: integers stay exact, where GitHub rounds every number to a double, so
that ids are compared as what they are.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum, auto

from orchestrator.domain.jsonvalue import JsonValue
from orchestrator.expressions.text import to_text

_DECIMAL = re.compile(r"[+-]?(?:[0-9]++\.?[0-9]*+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?\Z")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}\Z")
_RADIX = re.compile(r"0(?:x[0-9a-fA-F]{1,15}|o[0-7]{1,20})\Z")
_INFINITE = {"Infinity": math.inf, "-Infinity": -math.inf}


class Kind(Enum):
    """The types that a value can have. Python's ``bool`` is no number here."""

    NULL = auto()
    BOOLEAN = auto()
    NUMBER = auto()
    STRING = auto()
    ARRAY = auto()
    OBJECT = auto()


_KINDS: dict[type, Kind] = {
    type(None): Kind.NULL,
    bool: Kind.BOOLEAN,
    int: Kind.NUMBER,
    float: Kind.NUMBER,
    str: Kind.STRING,
    list: Kind.ARRAY,
    tuple: Kind.ARRAY,
    dict: Kind.OBJECT,
}
_ABSTRACT_KINDS = ((int | float, Kind.NUMBER), (str, Kind.STRING), (Mapping, Kind.OBJECT))


def kind_of(value: JsonValue) -> Kind:
    """The type of ``value``: any mapping is an object, any sequence but a string an array."""
    known = _KINDS.get(type(value))
    if known is not None:
        return known
    return next((kind for types, kind in _ABSTRACT_KINDS if isinstance(value, types)), Kind.ARRAY)


def is_scalar(value: JsonValue) -> bool:
    """Whether ``value`` is neither an array nor an object."""
    return kind_of(value) not in (Kind.ARRAY, Kind.OBJECT)


def fold(text: str) -> str:
    """``text`` as case-insensitive comparison sees it: upper case, one character for each.

    A character whose upper case is longer (``ß``) stands for itself, as in .NET's ``OrdinalIgnoreCase``.
    """
    if text.isascii():
        return text.upper()
    return "".join(upper if len(upper := character.upper()) == 1 else character for character in text)


def truthy(value: JsonValue) -> bool:
    """Whether ``value`` counts as true: all but ``false``, 0, -0, NaN, ``""`` and null; empty arrays and objects do."""
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    return bool(value) or not is_scalar(value)


def parse_number(text: str) -> int | float:
    """The number that ``text`` writes: decimal with optional fraction and exponent, ``0x`` or ``0o``; else NaN.

    Surrounding white space is ignored and an empty text is 0. Integers up to 18 digits are exact.
    """
    text = text.strip()
    if _INTEGER.match(text) or not text:
        return int(text or "0")
    if _DECIMAL.match(text):
        return float(text)
    if _RADIX.match(text):
        return int(text, 0)
    return _INFINITE.get(text, math.nan)


def to_number(value: JsonValue) -> int | float:
    """``value`` as a number: null and ``false`` 0, ``true`` 1, strings by :func:`parse_number`, all else NaN."""
    match value:
        case None:
            return 0
        case int() | float():
            return value
        case str():
            return parse_number(value)
        case _:
            return math.nan


def equal(left: JsonValue, right: JsonValue) -> bool:
    """GitHub's loose equality.

    Different types are compared as numbers, strings without regard to case, arrays and objects by identity.
    NaN equals nothing.
    """
    kind = kind_of(left)
    if kind is not kind_of(right):
        return to_number(left) == to_number(right)
    if isinstance(left, str) and isinstance(right, str):
        return fold(left) == fold(right)
    return left == right if is_scalar(left) else left is right


def less(left: JsonValue, right: JsonValue) -> bool:
    """Whether ``left`` comes before ``right``, by the coercions of :func:`equal`.

    Two nulls, arrays or objects, and NaN with anything, have no order.
    """
    if kind_of(left) is not kind_of(right):
        return to_number(left) < to_number(right)
    match left, right:
        case str(), str():
            return fold(left) < fold(right)
        case ((int() | float()), (int() | float())):
            return left < right
        case _:
            return False


def parts_of(value: JsonValue) -> Iterable[JsonValue]:
    """What the filter ``.*`` selects: an array's items, an object's values, of a scalar nothing."""
    if isinstance(value, Mapping):
        return value.values()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return value
    return ()


def _property_of(value: Mapping[str, JsonValue], name: str) -> tuple[JsonValue, ...]:
    if name in value:
        return (value[name],)
    wanted = fold(name)
    return next(((found,) for key, found in value.items() if fold(key) == wanted), ())


def _item_of(value: Sequence[JsonValue], index: float) -> tuple[JsonValue, ...]:
    return (value[int(index)],) if 0 <= index < len(value) else ()


def part_of(value: JsonValue, key: JsonValue) -> tuple[JsonValue, ...]:
    """The one part that ``key`` selects, or ``()`` where there is none.

    Keys of objects are texts, the exact one before one that differs in case; keys of arrays are 0-based numbers,
    rounded down. Scalars have no parts, and arrays and objects are no keys.
    """
    if not is_scalar(key):
        return ()
    if isinstance(value, Mapping):
        return _property_of(value, to_text(key))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _item_of(value, to_number(key))
    return ()
