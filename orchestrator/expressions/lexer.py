"""Text to tokens.

Source of the format: GitHub Docs, "Evaluate expressions in workflows and actions", section "Literals". As in
GitHub's runner a sign belongs to the number behind it (there is no arithmetic), and a number goes on to the next
space, bracket or operator.
"""

import re
from typing import NamedTuple

from orchestrator.errors import ExpressionError

_TOKEN = re.compile(
    r"""\s*+(?:
      (?P<string>'(?>(?:[^']++|'')*)')
    | (?P<name>[A-Za-z_][A-Za-z0-9_-]*+)
    | (?P<number>[0-9+-][^\s()\[\],!<>=&|]*+)
    | (?P<symbol>&&|\|\||==|!=|<=|>=|[!<>()\[\],.*])
    | (?P<end>\Z)
    )""",
    re.VERBOSE,
)
_FRACTION = re.compile(r"\.[0-9][^\s()\[\],!<>=&|]*+")
_SPACE = re.compile(r"\s*")
_ENDS_OPERAND = frozenset({"name", ")", "]", "*"})
_HINTS = {
    "'": "the string is never closed; write '' for a quote inside a string",
    '"': "strings take single quotes",
    "=": "equality is ==",
    "&": "and is &&",
    "|": "or is ||",
    "$": "${{ }} goes around a whole expression",
    "{": "there are no object literals; use fromJSON",
    "}": "there are no object literals; use fromJSON",
    "/": "there is no arithmetic",
    "%": "there is no arithmetic",
}


class Token(NamedTuple):
    """A piece of an expression.

    Attributes:
        kind: ``string``, ``name``, ``number``, ``end``, or for a symbol the symbol itself.
        text: as written; ``""`` at the end.
        offset: 0-based index in the source.
    """

    kind: str
    text: str
    offset: int


def tokenize(source: str, *, start: int, end: int) -> list[Token]:
    """The tokens of ``source[start:end]``, the last one of kind ``end``; offsets count in ``source``.

    Raises:
        ExpressionError: a character that begins no token, or a string that is not closed.
    """
    tokens: list[Token] = []
    kind, position = "", start
    while kind != "end":
        match = _TOKEN.match(source, position, end)
        if match is None:
            raise _unknown(source, position=position, end=end)
        group = match.lastgroup or "end"
        text, position = match[group], match.end()
        if text == "." and kind not in _ENDS_OPERAND and (fraction := _FRACTION.match(source, position - 1, end)):
            group, text, position = "number", fraction[0], fraction.end()
        kind = text if group == "symbol" else group
        tokens.append(Token(kind, text, position - len(text)))
    return tokens


def _unknown(source: str, *, position: int, end: int) -> ExpressionError:
    space = _SPACE.match(source, position, end)
    offset = space.end() if space else position
    character = source[offset]
    return ExpressionError(f"unexpected {character!r}", text=source, offset=offset, hint=_HINTS.get(character, ""))
