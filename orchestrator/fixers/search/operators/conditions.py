"""Conditions: the opposite, or one more part."""

import ast
from collections.abc import Iterator, Sequence

from orchestrator.fixers.search.operators.variant import Change, Crowd, Variants, at, crowd
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
    texts = tuple(dict.fromkeys((*_atoms(scope), *(scope.operand(node) for node in conditions))))
    for node in conditions:
        yield _extended(scope, node, texts=texts)


_EXTENDED = ("{1} and {0}", "{1} or {0}", "{0} and {1}", "{0} or {1}")


def _extended(scope: Scope, node: ast.expr, *, texts: Sequence[str]) -> Crowd:
    own = scope.operand(node)
    count = (len(texts) - (own in texts)) * len(_EXTENDED)

    def changes() -> Iterator[Change]:
        for text in texts:
            if text != own:
                yield from (at(scope, node, text=form.format(own, text)) for form in _EXTENDED)

    return Crowd(node.lineno, scope.source.span(node), count, changes)


def none_check(scope: Scope) -> Variants:
    """``c`` -> ``v is None or c``, ``v is not None and c``; ``v`` a variable that was seen to be ``None``."""
    for node in _conditions(scope):
        own = scope.operand(node) if isinstance(node, ast.BoolOp | ast.IfExp) else scope.source.of(node)
        forms = ("{} is None or {}", "{} is not None and {}")
        yield crowd(scope, node, texts=[form.format(name, own) for name in scope.having("NoneType") for form in forms])


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
