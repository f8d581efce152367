"""Arithmetic: another operator, one more, a neighbour of any number."""

from collections.abc import Iterator, Mapping

from orchestrator.fixers.search.js.scope import Scope
from orchestrator.fixers.search.js.tree import Node
from orchestrator.fixers.search.operators.variant import Variants

__all__ = ["augment", "binary", "off_by_one", "scale"]

_NEAR: Mapping[str, tuple[str, ...]] = {
    "+": ("-", "*", "|", "%", "/"),
    "-": ("+", "*", "%", "/"),
    "*": ("+", "**", "-", "/"),
    "/": ("*", "%", "-"),
    "%": ("/", "*", "-"),
    "**": ("*", "/", "+"),
    "&": ("|", "^", ">>"),
    "|": ("&", "^", "+"),
    "^": ("&", "|", "**"),
    "<<": (">>", "*", "+"),
    ">>": ("<<", "/"),
    ">>>": (">>", "<<"),
}
"""Operator -> what it is mistaken for, likeliest first."""
_SCALED = ("2 * {}", "{} ** 2", "-{}", "Math.floor({} / 2)", "{} / 2", "{} ** 3", "{} % 2", "{} % 10", "{} / 10")


def binary(scope: Scope) -> Variants:
    """``a + b`` -> ``a - b``; the same for ``a += b``; ``a++`` -> ``a--``."""
    for node in scope.nodes:
        sign = node.get("operator")
        if sign is None:
            continue
        own = scope.source.of(sign)
        if node.kind == "binary_expression":
            for text in _NEAR.get(own, ()):
                yield scope.spot(sign.start, sign.end, text=text, line=sign.line)
        elif node.kind == "augmented_assignment_expression":
            for text in (*(f"{near}=" for near in _NEAR.get(own[:-1], ())), "="):
                yield scope.spot(sign.start, sign.end, text=text, line=sign.line)
        elif node.kind == "update_expression":
            yield from _steps(scope, node, own=own)


def _steps(scope: Scope, node: Node, *, own: str) -> Variants:
    name, other = scope.source.of(node.part("argument")), "--" if own == "++" else "++"
    is_before = scope.source.text.startswith(own, node.start)
    for text in (f"{other}{name}" if is_before else f"{name}{other}", f"{name} {own[0]}= 2"):
        yield scope.spot(node.start, node.end, text=text, line=node.line)
    if not scope.is_alone(node):
        text = f"{name}{own}" if is_before else f"{own}{name}"
        yield scope.spot(node.start, node.end, text=text, line=node.line)


def off_by_one(scope: Scope) -> Variants:
    """A number ``e`` -> ``e + 1``, ``e - 1``."""
    for node in scope.expressions:
        if node.kind == "number" or not scope.is_number(node) or scope.is_callee(node):
            continue
        is_sum = node.kind == "binary_expression" and scope.operator(node) in {"+", "-"}
        operand = scope.source.of(node) if is_sum else scope.operand(node)
        yield scope.at(node, f"{operand} + 1")
        yield scope.at(node, f"{operand} - 1")


def scale(scope: Scope) -> Variants:
    """A number ``e`` -> ``2 * e``, ``e ** 2``, ``-e`` and so on."""
    for node in _numbers(scope):
        for text in _SCALED:
            yield scope.at(node, text.format(scope.operand(node)))


def augment(scope: Scope) -> Variants:
    """A number ``e`` -> ``e + v``, ``e * v`` and so on, ``v`` a number of the function or the length of a list."""
    names = (*scope.having("number"), *(f"{name}.length" for name in scope.having("array", "string")))
    for node in _numbers(scope):
        operand = scope.operand(node)
        for name in names:
            if name != operand:
                for sign in ("+", "-", "*", "/", "%"):
                    yield scope.at(node, f"{operand} {sign} {name}")
                yield scope.at(node, f"{name} - {operand}")


def _numbers(scope: Scope) -> Iterator[Node]:
    for node in scope.expressions:
        is_plain = node.parent is not None and node.parent.kind in {"binary_expression", "return_statement"}
        if scope.is_number(node) and not scope.is_callee(node) and (is_plain or node.kind != "number"):
            yield node
