"""Settings that come as text: environment variables and ``--set`` options."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from orchestrator.config.origin import KeyPath, Layer, Origin, Source
from orchestrator.config.settings import keys_below
from orchestrator.errors import ConfigError, Problem

PREFIX = "RUNG_"
LEVEL = "__"
"""Stands between the levels of a key in a variable's name."""


@dataclass(frozen=True, slots=True)
class _Given:
    path: tuple[str, ...]
    text: str
    name: str


def environment_source(environ: Mapping[str, str], model: type[BaseModel]) -> Source:
    """The variables that set something: ``RUNG_LIMITS__MAX_PARALLEL=8``.

    A name without ``__`` is no setting (``RUNG_LOG``), unless it begins like a table of ``model``.

    Raises:
        ConfigError: a variable looks like a setting and is written wrongly.
    """
    named = {name: text for name, text in sorted(environ.items()) if name.startswith(PREFIX)}
    problems = [problem for name in named if (problem := _misspelt(name, model))]
    if problems:
        raise ConfigError(problems)
    given = [_Given(_path(name), text, name) for name, text in named.items() if LEVEL in name]
    return _source(Layer.ENVIRONMENT, given, model=model)


def command_line_source(overrides: Sequence[str], model: type[BaseModel]) -> Source:
    """The ``--set`` options, each ``key.below=value``; of two for one key the later one counts.

    Raises:
        ConfigError: an option has no ``=`` or no key.
    """
    problems = [_no_pair(text) for text in overrides if not text.partition("=")[0].strip() or "=" not in text]
    if problems:
        raise ConfigError(problems)
    pairs = [(text.partition("="), text) for text in overrides]
    given = [_Given(tuple(key.strip().split(".")), value, f"--set {text}") for (key, _, value), text in pairs]
    return _source(Layer.COMMAND_LINE, given, model=model)


def _source(layer: Layer, given: Iterable[_Given], *, model: type[BaseModel]) -> Source:
    data: dict[str, Any] = {}
    origins: dict[KeyPath, Origin] = {}
    for one in given:
        _put(data, one.path, value=_value(one, model))
        origins.update({one.path[:end]: Origin(layer, one.name) for end in range(1, len(one.path) + 1)})
    return Source(layer, data, origins)


def _value(given: _Given, model: type[BaseModel]) -> Any:
    """The text itself where the key takes text, else what TOML reads in it, else the text (to be told as wrong)."""
    nested: dict[str, Any] = {}
    _put(nested, given.path, value=given.text)
    try:
        model.model_validate(nested)
    except ValidationError:
        return _as_toml(given.text)
    return given.text


def _as_toml(text: str) -> Any:
    try:
        read = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text
    return read["value"] if len(read) == 1 else text


def _put(data: dict[str, Any], path: Sequence[str], *, value: Any) -> None:
    *tables, last = path
    for part in tables:
        below = data.setdefault(part, {})
        if not isinstance(below, dict):
            below = data[part] = {}
        data = below
    data[last] = value


def _path(name: str) -> tuple[str, ...]:
    return tuple(name.removeprefix(PREFIX).lower().split(LEVEL))


def _misspelt(name: str, model: type[BaseModel]) -> Problem | None:
    """A single underscore where two belong, or a table's name alone: nobody writes these to mean something else."""
    key = name.removeprefix(PREFIX).lower()
    tables = (table for table in keys_below(model, ()) if keys_below(model, (table,)))
    table = next((table for table in tables if key == table or key.startswith(f"{table}_")), None)
    if table is None or LEVEL in name:
        return None
    example = keys_below(model, (table,))[0] if key == table else key.removeprefix(f"{table}_")
    return Problem(
        file=name,
        what="it does not name a setting",
        hint=f"write {PREFIX}{table.upper()}{LEVEL}{example.upper()}: two underscores between the levels",
    )


def _no_pair(text: str) -> Problem:
    return Problem(file=f"--set {text}", what="it is not KEY=VALUE", hint="for example --set limits.max_parallel=8")
