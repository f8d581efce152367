"""JSON inside of what a tool printed. Untrusted: what is no JSON, or of another shape, is passed over."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

_LONGEST = 50_000_000


def objects(text: str) -> Iterator[dict[str, Any]]:
    """Every line of ``text`` that is a JSON object."""
    for line in text.splitlines():
        if line.startswith("{"):
            value = loaded(line)
            if isinstance(value, dict):
                yield value


def loaded(text: str) -> Any:
    """``text`` as JSON; ``None`` where it is none."""
    if len(text) > _LONGEST:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def rows(value: Any) -> Iterable[dict[str, Any]]:
    """The objects of a list; none of anything else."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def table(value: Any) -> dict[str, Any]:
    """An object; an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}


def text(value: Any) -> str:
    """A string; ``""`` in place of anything else."""
    return value if isinstance(value, str) else ""


def number(value: Any) -> int:
    """An integer; -1 in place of anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) else -1
