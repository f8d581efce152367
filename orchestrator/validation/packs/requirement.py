"""Whether a version is one that a project wants.

Reads the notations of Python (PEP 440 without epochs), npm and Cargo (ranges, carets, tildes, wildcards, ``||``), Go
and rustup (a bare version).
"""

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

__all__ = ["numbers", "satisfies"]

Numbers: TypeAlias = tuple[int, ...]

_TERM = re.compile(r"(?P<op>>=|<=|==|~=|!=|>|<|=|\^|~)?\s*v?(?P<version>\d+(?:\.(?:\d+|[xX*]))*|[xX*])[\w.+-]*")
_HYPHEN = re.compile(r"(\d[\w.]*)\s+-\s+(\d[\w.]*)")
_WIDTH = 4


def numbers(text: str) -> Numbers:
    """The leading numbers of a version, ``()`` where it begins with none."""
    found = re.match(r"v?(\d+(?:\.\d+)*)", text)
    return tuple(map(int, found[1].split("."))) if found else ()


def satisfies(version: str, requirement: str, *, bare: str = ">=") -> bool:
    """Whether ``version`` is one that ``requirement`` allows; a requirement that says nothing readable allows all.

    Args:
        version: as a tool tells it.
        requirement: terms that must all hold, in alternatives separated by ``||``.
        bare: what a term without an operator means: ``>=`` or ``==`` (as many numbers as it has).
    """
    have = numbers(version)
    alternatives = [_HYPHEN.sub(r">=\1 <=\2", part) for part in requirement.split("||")]
    return any(all(_term(have, term, bare=bare) for term in _TERM.finditer(part)) for part in alternatives)


def _term(have: Numbers, term: re.Match[str], *, bare: str) -> bool:
    parts = re.split(r"\.", term["version"])
    fixed = tuple(int(part) for part in parts if part.isdigit())
    if not fixed:
        return True
    operator = "==" if len(fixed) < len(parts) and term["op"] in {None, "=", "=="} else term["op"] or bare
    return _OPERATORS[operator](have, fixed)


def _padded(version: Numbers) -> Numbers:
    return (version + (0,) * _WIDTH)[:_WIDTH]


def _starts(have: Numbers, want: Numbers) -> bool:
    return _padded(have)[: len(want)] == want


def _caret(have: Numbers, want: Numbers) -> bool:
    """Up to the next change of the first number that is not 0."""
    first = next((index for index, number in enumerate(want) if number), len(want) - 1)
    return _padded(have) >= _padded(want) and _starts(have, want[: first + 1])


def _tilde(have: Numbers, want: Numbers) -> bool:
    return _padded(have) >= _padded(want) and _starts(have, want[:2])


def _compatible(have: Numbers, want: Numbers) -> bool:
    return _padded(have) >= _padded(want) and _starts(have, want[:-1])


_OPERATORS: Mapping[str, Callable[[Numbers, Numbers], bool]] = {
    ">=": lambda have, want: _padded(have) >= _padded(want),
    ">": lambda have, want: _padded(have) > _padded(want) and not _starts(have, want),
    "<": lambda have, want: _padded(have) < _padded(want),
    "<=": lambda have, want: _padded(have) <= _padded(want) or _starts(have, want),
    "==": _starts,
    "=": _starts,
    "!=": lambda have, want: not _starts(have, want),
    "^": _caret,
    "~": _tilde,
    "~=": _compatible,
}
