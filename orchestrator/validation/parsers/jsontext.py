"""JSON that may be wrong, cut off, or stand behind a tool's chatter; every value is read without trust."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from orchestrator.errors import ParseError

_MOST_TRIES = 20
_LARGEST = 2**31 - 1
_SLACK = 6
"""A cut inside a literal or an escape is noticed at most this many characters before the end."""
_STARTS = re.compile(r"^[ \t]*(?=[\[{])", re.MULTILINE)
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON value; ``value`` is ``None`` where it was cut off."""

    value: Any
    is_complete: bool = True


def read_document(text: str, *, of: str) -> Document:
    """The first JSON object or array of ``text`` that stands at the start of a line.

    Raises:
        ParseError: there is none. ``of`` names the format in it.
    """
    is_cut = False
    for number, start in enumerate(_STARTS.finditer(text)):
        if number == _MOST_TRIES:
            break
        try:
            value, _ = _DECODER.raw_decode(text, start.end())
        except json.JSONDecodeError as error:
            is_cut = is_cut or _at_end(error, text)
        except (ValueError, RecursionError):
            continue
        else:
            return Document(value)
    if is_cut:
        return Document(None, is_complete=False)
    raise ParseError("there is no JSON in it", of=of)


def read_lines(text: str) -> Iterator[tuple[str, Any]]:
    """Every line that is not blank, with the JSON object in it, or ``None`` where it holds none."""
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped:
            yield stripped, _object(stripped)


def _object(line: str) -> Any:
    if not line.startswith("{"):
        return None
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _at_end(error: json.JSONDecodeError, text: str) -> bool:
    return error.msg.startswith("Unterminated string") or error.pos >= len(text.rstrip()) - _SLACK


def as_text(value: Any) -> str:
    """A string as it is, anything else as ``""``."""
    return value if isinstance(value, str) else ""


def as_int(value: Any) -> int:
    """A whole number within 0 and 2**31 - 1, anything else as 0."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST else 0


def as_seconds(value: Any) -> float:
    """A number that is finite and not negative, anything else as 0.0."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 <= value <= _LARGEST else 0.0


def as_list(value: Any) -> list[Any]:
    """A list as it is, anything else as an empty one."""
    return value if isinstance(value, list) else []


def as_dict(value: Any) -> dict[str, Any]:
    """An object as it is, anything else as an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """The objects among the members of a list; none of anything else."""
    return (item for item in as_list(value) if isinstance(item, dict))


def dig(value: Any, *keys: str) -> Any:
    """What nested objects hold under ``keys``; ``None`` where one of them is missing."""
    for key in keys:
        value = as_dict(value).get(key)
    return value
