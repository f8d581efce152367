"""Tells an example of use, such as models put behind the code, from a statement that a program needs."""

import ast
from collections.abc import Sequence

from orchestrator.workspace.edits.python.source import Definition, assigned_names, definitions, is_docstring, is_guard

_SHOWING = frozenset({"print", "pprint", "unittest", "doctest"})
_COMPOUND = (ast.For, ast.AsyncFor, ast.While, ast.With, ast.If, ast.Try)


def _root_name(node: ast.expr) -> str:
    """``f`` of ``f(x)``, ``unittest`` of ``unittest.main()``; ``""`` of what is no plain call."""
    while isinstance(node, ast.Call | ast.Attribute):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _children(node: ast.stmt) -> list[ast.stmt]:
    blocks = [getattr(node, name, []) for name in ("body", "orelse", "finalbody")]
    blocks += [handler.body for handler in getattr(node, "handlers", [])]
    return [child for block in blocks for child in block]


def _shows(node: ast.expr, names: frozenset[str]) -> bool:
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Call) and _root_name(node) in names)


def _is_example(node: ast.stmt, names: frozenset[str]) -> bool:
    if isinstance(node, ast.Expr):
        return _shows(node.value, names)
    if isinstance(node, _COMPOUND):
        return is_guard(node) or all(_is_example(child, names) for child in _children(node))
    is_passive = isinstance(node, ast.Assert | ast.Pass | ast.Import | ast.ImportFrom) or is_docstring(node)
    return is_passive or bool(assigned_names(node))


def is_example(node: ast.stmt, block: Sequence[ast.stmt]) -> bool:
    """Whether ``node`` only shows how to use what ``block`` defines.

    It may print, assert, call what the block defines, and assign to names for doing so. A call of anything else
    (``app.register(f)``) is taken for part of the program.
    """
    own = {definition.name for definition in definitions(block)}
    assigned = {name for other in block if not isinstance(other, Definition) for name in assigned_names(other)}
    return _is_example(node, frozenset(_SHOWING | own | assigned))
