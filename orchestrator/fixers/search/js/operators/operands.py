"""Operands: one too many, or the wrong way round; names and expressions: another one of the function."""

from orchestrator.fixers.search.js.scope import LOGIC, Scope
from orchestrator.fixers.search.js.tree import Node
from orchestrator.fixers.search.operators.variant import Variants

__all__ = ["attribute", "donor", "drop_operand", "swap_operands", "target", "variable"]

_OTHER = {"&&": "||", "||": "&&", "??": "||"}


def drop_operand(scope: Scope) -> Variants:
    """``a + b`` -> ``a``; ``f(a)`` -> ``a``; ``!a`` -> ``a``; ``a && b`` -> ``b``; ``a.f()`` -> ``a``."""
    for node in scope.expressions:
        for part in _parts(node):
            yield scope.at(node, scope.source.of(part))
        left = node.get("left")
        if node.kind == "binary_expression" and left is not None and scope.operator(left) == scope.operator(node):
            inner = left.part("left"), node.part("right")  # the middle one of three
            yield scope.at(node, f" {scope.operator(node)} ".join(map(scope.operand, inner)))


def _parts(node: Node) -> list[Node]:
    match node.kind:
        case "binary_expression":
            return [node.part("left"), node.part("right")]
        case "unary_expression" | "await_expression" | "parenthesized_expression":
            return node.children[-1:]
        case "ternary_expression":
            return [node.part("consequence"), node.part("alternative")]
        case "subscript_expression" | "member_expression":
            return [node.part("object")]
        case "call_expression":
            callee = node.part("function")
            receiver = [callee.part("object")] if callee.kind == "member_expression" else []
            given = [part for part in node.part("arguments").children if part.kind not in _NO_VALUES]
            return [*receiver, *given]
    return []


_NO_VALUES = frozenset({"spread_element", "arrow_function", "function_expression"})


def swap_operands(scope: Scope) -> Variants:
    """``a - b`` -> ``b - a``; ``c ? a : b`` -> ``c ? b : a``; ``a && b`` -> ``a || b``."""
    for node in scope.expressions:
        if node.kind == "binary_expression":
            sign, left, right = scope.operator(node), node.part("left"), node.part("right")
            if sign in LOGIC:
                yield scope.at(node, f"{scope.operand(left)} {_OTHER[sign]} {scope.operand(right)}")
            yield scope.at(node, f"{scope.operand(right)} {sign} {scope.operand(left)}")
            if left.kind == "binary_expression":
                yield from _regrouped(scope, node, inner=left)
        elif node.kind == "ternary_expression":
            test, one, other = (node.part(name) for name in ("condition", "consequence", "alternative"))
            texts = scope.source.of(test), scope.operand(other), scope.operand(one)
            yield scope.at(node, "{} ? {} : {}".format(*texts))


def _regrouped(scope: Scope, node: Node, *, inner: Node) -> Variants:
    """``a - b + c`` -> ``a - (b + c)``."""
    grouped = f"({scope.source.of(inner.part('right'))} {scope.operator(node)} {scope.source.of(node.part('right'))})"
    yield scope.at(node, f"{scope.operand(inner.part('left'))} {scope.operator(inner)} {grouped}")


def variable(scope: Scope) -> Variants:
    """A variable -> another one that had values of the same type."""
    for node in scope.expressions:
        name = scope.source.of(node)
        if node.kind == "identifier" and name in scope.locals:
            yield scope.crowd(node, scope.alike(name))


def target(scope: Scope) -> Variants:
    """The variable that is assigned or stepped -> another one."""
    for node in scope.nodes:
        place = node.get("left") if node.kind.endswith("assignment_expression") else None
        place = node.get("argument") if node.kind == "update_expression" else place
        if place is not None and place.kind == "identifier":
            yield scope.crowd(place, scope.alike(scope.source.of(place)))


def attribute(scope: Scope) -> Variants:
    """``a.b`` -> ``a.c`` where an object that was seen has both; ``a`` -> ``a.length``."""
    for node in scope.expressions:
        name = scope.source.of(node.part("property")) if node.kind == "member_expression" else ""
        if name and not scope.is_callee(node):
            groups = [names for names in scope.facts.attributes.values() if name in names]
            others = dict.fromkeys(other for names in groups for other in names if other != name)
            yield scope.crowd(node, [f"{scope.source.of(node.part('object'))}.{other}" for other in others])
        is_inner = node.parent is not None and node.parent.kind == "member_expression"
        if node.kind == "identifier" and not is_inner and scope.kinds(scope.source.of(node)) & {"array", "string"}:
            yield scope.at(node, f"{scope.source.of(node)}.length")


def donor(scope: Scope) -> Variants:
    """An expression -> another one that stands in the same function."""
    for node in scope.expressions:
        parent = node.parent
        is_inner = parent is not None and parent.kind == "member_expression"
        is_endless = parent is not None and parent.kind == "parenthesized_expression" and node.kind == "true"
        if scope.is_callee(node) or is_inner or is_endless:
            continue
        yield scope.crowd(node, scope.donors)
