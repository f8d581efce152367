"""A Python file as its syntax tree, with places as character offsets."""

import ast
import re
import warnings
from collections.abc import Iterator
from functools import lru_cache
from typing import TypeAlias

from orchestrator.fixers.places import offset, utf8

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
_BRACES = re.compile(r"\{[^{}]*\}")


@lru_cache(maxsize=32)
def parsed(text: str) -> ast.Module | None:
    """The tree; ``None`` where it does not parse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the code under repair, which is not ours
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def nodes(text: str) -> Iterator[ast.AST]:
    """Every node of the file; none where it does not parse."""
    tree = parsed(text)
    return ast.walk(tree) if tree else iter(())


def span(text: str, node: ast.expr | ast.stmt | ast.arg) -> tuple[int, int]:
    """Where a node stands."""
    start = offset(text, node.lineno, column=node.col_offset + 1, width=utf8)
    end = offset(text, node.end_lineno or node.lineno, column=(node.end_col_offset or 0) + 1, width=utf8)
    return start, end


def source_of(text: str, node: ast.expr | ast.stmt) -> str:
    """The text of a node."""
    start, end = span(text, node)
    return text[start:end]


def named(text: str, name: str) -> list[tuple[int, int]]:
    """Where ``name`` stands as a name of its own, inside of f-strings too; not as an attribute or a parameter.

    Python 3.11 gives wrong places inside of f-strings, so those are searched as text.
    """
    found: set[tuple[int, int]] = set()
    for node in nodes(text):
        if isinstance(node, ast.Name) and node.id == name:
            place = span(text, node)
            found |= {place} if text[slice(*place)] == name else set()
        elif isinstance(node, ast.JoinedStr):
            found |= set(_in_braces(text, node, name=name))
    return sorted(found)


def _in_braces(text: str, node: ast.JoinedStr, *, name: str) -> Iterator[tuple[int, int]]:
    begin, end = span(text, node)
    for braces in _BRACES.finditer(text, begin, end):
        for match in re.finditer(rf"(?<![\w.'\"]){re.escape(name)}(?!\w)", braces[0]):
            yield braces.start() + match.start(), braces.start() + match.end()


def functions(text: str) -> Iterator[FunctionNode]:
    """Every function, methods included."""
    return (node for node in nodes(text) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def classes(text: str) -> Iterator[ast.ClassDef]:
    """Every class."""
    return (node for node in nodes(text) if isinstance(node, ast.ClassDef))


def enclosing(text: str, line: int) -> FunctionNode | None:
    """The innermost function that holds ``line``."""
    holding = [one for one in functions(text) if one.lineno <= line <= (one.end_lineno or one.lineno)]
    return max(holding, key=lambda one: one.lineno, default=None)


def enclosing_class(text: str, line: int) -> ast.ClassDef | None:
    """The innermost class that holds ``line``."""
    holding = [one for one in classes(text) if one.lineno <= line <= (one.end_lineno or one.lineno)]
    return max(holding, key=lambda one: one.lineno, default=None)


def members(node: ast.ClassDef) -> set[str]:
    """Methods, attributes of the class, and what is assigned to ``self``."""
    found = {one.name for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
    for one in ast.walk(node):
        if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store):
            found |= {one.attr} if isinstance(one.value, ast.Name) and one.value.id == "self" else set()
    for one in node.body:
        targets = one.targets if isinstance(one, ast.Assign) else [one.target] if isinstance(one, ast.AnnAssign) else []
        found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


def bound_names(text: str) -> set[str]:
    """Every name that the file binds anywhere."""
    found: set[str] = set()
    for node in nodes(text):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.alias(name=name, asname=other):
                found.add(other or name.partition(".")[0])
            case _:
                pass
    return found
