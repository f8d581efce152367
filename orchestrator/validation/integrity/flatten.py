"""Configuration files as dotted keys, whatever their format, so that one table says what looser is."""

import configparser
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from orchestrator.validation.integrity.lexer import language_of, views

__all__ = ["Flat", "flattened"]

Leaf: TypeAlias = "str | int | float | bool | list[str] | None"
Flat: TypeAlias = Mapping[str, Leaf]
"""Dotted key -> scalar, or list of texts."""

_DEEPEST = 20
_LAST_COMMA = re.compile(r",(?=\s*[}\]])")


def flattened(path: str, text: str) -> Flat | None:
    """The keys of a TOML, JSON (comments allowed) or INI text; ``None`` where it is none, or does not parse."""
    language = language_of(path)
    try:
        if language == "toml":
            return dict(_walk("", tomllib.loads(text), left=_DEEPEST))
        if language == "json":
            return dict(_walk("", json.loads(_plain(text)), left=_DEEPEST))
        if language == "ini":
            return _ini(text)
    except (ValueError, RecursionError, configparser.Error):
        return None
    return None


def _plain(text: str) -> str:
    """JSON without comments and without commas before a closing bracket."""
    told, code = list(views(text, "json").told), views(text, "json").code
    for match in _LAST_COMMA.finditer(code):
        told[match.start()] = " "
    return "".join(told)


def _ini(text: str) -> Flat:
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True, delimiters=("=", ":"))
    parser.read_string(text)
    found: dict[str, Leaf] = {}
    for section in parser.sections():
        for key, value in parser.items(section):
            lines = [line.strip() for line in (value or "").splitlines() if line.strip()]
            found[f"{section}.{key}"] = lines if len(lines) > 1 else _scalar(value or "")
    return found


def _scalar(value: str) -> Leaf:
    lowered = value.strip().lower()
    if lowered in {"true", "yes", "on"}:
        return True
    if lowered in {"false", "no", "off"}:
        return False
    try:
        return float(value)
    except ValueError:
        return value.strip()


def _walk(prefix: str, value: object, *, left: int) -> Iterator[tuple[str, Leaf]]:
    if isinstance(value, dict) and left:
        for key, item in value.items():
            yield from _walk(f"{prefix}.{key}" if prefix else str(key), item, left=left - 1)
    elif isinstance(value, list):
        yield prefix, [item if isinstance(item, str) else json.dumps(item, default=str) for item in value]
    elif value is None or isinstance(value, (str, int, float, bool)):
        yield prefix, value
    else:
        yield prefix, str(value)
