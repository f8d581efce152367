"""Arithmetic: another operator, one more, a neighbour of any number."""

import ast
from collections.abc import Iterator, Mapping

from orchestrator.domain.suggestion import Edit
from orchestrator.fixers.search.operators.variant import Change, Variants, at, crowd
from orchestrator.fixers.search.scope import Scope

__all__ = ["augment", "binary", "off_by_one", "scale"]

_TEXTS: Mapping[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.LShift: "<<",
    ast.RShift: ">>",
}
_NEAR: Mapping[str, tuple[str, ...]] = {
    "+": ("-", "*", "|", "%", "//"),
    "-": ("+", "*", "%", "//", "/"),
    "*": ("+", "**", "-", "/", "//"),
    "/": ("//", "*", "%", "-"),
    "//": ("/", "%", "*", "-"),
    "%": ("//", "/", "*", "-"),
    "**": ("*", "//", "+"),
    "&": ("|", "^", ">>"),
    "|": ("&", "^", "+"),
    "^": ("&", "|", "**"),
    "<<": (">>", "*", "+"),
    ">>": ("<<", "//"),
}


_SCALED = ("2 * {}", "{} ** 2", "-{}", "{} // 2", "{} / 2", "{} ** 3", "{} % 2", "{} % 10", "{} // 10")
_WITH = ("{0} + {1}", "{0} - {1}", "{0} * {1}", "{0} // {1}", "{0} % {1}", "{0} / {1}", "{0} ** {1}", "{1} - {0}")


def binary(scope: Scope) -> Variants:
    """``a + b`` -> ``a - b``; the same for ``a += b``."""
    for node in scope.nodes:
        if isinstance(node, ast.BinOp):
            left, right = scope.source.span(node.left)[1], scope.source.span(node.right)[0]
            yield from _exchange(scope, node.op, span=(left, right), line=node.lineno, suffix="")
        elif isinstance(node, ast.AugAssign):
            left, right = scope.source.span(node.target)[1], scope.source.span(node.value)[0]
            yield from _exchange(scope, node.op, span=(left, right), line=node.lineno, suffix="=")
            yield Change((Edit(scope.source.file, left, right, " = "),), node.lineno, (left, right))


def _exchange(scope: Scope, operator: ast.operator, *, span: tuple[int, int], line: int, suffix: str) -> Variants:
    own = _TEXTS.get(type(operator), "@")
    start, end = span
    place = scope.source.text[start:end].find(own + suffix)
    if place < 0:
        return
    for text in _NEAR.get(own, ()):
        edit = Edit(scope.source.file, start + place, start + place + len(own), text)
        yield Change((edit,), line, span)


def off_by_one(scope: Scope) -> Variants:
    """A number ``e`` -> ``e + 1``, ``e - 1``."""
    for node in scope.expressions:
        if isinstance(node, ast.Constant) or not scope.is_number(node):
            continue
        text = scope.source.of(node)
        is_sum = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)
        operand = text if is_sum else scope.operand(node)
        yield at(scope, node, text=f"{operand} + 1")
        yield at(scope, node, text=f"{operand} - 1")


def scale(scope: Scope) -> Variants:
    """A number ``e`` -> ``2 * e``, ``e ** 2``, ``-e`` and so on."""
    for node in _numbers(scope):
        for text in _SCALED:
            yield at(scope, node, text=text.format(scope.operand(node)))


def augment(scope: Scope) -> Variants:
    """A number ``e`` -> ``e + v``, ``e * v`` and so on, ``v`` a number of the function."""
    names = scope.having("int", "float")
    for node in _numbers(scope):
        operand = scope.operand(node)
        others = [name for name in names if name != operand]
        yield crowd(scope, node, texts=[form.format(operand, name) for name in others for form in _WITH])


def _numbers(scope: Scope) -> Iterator[ast.expr]:
    for node in scope.expressions:
        is_plain = isinstance(scope.parents.get(node), ast.BinOp | ast.Return | ast.Compare)
        if scope.is_number(node) and (is_plain or not isinstance(node, ast.Constant)):
            yield node
