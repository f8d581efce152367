"""Reading JSON back into frozen values: strict about every type, fast enough for ten thousand nodes.

A :class:`Shape` says which JSON types a value may have and how it is turned into what the field holds.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

_NULL = type(None)


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
    return Shape(STR.types, enum)


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
    rows = tuple((name, shape.types, shape.build) for name, shape in shapes.items())

    def build(raw: dict[str, Any]) -> Any:
        values: dict[str, Any] = {}
        for name, types, convert in rows:
            try:
                value = raw[name]
            except KeyError:
                continue
            if type(value) not in types:
                raise ValueError(f"field {name!r} is of type {type(value).__name__}")
            values[name] = value if convert is None else convert(value)
        if len(values) != len(raw):
            raise ValueError(f"unknown field {min(raw.keys() - values.keys())!r}")
        try:
            return made(**values)
        except TypeError as error:
            raise ValueError(f"a field is missing: {error}") from error

    return Shape(OBJECT.types, build)


def shared(shape: Shape, *, most: int = 256) -> Shape:
    """``shape``, where equal texts become one value: for what nodes mostly have in common."""
    known: dict[str, Any] = {}

    def build(raw: Any) -> Any:
        key = repr(raw)
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
    if by_name := _by_name(type(value)):
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
