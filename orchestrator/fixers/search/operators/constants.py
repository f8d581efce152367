"""Constants: neighbours, the usual ones, others of the function, and those that a failing assertion speaks of."""

import ast
from collections.abc import Iterator

from orchestrator.fixers.search.operators.variant import Variants, at, crowd
from orchestrator.fixers.search.scope import Scope

__all__ = ["constant", "join_text", "mined", "mined_number"]

_SHORT = 3
_USUAL = (0, 1, -1, 2)
_SEPARATORS = ("", " ", ",", ", ", "\n", "-", "_")


def constant(scope: Scope) -> Variants:
    """``1`` -> ``2``, ``True`` -> ``False``, ``'a'`` -> another text of the function."""
    for node in scope.constants:
        yield crowd(scope, node, texts=dict.fromkeys(_others(node, scope)))


def _others(node: ast.Constant, scope: Scope) -> Iterator[str]:
    value = node.value
    own = repr(value)
    same = [text for text in scope.literals.get(type(value), ()) if text != own]
    if isinstance(value, bool):
        yield repr(not value)
    elif isinstance(value, int):
        yield from (repr(number) for number in (value + 1, value - 1, *_USUAL) if number != value)
        yield from same
        yield from _far(value)
    elif isinstance(value, float):
        yield from (repr(value + 1), repr(value - 1), repr(value * 10), repr(value / 10), "0.5", repr(int(value)))
        yield from same
    elif isinstance(value, str):
        yield from same
        yield from (repr(sign) for sign in scope.facts.signs if len(value) == 1 and sign != value)
        yield from (repr(text) for text in ("", " ", value.swapcase(), value.strip(), value[::-1]) if text != value)
    elif value is None:
        yield from ("True", "False", "0", "[]", "''")


def _far(value: int) -> Iterator[str]:
    if value:
        yield from (repr(-value), repr(value + 2), repr(value - 2), repr(value * 2), repr(value * 10))
    if value == 1:
        yield "float('inf')"
    if value and value % 10 == 0:
        yield repr(value // 10)


def mined(scope: Scope) -> Variants:
    """A text -> one that the failing assertion expects; what differs, put at either end of a text."""
    for node in scope.constants:
        if isinstance(node.value, str):
            for text in dict.fromkeys(_mined(node.value, scope)):
                yield at(scope, node, text=repr(text))
    for expression in scope.expressions:
        if isinstance(expression, ast.Name | ast.Call | ast.Subscript | ast.BinOp) and _may_be_text(expression, scope):
            for text in scope.facts.strings[:3]:
                yield at(scope, expression, text=f"{scope.operand(expression)} + {text!r}")
                yield at(scope, expression, text=f"{text!r} + {scope.operand(expression)}")


def _mined(value: str, scope: Scope) -> Iterator[str]:
    yield from (text for text in scope.facts.strings if text != value)
    for text in scope.facts.strings[:4]:
        if len(text) <= _SHORT:
            yield value + text
            yield text + value


def _may_be_text(node: ast.expr, scope: Scope) -> bool:
    if isinstance(node, ast.Name):
        return "str" in scope.kinds(node.id)
    return isinstance(scope.parents.get(node), ast.Return | ast.Assign)


def mined_number(scope: Scope) -> Variants:
    """A number -> one of those that the failing assertion speaks of."""
    for node in scope.constants:
        if isinstance(node.value, int | float) and not isinstance(node.value, bool):
            for number in scope.facts.numbers[:8]:
                if number != node.value:
                    yield at(scope, node, text=repr(number))


def join_text(scope: Scope) -> Variants:
    """The text before ``.join`` or inside of ``.split()`` -> another separator; ``.split(s)`` -> ``.split()``."""
    for node in scope.expressions:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            receiver = node.func.value
            if node.func.attr == "join" and isinstance(receiver, ast.Constant):
                for text in _SEPARATORS:
                    yield at(scope, receiver, text=repr(text))
            if node.func.attr in {"split", "strip", "rstrip", "lstrip"} and not node.keywords:
                yield from _separated(scope, node)


def _separated(scope: Scope, node: ast.Call) -> Variants:
    texts = ("",) if node.args else tuple(map(repr, (" ", ",", ", ", *scope.facts.strings[:2])))
    for text in texts:
        yield at(scope, node, text=f"{scope.source.of(node.func)}({text})")
