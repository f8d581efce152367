"""Looks keys up in configuration files. What cannot be read has no keys: the project's own tools say why."""

import configparser
import json
import tomllib
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

__all__ = ["Read", "as_text", "find_key"]

Read: TypeAlias = Callable[[str], str | None]
"""The text of a small file by its path below the repository's root; ``None`` where there is none, or no text."""

_BROKEN = (ValueError, RecursionError, configparser.Error)


def find_key(text: str, file: str, *, at: str) -> Any:
    """What stands at the dotted key ``at`` of ``text``; ``None`` where nothing does.

    The format is that of the name ``file``: JSON, TOML, or else INI, where ``at`` is a section (a mapping of texts)
    or ``section.key``.
    """
    try:
        return _READERS.get(file.rpartition(".")[2], _in_ini)(text, at)
    except _BROKEN:
        return None


def as_text(value: Any) -> str:
    """A value as a pattern sees it: text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, default=str)


def _in_json(text: str, at: str) -> Any:
    return _below(json.loads(text), at)


def _in_toml(text: str, at: str) -> Any:
    return _below(tomllib.loads(text), at)


def _below(value: Any, at: str) -> Any:
    for key in at.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _in_ini(text: str, at: str) -> Any:
    reader = configparser.ConfigParser(interpolation=None, default_section="\0", strict=False, allow_no_value=True)
    reader.read_string(text)
    if reader.has_section(at):
        return {key: value or "" for key, value in reader.items(at)}
    section, _, key = at.rpartition(".")
    return reader.get(section, key, fallback=None) if reader.has_section(section) else None


_READERS: Mapping[str, Callable[[str, str], Any]] = {"json": _in_json, "toml": _in_toml}
