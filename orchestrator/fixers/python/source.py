"""A Python file as its syntax tree, with places as character offsets."""

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TypeAlias

from orchestrator.domain.suggestion import Edit
from orchestrator.fixers.places import insert_line, offset, utf8

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


def import_edit(text: str, file: str, *, statement: str) -> Edit:
    """An edit that adds an import above the others, below the docstring and imports from ``__future__``."""
    tree = parsed(text)
    body: Sequence[ast.stmt] = tree.body if tree else ()
    after = 0
    for node in body:
        if not (_is_docstring(node) and node is body[0]) and not _is_future(node):
            break
        after = node.end_lineno or node.lineno
    imports = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom) and not _is_future(node)]
    if imports:
        return insert_line(text, file, line=imports[0].lineno, new=statement)
    if after:
        return insert_line(text, file, line=after + 1, new=f"\n{statement}")
    return insert_line(text, file, line=_behind_comments(text), new=statement + ("\n" if body else ""))


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _behind_comments(text: str) -> int:
    """The first line that is no ``#!`` and no coding line: above those nothing may stand."""
    lines = text.split("\n", 2)
    return 1 + sum(1 for line in lines[:2] if line.startswith("#!") or (line.startswith("#") and "coding" in line))
