"""Indices and parts of lists and texts."""

from orchestrator.fixers.search.js.scope import Scope
from orchestrator.fixers.search.operators.variant import Variants

__all__ = ["index", "slice_bounds", "slice_wrap"]

_AROUND = (".slice(1)", ".slice(0, -1)", ".slice(2)", ".slice().reverse()", "[0]", "[1]")
_COUNTS = (1, 2)
_CUTTING = frozenset({"slice", "substring", "substr"})


def slice_bounds(scope: Scope) -> Variants:
    """``x.slice(a, b)`` -> without one of them, one further, the other way round."""
    for node in scope.nodes:
        called, given = node.get("function"), node.get("arguments")
        if called is None or given is None or called.kind != "member_expression":
            continue
        if scope.source.of(called.part("property")) in _CUTTING and len(given.children) in _COUNTS:
            first, *rest = (scope.source.of(item) for item in given.children)
            last = rest[0] if rest else ""
            pairs = [(first, ""), ("0", last or first), ("1", last), (last or "0", first), (first, "-1")]
            pairs += [(f"{first} + 1", last), (f"{first} - 1", last), (last, "")]
            pairs += [(first, f"{last} + 1"), (first, f"{last} - 1")] if last else [(first, f"{first} + 1")]
            for one, other in dict.fromkeys(pairs):
                text = ", ".join(filter(None, (one, other)))
                yield scope.spot(given.start, given.end, text=f"({text})", line=node.line)


def slice_wrap(scope: Scope) -> Variants:
    """``x`` -> ``x.slice(k)``, ``x.slice(0, k)``, ``x[k]``."""
    for node in scope.expressions:
        if scope.is_callee(node) or node.kind not in _CUT:
            continue
        if node.kind == "identifier" and not scope.kinds(scope.source.of(node)) & {"array", "string"}:
            continue
        own = scope.source.of(node)
        for text in _AROUND:
            yield scope.at(node, own + text)
        for name in scope.having("number"):
            for text in (f".slice({name})", f".slice(0, {name})", f"[{name}]", f".slice(0, {name} + 1)"):
                yield scope.at(node, own + text)


_CUT = frozenset({"identifier", "call_expression", "member_expression", "subscript_expression"})


def index(scope: Scope) -> Variants:
    """``x[i]`` -> ``x[0]``, ``x[x.length - 1]``, ``x[i + 1]``, ``x[j]``."""
    for node in scope.nodes:
        if node.kind != "subscript_expression":
            continue
        place, owner = node.part("index"), scope.source.of(node.part("object"))
        own = scope.source.of(place)
        ends = (f"{owner}.length - 1", f"{owner}.length - 1 - {scope.operand(place)}")
        for text in ("0", "1", *ends, f"{own} + 1", f"{own} - 1", *scope.having("number", "string")):
            if text != own:
                yield scope.at(place, text)
