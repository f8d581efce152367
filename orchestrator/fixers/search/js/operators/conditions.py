"""Comparisons and conditions: another operator, the opposite, one more part."""

from collections.abc import Iterator, Mapping, Sequence

from orchestrator.fixers.search.js.scope import COMPARISONS, LOGIC, Scope
from orchestrator.fixers.search.js.tree import Node
from orchestrator.fixers.search.operators.variant import Change, Crowd, Variants

__all__ = ["comparison", "extend", "negate", "nothing_check"]

_NEAR: Mapping[str, tuple[str, ...]] = {
    "<": ("<=", ">", ">=", "!==", "==="),
    "<=": ("<", ">=", ">", "===", "!=="),
    ">": (">=", "<", "<=", "!==", "==="),
    ">=": (">", "<=", "<", "===", "!=="),
    "==": ("!=", "<=", ">=", "<", ">", "==="),
    "!=": ("==", "<", ">", "<=", ">=", "!=="),
    "===": ("!==", "<=", ">=", "<", ">", "=="),
    "!==": ("===", "<", ">", "<=", ">=", "!="),
}
"""Operator -> what it is mistaken for, likeliest first."""


def comparison(scope: Scope) -> Variants:
    """``a < b`` -> ``a <= b``."""
    for node in scope.nodes:
        sign = node.get("operator")
        if node.kind != "binary_expression" or sign is None:
            continue
        for text in _NEAR.get(scope.source.of(sign), ()):
            yield scope.spot(sign.start, sign.end, text=text, line=node.part("left").last)


def negate(scope: Scope) -> Variants:
    """``c`` -> ``!c``, ``true``, ``false``."""
    seen = set(map(id, scope.conditions))
    for node in scope.expressions:
        is_part = node.parent is not None and scope.operator(node.parent) in LOGIC
        if id(node) not in seen and not is_part and node not in scope.returned:
            continue
        yield scope.at(node, f"!{scope.operand(node)}")
        if id(node) in seen:
            yield scope.at(node, "true")
            yield scope.at(node, "false")


def extend(scope: Scope) -> Variants:
    """``c`` -> ``c && d``, ``d || c``; ``d`` a variable, its opposite, or a condition of the function."""
    texts = tuple(dict.fromkeys((*_atoms(scope), *(scope.operand(node) for node in scope.conditions))))
    for node in scope.conditions:
        yield _extended(scope, node, texts=texts)


_EXTENDED = ("{1} && {0}", "{0} && {1}", "{1} || {0}", "{0} || {1}")


def _extended(scope: Scope, node: Node, *, texts: Sequence[str]) -> Crowd:
    own = scope.operand(node)
    count = (len(texts) - (own in texts)) * len(_EXTENDED)

    def changes() -> Iterator[Change]:
        for text in texts:
            if text != own:
                yield from (scope.at(node, form.format(own, text)) for form in _EXTENDED)

    return Crowd(node.line, (node.start, node.end), count, changes)


def nothing_check(scope: Scope) -> Variants:
    """``c`` -> ``v == null || c``, ``v != null && c``; ``v`` a variable that was seen to be nothing; ``a?.b``."""
    for node in scope.conditions:
        own = scope.operand(node) if scope.operator(node) not in COMPARISONS else scope.source.of(node)
        for name in scope.having("null", "undefined"):
            yield scope.at(node, f"{name} == null || {own}")
            yield scope.at(node, f"{name} != null && {own}")
    for node in scope.expressions:
        if node.kind == "member_expression" and node.get("optional_chain") is None:
            owner = node.part("object")
            if owner.kind != "identifier" or scope.kinds(scope.source.of(owner)) & {"null", "undefined"}:
                yield scope.spot(owner.end, owner.end, text="?", line=node.line)


def _atoms(scope: Scope) -> Iterator[str]:
    numbers = scope.having("number")
    for name in scope.values:
        kinds = scope.kinds(name)
        yield from (name, f"!{name}")
        if "number" in kinds:
            yield from (f"{name} {part}" for part in ("> 0", "> 1", "=== 0", "< 0", "=== 1", "% 2 === 0", "!== 0"))
            yield from (f"{name} {sign} {other}" for other in numbers if other != name for sign in ("<", "===", "!=="))
        if kinds & {"array", "string"}:
            yield from (f"{name}.length > 1", f"{name}.length === 0")
