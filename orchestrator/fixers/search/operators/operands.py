"""Operands: one too many, or the wrong way round."""

import ast

from orchestrator.fixers.search.operators.variant import Variants, at
from orchestrator.fixers.search.scope import Scope

__all__ = ["drop_operand", "swap_operands"]


def drop_operand(scope: Scope) -> Variants:
    """``a + b`` -> ``a``; ``f(a)`` -> ``a``; ``not a`` -> ``a``; ``a and b`` -> ``b``; ``a.f()`` -> ``a``."""
    for node in scope.expressions:
        for part in _parts(node):
            yield at(scope, node, text=scope.source.of(part))
        if isinstance(node, ast.BinOp):
            yield from _without_link(scope, node)
        if isinstance(node, ast.BoolOp) and node.values[2:]:
            sign = " and " if isinstance(node.op, ast.And) else " or "
            for left_out in node.values:
                rest = [scope.operand(value) for value in node.values if value is not left_out]
                yield at(scope, node, text=sign.join(rest))


def _links(node: ast.expr) -> list[ast.expr]:
    """The operands of a chain of sums or products of one operator, from the left."""
    if not isinstance(node, ast.BinOp):
        return [node]
    left = node.left
    is_chain = isinstance(left, ast.BinOp) and type(left.op) is type(node.op)
    return [*(_links(left) if is_chain else [left]), node.right]


def _without_link(scope: Scope, node: ast.BinOp) -> Variants:
    """``a + b + c`` -> ``a + c``."""
    links = _links(node)
    for number in range(1, len(links) - 1):
        start, end = scope.source.span(links[number - 1])[1], scope.source.span(links[number])[1]
        own = scope.source.span(node)
        text = scope.source.text[own[0] : start] + scope.source.text[end : own[1]]
        yield at(scope, node, text=text)


def _parts(node: ast.expr) -> list[ast.expr]:
    match node:
        case ast.BinOp(left=left, right=right):
            return [left, right]
        case ast.BoolOp(values=parts) | ast.Call(func=ast.Name(), args=parts):
            return [part for part in parts if not isinstance(part, ast.Starred)]
        case ast.UnaryOp(operand=one) | ast.Subscript(value=one) | ast.Attribute(value=one):
            return [one]
        case ast.IfExp(body=body, orelse=orelse):
            return [body, orelse]
        case ast.Call(func=ast.Attribute(value=receiver), args=args):
            return [receiver, *(arg for arg in args if not isinstance(arg, ast.Starred))]
    return []


def swap_operands(scope: Scope) -> Variants:
    """``a - b`` -> ``b - a``; ``a if c else b`` -> ``b if c else a``; ``a and b`` -> ``a or b``."""
    for node in scope.expressions:
        if isinstance(node, ast.BinOp):
            left, right = scope.source.span(node.left), scope.source.span(node.right)
            between = scope.source.text[left[1] : right[0]]
            yield at(scope, node, text=f"{scope.operand(node.right)}{between}{scope.operand(node.left)}")
            if isinstance(node.left, ast.BinOp):
                yield from _regrouped(scope, node, inner=node.left)
        elif isinstance(node, ast.IfExp):
            test = scope.source.of(node.test)
            yield at(scope, node, text=f"{scope.operand(node.orelse)} if {test} else {scope.operand(node.body)}")
        elif isinstance(node, ast.BoolOp):
            sign = " or " if isinstance(node.op, ast.And) else " and "
            yield at(scope, node, text=sign.join(scope.operand(value) for value in node.values))
            own = " and " if isinstance(node.op, ast.And) else " or "
            yield at(scope, node, text=own.join(scope.operand(value) for value in reversed(node.values)))


def _regrouped(scope: Scope, node: ast.BinOp, *, inner: ast.BinOp) -> Variants:
    """``a - b + c`` -> ``a - (b + c)``."""
    source = scope.source
    first = source.text[source.span(inner.left)[1] : source.span(inner.right)[0]]
    second = source.text[source.span(inner)[1] : source.span(node.right)[0]]
    if "(" not in first + second and ")" not in first + second:
        grouped = f"({source.of(inner.right)}{second}{source.of(node.right)})"
        yield at(scope, node, text=f"{scope.operand(inner.left)}{first}{grouped}")
