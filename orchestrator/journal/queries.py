"""The SQL of the package, from ``queries.sql``: blocks that begin with ``-- name: ...``."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)
_COMMENT = re.compile(r"^--.*\n?", re.MULTILINE)


def parse(text: str) -> Mapping[str, str]:
    """Name -> statement, comments removed, in the order of ``text``.

    Raises:
        ValueError: a name is given twice.
    """
    _head, *parts = _NAME.split(text)
    names, bodies = parts[::2], parts[1::2]
    if len(set(names)) != len(names):
        raise ValueError("two queries have the same name")
    return {name: _COMMENT.sub("", body).strip() for name, body in zip(names, bodies, strict=True)}


@cache
def all_queries() -> Mapping[str, str]:
    """The queries that are shipped."""
    return parse(files("orchestrator.journal").joinpath("queries.sql").read_text(encoding="utf-8"))


def sql(name: str) -> str:
    """The statement called ``name``.

    Raises:
        KeyError: there is none: a bug.
    """
    return all_queries()[name]
