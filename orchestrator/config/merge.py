"""Layers laid over each other: tables merge, lists and values replace."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel

from orchestrator.config.origin import KeyPath, Layer, Origin, Source
from orchestrator.config.rules import Repository
from orchestrator.config.settings import leaves
from orchestrator.errors import Problem


@dataclass(frozen=True, slots=True)
class Trust:
    """Whether a file is trusted; ``remedy``: what to do where it is not."""

    is_given: bool
    remedy: str


_UNTRUSTED = Trust(is_given=False, remedy="read it, then: rung trust")


def merge(sources: Sequence[Source]) -> dict[str, Any]:
    """The tables of all sources as one; a later source wins."""
    merged: dict[str, Any] = {}
    for source in sources:
        _lay(merged, source.data)
    return merged


def origins(sources: Sequence[Source], model: type[BaseModel]) -> dict[KeyPath, Origin]:
    """For each key of ``model``, the origin of the value that :func:`merge` leaves in it.

    An array of tables is told by the keys of its tables (``models``, 0, ``name``), an empty one by its own key.
    """
    found: dict[KeyPath, Origin] = {}
    for path in leaves(model):
        holder = next((one for one in reversed(sources) if value_at(one.data, path) is not None), None)
        below = _keys_of_tables(value_at(holder.data, path)) if holder else ()
        for whole in [(*path, *rest) for rest in below] or [path]:
            found[whole] = holder.origin(whole) if holder else Origin(Layer.DEFAULT)
    return found


def admitted(
    source: Source, below: Mapping[str, Any], *, model: type[BaseModel], trust: Trust = _UNTRUSTED
) -> tuple[Source, tuple[Problem, ...]]:
    """What the repository's ``source`` may say over ``below`` (the layers under it), and a notice for all else.

    Args:
        source: must be valid for ``model``.
        below: a value for every key of ``model``.
        model: the tree with its rules.
        trust: whether the user trusts the source.
    """
    kept: dict[str, Any] = {}
    _lay(kept, source.data)
    notices = []
    for path, rule in leaves(model).items():
        value = value_at(source.data, path)
        if trust.is_given and rule is not Repository.NEVER:
            continue
        if value is not None and (refusal := _refusal(rule, value, bound=value_at(below, path))):
            origin = source.origin(path)
            hint = _HINT if rule is Repository.NEVER else f"{trust.remedy}; or {_HINT}"
            notices.append(Problem(file=origin.file, line=origin.line, path=".".join(path), what=refusal, hint=hint))
            _drop(kept, path)
    return replace(source, data=kept), tuple(notices)


def value_at(data: Mapping[str, Any], path: KeyPath) -> Any:
    """The value at ``path``; ``None`` where there is none (TOML has no null)."""
    found: Any = data
    for part in path:
        if isinstance(part, int):
            found = found[part] if isinstance(found, list) and part < len(found) else None
        else:
            found = found.get(part) if isinstance(found, Mapping) else None
    return found


_HINT = "set it in your own configuration or with --set"


def _refusal(rule: Repository, value: Any, *, bound: Any) -> str:
    if rule is Repository.NEVER:
        return "ignored: a repository may not set it"
    if rule is Repository.TRUSTED:
        return "ignored: a repository may not set it unless you trust it"
    if rule is Repository.NARROW and _width(value) > _width(bound):
        return f"ignored: a repository may only lower it, and it is {bound} already"
    return ""


def _width(value: float) -> float:
    return value or math.inf


def _lay(merged: dict[str, Any], data: Mapping[str, Any]) -> None:
    for key, value in data.items():
        if isinstance(value, Mapping):
            below = merged.get(key)
            merged[key] = below = below if isinstance(below, dict) else {}
            _lay(below, value)
        else:
            merged[key] = value


def _drop(data: dict[str, Any], path: tuple[str, ...]) -> None:
    *tables, last = path
    for part in tables:
        data = data[part]
    del data[last]


def _keys_of_tables(value: Any) -> Iterator[KeyPath]:
    for index, table in enumerate(value if isinstance(value, list) else ()):
        if isinstance(table, Mapping):
            yield from ((index, key) for key in table)
