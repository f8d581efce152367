"""Names: another variable, another attribute, another expression of the same function."""

import ast
from collections.abc import Sequence

from orchestrator.fixers.search.operators.variant import Change, Crowd, Variants, crowd
from orchestrator.fixers.search.scope import Scope, is_compound

__all__ = ["attribute", "compound_donor", "donor", "target", "variable"]


def variable(scope: Scope) -> Variants:
    """A variable -> another one that had values of the same type."""
    for node in scope.expressions:
        if isinstance(node, ast.Name) and node.id in scope.locals:
            yield crowd(scope, node, texts=scope.alike(node.id))


def target(scope: Scope) -> Variants:
    """The variable that is assigned -> another one."""
    for node in scope.nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield _stored(scope, node, names=scope.alike(node.id))


def _stored(scope: Scope, node: ast.Name, *, names: Sequence[str]) -> Crowd:
    line, site = node.lineno, scope.source.span(node)
    return Crowd(
        line, site, len(names), lambda: (Change((scope.source.replace(node, name),), line, site) for name in names)
    )


def attribute(scope: Scope) -> Variants:
    """``a.b`` -> ``a.c`` where objects of that type have a ``c``; ``a`` -> ``a.b``."""
    for node in scope.expressions:
        parent = scope.parents.get(node)
        if isinstance(node, ast.Attribute) and not (isinstance(parent, ast.Call) and parent.func is node):
            receiver = scope.source.of(node.value)
            yield crowd(scope, node, texts=[f"{receiver}.{name}" for name in _beside(scope, node.attr)])
        if isinstance(node, ast.Name):
            for kind in sorted(scope.kinds(node.id)):
                yield crowd(scope, node, texts=[f"{node.id}.{name}" for name in scope.facts.attributes.get(kind, ())])


def _beside(scope: Scope, attribute: str) -> list[str]:
    """Other attributes of the types that have this one."""
    groups = [names for names in scope.facts.attributes.values() if attribute in names]
    return [name for names in groups for name in names if name != attribute]


def donor(scope: Scope) -> Variants:
    """An expression -> another one of the same function that holds together: a name, a call, an item."""
    yield from _donated(scope, [text for text in scope.donors if not is_compound(text)])


def compound_donor(scope: Scope) -> Variants:
    """An expression -> another one of the same function that is put together by an operator."""
    yield from _donated(scope, [text for text in scope.donors if is_compound(text)])


def _donated(scope: Scope, donors: Sequence[str]) -> Variants:
    for node in scope.expressions:
        parent = scope.parents.get(node)
        is_callee = isinstance(parent, ast.Call) and parent.func is node
        is_inner = isinstance(parent, ast.Attribute)
        is_endless = isinstance(parent, ast.While) and isinstance(node, ast.Constant)
        if is_callee or is_inner or is_endless or isinstance(node, ast.Starred):
            continue
        yield crowd(scope, node, texts=donors)
