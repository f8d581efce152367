"""The tables that ship as data beside the rules."""

import json
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).resolve().parent / "data"


@cache
def data(name: str) -> dict[str, Any]:
    """The object in ``NAME.json``; not to be changed."""
    found: dict[str, Any] = json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found


def path_of(name: str) -> Path:
    """Where the data file ``name`` lies."""
    return _FOLDER / name
