"""Tokens to syntax tree, in one pass.

Source of the grammar: GitHub Docs, "Evaluate expressions in workflows and actions", section "Operators". From
loosest to tightest: ``||``, ``&&``, equality, order, ``!``, then ``.`` and ``[ ]``; operators of one level go from left
to right. As in GitHub's runner, literals have no properties and keywords are lower case.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from orchestrator.domain.jsonvalue import JsonScalar
from orchestrator.errors import ExpressionError
from orchestrator.expressions.functions import FUNCTIONS, REFUSED
from orchestrator.expressions.lexer import Token, tokenize
from orchestrator.expressions.limits import MAX_DEPTH, MAX_LENGTH
from orchestrator.expressions.syntax import (
    Access,
    Call,
    Comparison,
    Context,
    Index,
    Literal,
    Logical,
    Node,
    Not,
    Property,
    Step,
    Wildcard,
    walk,
)
from orchestrator.expressions.values import parse_number
from orchestrator.expressions.wording import near_miss, quoted

_OR, _AND, _EQUALITY, _ORDER = 1, 2, 3, 4
_LEVELS = {
    "||": _OR,
    "&&": _AND,
    "==": _EQUALITY,
    "!=": _EQUALITY,
    "<": _ORDER,
    "<=": _ORDER,
    ">": _ORDER,
    ">=": _ORDER,
}
_KEYWORDS: Mapping[str, JsonScalar] = {"null": None, "true": True, "false": False}
_AFTER_OPERAND = {
    "number": "there is no arithmetic",
    "name": "an operator is missing, or quotes around a string",
    "string": "an operator is missing",
    ".": "a literal has no properties",
    "[": "a literal has no parts",
    "(": "only functions are called",
}


def parse_tree(source: str, *, start: int, end: int) -> Node:
    """The tree of the one expression that ``source[start:end]`` is; offsets count in ``source``.

    Takes time linear in the length.

    Raises:
        ExpressionError: it is empty, too long, nested too deeply, or no expression; a function is unknown or
            has the wrong number of arguments.
    """
    if end - start > MAX_LENGTH:
        raise ExpressionError(
            f"the expression is longer than {MAX_LENGTH} characters", text=source, offset=start + MAX_LENGTH
        )
    return _Parser(source, tokenize(source, start=start, end=end)).parse()


class _Parser:
    """Precedence climbing over a list of tokens; used once."""

    def __init__(self, source: str, tokens: list[Token]) -> None:
        self._source = source
        self._tokens = tokens
        self._position = 0
        self._token = tokens[0]
        self._depth = 0

    def parse(self) -> Node:
        if self._token.kind == "end":
            raise self._error("the expression is empty")
        root = self._expression(_OR)
        if self._token.kind != "end":
            raise self._unexpected(_AFTER_OPERAND)
        too_deep = next((node for node, depth in walk(root) if depth > MAX_DEPTH), None)
        if too_deep is not None:
            raise self._too_deep(too_deep.offset)
        return root

    def _expression(self, lowest: int) -> Node:
        self._enter()
        node = self._operand()
        while (level := _LEVELS.get(self._token.kind, 0)) >= lowest:
            node = self._chain(node, level)
        self._depth -= 1
        return node

    def _chain(self, first: Node, level: int) -> Node:
        operators: list[str] = []
        operands = [first]
        while _LEVELS.get(self._token.kind) == level:
            operators.append(self._advance().kind)
            operands.append(self._expression(level + 1))
        if level <= _AND:
            return Logical(operators[0], tuple(operands), first.offset)
        return Comparison(tuple(operators), tuple(operands), first.offset)

    def _operand(self) -> Node:
        if self._token.kind != "!":
            return self._primary()
        self._enter()
        offset = self._advance().offset
        node = Not(self._operand(), offset)
        self._depth -= 1
        return node

    def _primary(self) -> Node:
        read = _PRIMARIES.get(self._token.kind)
        if read is None:
            raise self._unexpected({})
        return read(self)

    def read_string(self) -> Node:
        token = self._advance()
        return Literal(token.text[1:-1].replace("''", "'"), token.offset)

    def read_number(self) -> Node:
        number = parse_number(self._token.text)
        if not math.isfinite(number):
            raise self._error(f"{quoted(self._token.text)} is no number", hint="there is no arithmetic")
        return Literal(number, self._advance().offset)

    def read_name(self) -> Node:
        token = self._advance()
        if self._token.kind == "(":
            return self._with_steps(self._call(token))
        if token.text in _KEYWORDS:
            return Literal(_KEYWORDS[token.text], token.offset)
        return Context(token.text, self._steps(), token.offset)

    def read_group(self) -> Node:
        self._advance()
        node = self._expression(_OR)
        self._expect(")")
        return self._with_steps(node)

    def _with_steps(self, base: Node) -> Node:
        steps = self._steps()
        if not steps:
            return base
        if isinstance(base, Context | Access):
            return replace(base, steps=base.steps + steps)
        return Access(base, steps, base.offset)

    def _steps(self) -> tuple[Step, ...]:
        steps: list[Step] = []
        while read := _STEPS.get(self._token.kind):
            steps.append(read(self))
        return tuple(steps)

    def read_property(self) -> Step:
        self._advance()
        if self._token.kind == "*":
            return Wildcard(self._advance().offset)
        if self._token.kind != "name":
            raise self._unexpected({"number": "items are read with [0]"})
        token = self._advance()
        return Property(token.text, token.offset)

    def read_index(self) -> Step:
        offset = self._advance().offset
        step = Wildcard(self._advance().offset) if self._token.kind == "*" else Index(self._expression(_OR), offset)
        self._expect("]")
        return step

    def _call(self, name: Token) -> Node:
        self._check_known(name)
        self._advance()
        arguments: list[Node] = []
        if self._token.kind != ")":
            arguments.append(self._expression(_OR))
            while self._token.kind == ",":
                self._advance()
                arguments.append(self._expression(_OR))
        self._expect(")")
        function = FUNCTIONS[name.text.lower()]
        if not function.least <= len(arguments) <= function.most:
            raise ExpressionError(
                f"{function.name}() takes {function.takes}, not {len(arguments)}",
                text=self._source,
                offset=name.offset,
            )
        return Call(name.text.lower(), tuple(arguments), name.offset)

    def _check_known(self, name: Token) -> None:
        key = name.text.lower()
        if key in FUNCTIONS:
            return
        known = [function.name for function in FUNCTIONS.values()]
        hint = REFUSED.get(key) or near_miss(name.text, known) or f"there are {', '.join(known)}"
        what = f"{name.text}() is not available here" if key in REFUSED else f"there is no function {quoted(name.text)}"
        raise ExpressionError(what, text=self._source, offset=name.offset, hint=hint)

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._too_deep(self._token.offset)

    def _advance(self) -> Token:
        token = self._token
        self._position += 1
        self._token = self._tokens[self._position]
        return token

    def _expect(self, kind: str) -> None:
        if self._token.kind != kind:
            raise self._unexpected(_AFTER_OPERAND, f"expected {kind!r}, found ")
        self._advance()

    def _unexpected(self, hints: Mapping[str, str], prefix: str = "unexpected ") -> ExpressionError:
        found = "the end" if self._token.kind == "end" else quoted(self._token.text)
        return self._error(prefix + found, hint=hints.get(self._token.kind, ""))

    def _too_deep(self, offset: int) -> ExpressionError:
        return ExpressionError(f"nested deeper than {MAX_DEPTH} levels", text=self._source, offset=offset)

    def _error(self, what: str, *, hint: str = "") -> ExpressionError:
        return ExpressionError(what, text=self._source, offset=self._token.offset, hint=hint)


_PRIMARIES: Mapping[str, Callable[[_Parser], Node]] = {
    "string": _Parser.read_string,
    "number": _Parser.read_number,
    "name": _Parser.read_name,
    "(": _Parser.read_group,
}
_STEPS: Mapping[str, Callable[[_Parser], Step]] = {".": _Parser.read_property, "[": _Parser.read_index}
