"""Slices and indices: other bounds, one put around, one taken off."""

import ast

from orchestrator.fixers.search.operators.variant import Variants, at, crowd
from orchestrator.fixers.search.scope import Scope

__all__ = ["index", "slice_bounds", "slice_wrap"]

_AROUND = ("[1:]", "[:-1]", "[::-1]", "[::2]", "[1::2]", "[0]", "[-1]", "[:]")
_BY_NAME = ("[{}:]", "[:{}]", "[{}]", "[:{} + 1]", "[{} + 1:]")


def slice_bounds(scope: Scope) -> Variants:
    """``x[a:b]`` -> ``x[a:]``, ``x[:b]``, ``x[a:b + 1]``, ``x[b:a]``, ``x[a:b:-1]``."""
    for node in scope.expressions:
        if not (isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice)):
            continue
        bounds = node.slice
        lower, upper, step = (
            scope.source.of(part) if part else "" for part in (bounds.lower, bounds.upper, bounds.step)
        )
        steps = (f":{step}" if step else "", "" if step else ":2", ":-1" if step != "-1" else "")
        pairs = [
            (lower, upper),
            (lower, ""),
            ("", upper),
            (upper, lower),
            (upper, ""),
            ("", lower),
            ("1", upper),
            (lower, "-1"),
        ]
        pairs += [(f"{lower} + 1" if lower else "1", upper), (lower, f"{upper} + 1" if upper else "-1"), ("", "")]
        for one, other in dict.fromkeys(pairs):
            yield at(scope, node, text=f"{scope.source.of(node.value)}[{one}:{other}{steps[0]}]")
        for text in steps[1:]:
            yield at(scope, node, text=f"{scope.source.of(node.value)}[{lower}:{upper}{text}]")


def slice_wrap(scope: Scope) -> Variants:
    """``x`` -> ``x[k:]``, ``x[:k]``, ``x[::-1]``, ``x[k]``."""
    around = [form.format(name) for name in scope.having("int") for form in _BY_NAME]
    for node in scope.expressions:
        parent = scope.parents.get(node)
        is_callee = isinstance(parent, ast.Call) and parent.func is node
        if is_callee or not isinstance(node, ast.Name | ast.Call | ast.Attribute | ast.Subscript | ast.ListComp):
            continue
        if (
            isinstance(node, ast.Name)
            and scope.kinds(node.id)
            and not scope.kinds(node.id) & {"list", "str", "tuple", "dict"}
        ):
            continue
        own = scope.source.of(node)
        yield crowd(scope, node, texts=[own + text for text in (*_AROUND, *around)])


def index(scope: Scope) -> Variants:
    """``x[i]`` -> ``x[-1]``, ``x[0]``, ``x[-i]``, ``x[j]``, ``x.get(i, 0)``."""
    for node in scope.nodes:
        if not isinstance(node, ast.Subscript) or isinstance(node.slice, ast.Slice | ast.Tuple):
            continue
        own = scope.source.of(node.slice)
        for text in ("-1", "0", "1", f"-{own}", f"{own} + 1", f"{own} - 1", f"-{own} - 1", *scope.having("int")):
            if text != own:
                yield at(scope, node.slice, text=text)
        if isinstance(node.ctx, ast.Load):
            yield at(scope, node, text=f"{scope.source.of(node.value)}.get({own}, 0)")
