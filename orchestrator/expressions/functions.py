"""The functions of the language: a closed table.

Source of names, arguments and results: GitHub Docs, "Evaluate expressions in workflows and actions",
sections "Functions" and "Status check functions". Extensions: ``success`` and ``failure`` may
name nodes, and ``fromJSON`` returns an array or object as it is.
"""

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from orchestrator.domain.jsonvalue import JsonValue
from orchestrator.errors import OperandError
from orchestrator.expressions.json_reader import read_json
from orchestrator.expressions.text import concatenate, to_json, to_text
from orchestrator.expressions.values import equal, fold, is_scalar
from orchestrator.expressions.wording import quoted

_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([0-9]{1,3})\}|[{}]")
_MANY = sys.maxsize


@dataclass(frozen=True, slots=True)
class Function:
    """A row of the table.

    Attributes:
        name: as the documentation spells it; calls may write it in any case.
        least, most: how many arguments it takes.
        body: the function itself, ``None`` where the scope decides (status functions).
    """

    name: str
    least: int
    most: int
    body: Callable[[Sequence[JsonValue]], JsonValue] | None = None

    @property
    def takes(self) -> str:
        """What it takes, in words."""
        if self.most == self.least:
            return f"{self.least or 'no'} argument{'' if self.least == 1 else 's'}"
        return f"at least {self.least} argument" if self.most == _MANY else f"{self.least} or {self.most} arguments"


def _contains(arguments: Sequence[JsonValue]) -> bool:
    search, item = arguments
    if isinstance(search, Sequence) and not isinstance(search, str):
        return any(equal(element, item) for element in search)
    return is_scalar(search) and is_scalar(item) and fold(to_text(item)) in fold(to_text(search))


def _starts_with(arguments: Sequence[JsonValue]) -> bool:
    text, prefix = arguments
    return is_scalar(text) and is_scalar(prefix) and fold(to_text(text)).startswith(fold(to_text(prefix)))


def _ends_with(arguments: Sequence[JsonValue]) -> bool:
    text, suffix = arguments
    return is_scalar(text) and is_scalar(suffix) and fold(to_text(text)).endswith(fold(to_text(suffix)))


def _replacement(placeholder: re.Match[str], *, pattern: str, values: Sequence[JsonValue]) -> str:
    if placeholder[0] in ("{{", "}}"):
        return placeholder[0][0]
    if placeholder[1] is None:
        raise OperandError(
            f"format(): a lone {placeholder[0]} at character {placeholder.start() + 1} of {quoted(pattern)}",
            hint="write {{ and }} for braces, {0} for the first value",
        )
    index = int(placeholder[1])
    if index >= len(values):
        raise OperandError(f"format(): {placeholder[0]} has no value; {len(values)} given, counted from 0")
    return to_text(values[index])


def _format(arguments: Sequence[JsonValue]) -> str:
    pattern, values = to_text(arguments[0]), arguments[1:]

    def pieces() -> Iterator[str]:
        position = 0
        for placeholder in _PLACEHOLDER.finditer(pattern):
            yield pattern[position : placeholder.start()]
            yield _replacement(placeholder, pattern=pattern, values=values)
            position = placeholder.end()
        yield pattern[position:]

    return concatenate(pieces())


def _join(arguments: Sequence[JsonValue]) -> str:
    items = arguments[0]
    if isinstance(items, str) or not isinstance(items, Sequence):
        return to_text(items) if is_scalar(items) else ""
    separator = to_text(arguments[1]) if len(arguments) > 1 and is_scalar(arguments[1]) else ","

    def pieces() -> Iterator[str]:
        for index, item in enumerate(items):
            yield separator if index else ""
            yield to_text(item)

    return concatenate(pieces())


def _to_json(arguments: Sequence[JsonValue]) -> str:
    return concatenate([to_json(arguments[0], indent=2)])


def _from_json(arguments: Sequence[JsonValue]) -> JsonValue:
    value = arguments[0]
    return read_json(to_text(value)) if is_scalar(value) else value


_ROWS = (
    Function("contains", 2, 2, _contains),
    Function("startsWith", 2, 2, _starts_with),
    Function("endsWith", 2, 2, _ends_with),
    Function("format", 1, _MANY, _format),
    Function("join", 1, 2, _join),
    Function("toJSON", 1, 1, _to_json),
    Function("fromJSON", 1, 1, _from_json),
    Function("success", 0, _MANY),
    Function("failure", 0, _MANY),
    Function("always", 0, 0),
    Function("cancelled", 0, 0),
)

FUNCTIONS: Mapping[str, Function] = {row.name.lower(): row for row in _ROWS}
"""Name in lower case -> function."""

REFUSED: Mapping[str, str] = {
    "hashfiles": "expressions read no files; a node's cache key already covers what it reads",
}
"""GitHub's functions that are reserved here, in lower case -> what to do instead."""
