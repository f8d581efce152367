"""Reading JSON back into frozen values: strict about every type, fast enough for ten thousand nodes.

A :class:`Shape` says which JSON types a value may have and how it is turned into what the field holds.
"""

import marshal
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from itertools import repeat
from operator import attrgetter
from typing import Any, NamedTuple

_NULL = type(None)

_MISSING: Any = object()

_MARSHAL = 2
"""The last version of the format in which equal values have equal bytes."""


class Shape(NamedTuple):
    """``types``: the Python types that ``json.loads`` may have given; ``build``: ``None`` keeps the value."""

    types: frozenset[type]
    build: Callable[[Any], Any] | None = None


STR = Shape(frozenset({str}))
INT = Shape(frozenset({int}))
FLOAT = Shape(frozenset({float, int}))
BOOL = Shape(frozenset({bool}))
OBJECT = Shape(frozenset({dict}))
LIST = Shape(frozenset({list}), tuple)
ANY = Shape(frozenset({str, int, float, bool, _NULL, dict, list}))


def read(shape: Shape, raw: Any) -> Any:
    """``raw`` as ``shape`` wants it.

    Raises:
        ValueError: it has another type, a missing or an unknown field, or an unknown word.
    """
    if type(raw) not in shape.types:
        raise ValueError(f"unexpected {type(raw).__name__}")
    return raw if shape.build is None else shape.build(raw)


def optional(shape: Shape) -> Shape:
    """``shape`` or ``null``."""
    build = shape.build
    return Shape(shape.types | {_NULL}, build and (lambda raw: None if raw is None else build(raw)))


def word(enum: type[StrEnum]) -> Shape:
    """A member of ``enum``, by value."""
    return Shape(STR.types, _Members(enum).__getitem__)


class _Members(dict[str, StrEnum]):
    """The members of an enum by value: several times as fast as to call the enum."""

    def __init__(self, enum: type[StrEnum]) -> None:
        super().__init__((member.value, member) for member in enum)
        self._enum = enum

    def __missing__(self, value: str) -> StrEnum:
        return self._enum(value)  # raises a ValueError


def words(enum: type[StrEnum]) -> Shape:
    """A list of members of ``enum``, as a frozen set."""
    return Shape(frozenset({list}), lambda raw: frozenset(map(enum, raw)))


def tuple_of(item: Callable[[], Shape]) -> Shape:
    """A list of ``item``; a function, so that a shape may hold itself."""
    return Shape(frozenset({list}), lambda raw: tuple([read(item(), one) for one in raw]) if raw else ())


STRS = tuple_of(lambda: STR)


def mapping_of(value: Shape) -> Shape:
    """An object whose values are ``value``."""
    return Shape(OBJECT.types, lambda raw: {key: read(value, one) for key, one in raw.items()} if raw else raw)


def record(made: Callable[..., Any], /, **shapes: Shape) -> Shape:
    """An object whose fields are the arguments of ``made``.

    A field that is missing takes its default, if it has one: it was added after the text was written.
    """
    names = tuple(shapes)
    builds = [(name, shape.build) for name, shape in shapes.items() if shape.build is not None]
    fitting: set[tuple[type, ...]] = set()
    """The types of all fields of objects that fitted: one look instead of one for each field."""

    def build(raw: dict[str, Any]) -> Any:
        found = tuple(map(raw.get, names, repeat(_MISSING)))
        types = tuple(map(type, found))
        if len(raw) == len(names) and types in fitting:
            values = dict(zip(names, found, strict=True))
        else:
            _check_fields(raw, shapes)
            values = {name: value for name, value in zip(names, found, strict=True) if value is not _MISSING}
            if len(values) == len(names):
                fitting.add(types)
        for name, convert in builds:
            if name in values:
                values[name] = convert(values[name])
        try:
            return made(**values)
        except TypeError as error:
            raise ValueError(f"a field is missing: {error}") from error

    return Shape(OBJECT.types, build)


def _check_fields(raw: Mapping[str, Any], shapes: Mapping[str, Shape]) -> None:
    if unknown := raw.keys() - shapes.keys():
        raise ValueError(f"unknown field {min(unknown)!r}")
    for name, value in raw.items():
        if type(value) not in shapes[name].types:
            raise ValueError(f"field {name!r} is of type {type(value).__name__}")


def shared(shape: Shape, *, most: int = 256) -> Shape:
    """``shape``, where equal texts become one value: for what nodes mostly have in common."""
    known: dict[bytes, Any] = {}

    def build(raw: Any) -> Any:
        key = marshal.dumps(raw, _MARSHAL)
        value = known.get(key)
        if value is None:
            if len(known) >= most:
                known.clear()
            value = known[key] = read(shape, raw)
        return value

    return Shape(shape.types, build)


def plain(value: object) -> Any:
    """What ``json.dumps`` should write for a frozen value (its ``default``).

    Raises:
        TypeError: it is no JSON: a bug of whoever put it there.
    """
    made: Any = type(value)
    if by_name := _by_name(made):
        return by_name(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


@cache
def _by_name(made: type) -> Callable[[Any], dict[str, Any]] | None:
    """Reads all fields of a dataclass at once; ``None`` for what is no dataclass."""
    if not is_dataclass(made):
        return None
    names = [field.name for field in fields(made)]
    values = attrgetter(*names, "__class__")  # one more name: of a single one it would give no tuple
    return lambda value: dict(zip(names, values(value), strict=False))
