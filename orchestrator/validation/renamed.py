"""Tests whose names hold the place of their parameters: in another order the same name means another test."""

import re

__all__ = ["place_free"]

_PLACE = re.compile(r"(?<=[A-Za-z_])\d+(?=[\]-])")
"""As pytest names what has no text of its own: ``x0``, ``x1``."""


def place_free(test: str) -> str:
    """The id without the places of its parameters; as it is where it holds none."""
    name, bracket, rest = test.partition("[")
    return f"{name}{bracket}{_PLACE.sub('#', rest)}"
