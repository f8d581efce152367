"""Conditions: the opposite, or one more part."""

import ast
from collections.abc import Iterator

from orchestrator.fixers.search.operators.variant import Variants, at
from orchestrator.fixers.search.scope import Scope

__all__ = ["extend", "negate", "none_check"]


def _conditions(scope: Scope) -> Iterator[ast.expr]:
    for node in scope.nodes:
        if isinstance(node, ast.If | ast.While | ast.IfExp | ast.Assert):
            yield node.test
        elif isinstance(node, ast.comprehension):
            yield from node.ifs
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.Compare | ast.BoolOp):
            yield node.value


def negate(scope: Scope) -> Variants:
    """``c`` -> ``not c``, ``True``, ``False``."""
    seen = {id(node) for node in _conditions(scope)}
    for node in scope.expressions:
        parent = scope.parents.get(node)
        if id(node) not in seen and not isinstance(parent, ast.BoolOp | ast.Return):
            continue
        text = scope.source.of(node)
        plain = text if isinstance(node, ast.Compare) and not isinstance(parent, ast.BoolOp) else scope.operand(node)
        yield at(scope, node, text=f"not {plain}")
        if id(node) in seen:
            yield at(scope, node, text="True")
            yield at(scope, node, text="False")


def extend(scope: Scope) -> Variants:
    """``c`` -> ``c and d``, ``d or c``; ``d`` a variable, its opposite, or a condition of the function."""
    conditions = list(_conditions(scope))
    texts = list(dict.fromkeys(scope.operand(node) for node in conditions))
    for node in conditions:
        own = scope.operand(node)
        for text in dict.fromkeys((*_atoms(scope), *texts)):
            if text != own:
                yield at(scope, node, text=f"{text} and {own}")
                yield at(scope, node, text=f"{text} or {own}")
                yield at(scope, node, text=f"{own} and {text}")
                yield at(scope, node, text=f"{own} or {text}")


def none_check(scope: Scope) -> Variants:
    """``c`` -> ``v is None or c``, ``v is not None and c``; ``v`` a variable that was seen to be ``None``."""
    for node in _conditions(scope):
        own = scope.operand(node) if isinstance(node, ast.BoolOp | ast.IfExp) else scope.source.of(node)
        for name in scope.having("NoneType"):
            yield at(scope, node, text=f"{name} is None or {own}")
            yield at(scope, node, text=f"{name} is not None and {own}")


def _atoms(scope: Scope) -> Iterator[str]:
    for name in scope.values:
        kinds = scope.kinds(name)
        if "NoneType" in kinds:
            yield from (f"{name} is None", f"{name} is not None")
        yield from (name, f"not {name}")
        if kinds & {"int", "float"}:
            yield from (
                f"{name} > 0",
                f"{name} > 1",
                f"{name} == 0",
                f"{name} < 0",
                f"{name} == 1",
                f"{name} % 2 == 0",
                f"{name} != 0",
            )
            yield from (f"{name} % {number} == 0" for number in (3, 4))
            others = [other for other in scope.having("int", "float") if other != name]
            yield from (f"{name} {sign} {other}" for other in others for sign in ("<", "==", "!="))
        if kinds & {"list", "str", "tuple", "dict", "set"}:
            yield from (f"len({name}) > 1", f"len({name}) == 0")
