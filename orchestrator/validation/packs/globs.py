"""Patterns of paths: ``*`` and ``?`` stay within a folder, ``**/`` is any number of folders, ``[...]`` is a set."""

import re
from collections.abc import Iterable
from functools import lru_cache

__all__ = ["is_literal", "matches", "matching"]

_PART = re.compile(r"\*\*/|\*\*|\*|\?|\[!?\]?[^\]/]*\]|.", re.DOTALL)
_WILD = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
_SPECIAL = frozenset("*?[")


def is_literal(glob: str) -> bool:
    """Whether ``glob`` fits one path only: itself."""
    return not _SPECIAL.intersection(glob)


def matches(path: str, globs: Iterable[str]) -> bool:
    """Whether one of ``globs`` fits the whole of ``path``."""
    return _compiled(tuple(globs)).fullmatch(path) is not None


def matching(paths: Iterable[str], globs: Iterable[str]) -> tuple[str, ...]:
    """Those of ``paths`` that one of ``globs`` fits, in their order; none where there are no globs."""
    fits = _compiled(tuple(globs)).fullmatch
    return tuple(path for path in paths if fits(path))


@lru_cache(maxsize=1024)
def _compiled(globs: tuple[str, ...]) -> re.Pattern[str]:
    texts = ("".join(map(_translated, _PART.findall(glob))) for glob in globs)
    return re.compile("|".join(f"(?:{text})" for text in texts) or "(?!)", re.DOTALL)


def _translated(part: str) -> str:
    if part in _WILD:
        return _WILD[part]
    if len(part) > 1:
        inner = part[1:-1].replace("\\", "\\\\").replace("[", "\\[")
        return f"[{'^' + inner[1:] if inner.startswith('!') else inner}]"
    return re.escape(part)
