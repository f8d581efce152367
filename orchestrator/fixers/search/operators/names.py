"""Names: another variable, another attribute, another expression of the same function."""

import ast

from orchestrator.fixers.search.operators.variant import Change, Variants, at
from orchestrator.fixers.search.scope import Scope

__all__ = ["attribute", "donor", "target", "variable"]


def variable(scope: Scope) -> Variants:
    """A variable -> another one that had values of the same type."""
    for node in scope.expressions:
        if isinstance(node, ast.Name) and node.id in scope.locals:
            for name in scope.alike(node.id):
                yield at(scope, node, text=name)


def target(scope: Scope) -> Variants:
    """The variable that is assigned -> another one."""
    for node in scope.nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            for name in scope.alike(node.id):
                edit = scope.source.replace(node, name)
                yield Change((edit,), node.lineno, (edit.start, edit.end))


def attribute(scope: Scope) -> Variants:
    """``a.b`` -> ``a.c`` where objects of that type have a ``c``; ``a`` -> ``a.b``."""
    for node in scope.expressions:
        parent = scope.parents.get(node)
        if isinstance(node, ast.Attribute) and not (isinstance(parent, ast.Call) and parent.func is node):
            for name in _beside(scope, node.attr):
                yield at(scope, node, text=f"{scope.source.of(node.value)}.{name}")
        if isinstance(node, ast.Name):
            for kind in sorted(scope.kinds(node.id)):
                for name in scope.facts.attributes.get(kind, ()):
                    yield at(scope, node, text=f"{node.id}.{name}")


def _beside(scope: Scope, attribute: str) -> list[str]:
    """Other attributes of the types that have this one."""
    groups = [names for names in scope.facts.attributes.values() if attribute in names]
    return [name for names in groups for name in names if name != attribute]


def donor(scope: Scope) -> Variants:
    """An expression -> another one that stands in the same function."""
    for node in scope.expressions:
        parent = scope.parents.get(node)
        is_callee = isinstance(parent, ast.Call) and parent.func is node
        is_inner = isinstance(parent, ast.Attribute)
        is_endless = isinstance(parent, ast.While) and isinstance(node, ast.Constant)
        if is_callee or is_inner or is_endless or isinstance(node, ast.Starred):
            continue
        own = scope.source.of(node)
        for text in scope.donors:
            if text != own:
                yield at(scope, node, text=text)
