"""Where ``...`` stands for left-out code in Python, and where it is the language's own Ellipsis."""

import ast
from collections.abc import Iterator
from typing import TypeAlias

from orchestrator.workspace.edits.python.source import is_docstring, parsed

_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
_BODILESS = frozenset({"overload", "abstractmethod"})


def _is_dots(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and node.value.value is Ellipsis


def _is_placeholder(body: list[ast.stmt]) -> bool:
    """Whether ``body`` is a legitimate lone ``...``, with a doc-string or none."""
    code = [node for node in body if not is_docstring(node)]
    return len(code) == 1 and _is_dots(code[0])


def _functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, _Function]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, _Function):
            yield f"{prefix}{node.name}", node
        if isinstance(node, _Function | ast.ClassDef):
            yield from _functions(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.If | ast.Try):
            yield from _functions(node, prefix)


def _bodies(tree: ast.Module) -> Iterator[tuple[ast.AST, list[ast.stmt]]]:
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            body = getattr(node, name, None)
            if isinstance(body, list) and body:
                yield node, body


def _is_declaration(function: _Function) -> bool:
    """Whether a decorator says that the function has no body of its own."""
    heads = (d.func if isinstance(d, ast.Call) else d for d in function.decorator_list)
    return any(getattr(head, "id", getattr(head, "attr", "")) in _BODILESS for head in heads)


def _loose_dots(tree: ast.Module) -> Iterator[int]:
    """Lines of each ``...`` beside other statements, or at the level of the module."""
    for owner, body in _bodies(tree):
        if isinstance(owner, ast.Module) or not _is_placeholder(body):
            yield from (node.lineno for node in body if _is_dots(node))


def _emptied(old: ast.Module, new: ast.Module) -> Iterator[int]:
    """Lines of functions that had a body and now have ``...``."""
    had_body = {name for name, function in _functions(old) if not _is_placeholder(function.body)}
    for name, function in _functions(new):
        if name in had_body and _is_placeholder(function.body) and not _is_declaration(function):
            yield function.body[-1].lineno


def elided_in_python(before: str, after: str, *, is_stub: bool = False) -> tuple[int, ...]:
    """1-based lines of ``after`` where ``...`` stands for left-out code; ``()`` where it does not parse.

    A lone ``...`` as the body of a function or class is legitimate, unless ``before`` had a body there. Where
    ``before`` already had loose ones, and in stub files (``is_stub``), loose ones are taken for legitimate.
    """
    new, old = parsed(after), parsed(before)
    if new is None or is_stub:
        return ()
    loose = [] if old is not None and any(_loose_dots(old)) else list(_loose_dots(new))
    return tuple(sorted({*loose, *(_emptied(old, new) if old is not None else ())}))
