"""Comparisons: another operator, operands the other way round, a chain."""

import ast
from collections.abc import Mapping

from orchestrator.domain.suggestion import Edit
from orchestrator.fixers.search.operators.variant import Change, Variants, at
from orchestrator.fixers.search.scope import Scope

__all__ = ["comparison"]

_TEXTS: Mapping[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}
_NEAR: Mapping[str, tuple[str, ...]] = {
    "<": ("<=", ">", ">=", "!=", "=="),
    "<=": ("<", ">=", ">", "==", "!="),
    ">": (">=", "<", "<=", "!=", "=="),
    ">=": (">", "<=", "<", "==", "!="),
    "==": ("!=", "<=", ">=", "<", ">", "in", "is"),
    "!=": ("==", "<", ">", "<=", ">=", "not in"),
    "is": ("is not", "=="),
    "is not": ("is", "!="),
    "in": ("not in", "=="),
    "not in": ("in", "!="),
}
"""Operator -> what it is mistaken for, likeliest first."""


def comparison(scope: Scope) -> Variants:
    """``a < b`` -> ``a <= b``."""
    for node in scope.expressions:
        if not isinstance(node, ast.Compare):
            continue
        operands = [node.left, *node.comparators]
        for number, operator in enumerate(node.ops):
            own = _TEXTS[type(operator)]
            start, end = scope.source.span(operands[number])[1], scope.source.span(operands[number + 1])[0]
            between = scope.source.text[start:end]
            place = between.find(own)
            if place < 0:
                continue  # parentheses or a comment between
            for text in _NEAR[own]:
                edit = Edit(scope.source.file, start + place, start + place + len(own), text)
                yield Change((edit,), operands[number].end_lineno or node.lineno, (start, end))
        if len(node.ops) == 1 and isinstance(node.ops[0], ast.In | ast.NotIn):
            left, right = scope.operand(node.left), scope.operand(node.comparators[0])
            yield at(scope, node, text=f"{right} {_TEXTS[type(node.ops[0])]} {left}")
