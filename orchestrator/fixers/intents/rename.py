"""Renaming a name that a Python module defines at its top level, wherever the project uses it.

Scopes are Python's: a parameter or local variable of the same name stays. Attributes of objects, names inside of
texts, and other languages are not renamed: that takes types.
"""

import ast
import keyword
import re
from collections.abc import Iterator, Mapping

from orchestrator.domain.suggestion import Edit
from orchestrator.errors import EditError
from orchestrator.fixers.places import line_at, offset
from orchestrator.fixers.python.source import named, nodes, parsed, span

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def rename_edits(texts: Mapping[str, str], file: str, *, old: str, new: str) -> tuple[Edit, ...]:
    """Edits that rename ``old``, defined at the top level of ``file``, to ``new`` in all of ``texts``.

    Raises:
        EditError: it is no Python file, does not parse, does not define ``old``, or ``new`` is no name or is taken.
    """
    tree = _checked(texts, file, old=old, new=new)
    found = set(_in_module(texts[file], file, tree=tree, old=old, new=new))
    module = file.removesuffix(".py").removesuffix("/__init__").removeprefix("src/").replace("/", ".")
    for other, text in texts.items():
        if other != file and other.endswith(".py") and old in text and (known := parsed(text)):
            found |= set(_elsewhere(text, other, tree=known, module=module, names=(old, new)))
    return tuple(sorted(found))


def _checked(texts: Mapping[str, str], file: str, *, old: str, new: str) -> ast.Module:
    tree = parsed(texts.get(file, "")) if file.endswith(".py") and file in texts else None
    if tree is None:
        raise EditError("only names of Python modules that parse can be renamed without a model", path=file)
    if not new.isidentifier() or keyword.iskeyword(new):
        raise EditError(f"{new!r} is no name", path=file)
    if old not in _bound(tree):
        raise EditError(f"it does not define {old!r} at its top level", path=file)
    if any(isinstance(node, ast.Name | ast.arg) and _name(node) == new for node in ast.walk(tree)) or new in _bound(
        tree
    ):
        raise EditError(f"{new!r} is a name there already", path=file)
    return tree


def _name(node: ast.Name | ast.arg) -> str:
    return node.id if isinstance(node, ast.Name) else node.arg


def _bound(scope: ast.AST) -> set[str]:
    """Names that a scope binds itself; those that it declares ``global`` are not its own."""
    found: set[str] = set()
    foreign: set[str] = set()
    for node in _own(scope):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.alias(name=name, asname=other):
                found.add(other or name.partition(".")[0])
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                foreign |= set(names)
            case _:
                pass
    return found - foreign


def _own(scope: ast.AST) -> Iterator[ast.AST]:
    """Everything below ``scope`` that belongs to it, inner scopes as themselves and without what is in them."""
    for child in ast.iter_child_nodes(scope):
        yield child
        if not isinstance(child, (*_SCOPES, ast.ClassDef)):
            yield from _own(child)


def _reaching(scope: ast.AST, name: str) -> Iterator[ast.AST]:
    """Nodes that use ``name`` of the module, not one of an inner scope."""
    for child in ast.iter_child_nodes(scope):
        yield child
        is_own = isinstance(child, (*_SCOPES, ast.ClassDef)) and name in _bound(child)
        for part in _outside(child, name) if is_own else (child,):
            if part is not child:
                yield part
            yield from _reaching(part, name)


def _outside(scope: ast.AST, name: str) -> Iterator[ast.AST]:
    """Of a scope that has a ``name`` of its own, what is evaluated outside of it, and methods of a class."""
    match scope:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from scope.decorator_list
            yield from (one for one in (*scope.args.defaults, *scope.args.kw_defaults) if one)
        case ast.Lambda():
            yield from (one for one in (*scope.args.defaults, *scope.args.kw_defaults) if one)
        case ast.ClassDef():
            yield from (*scope.decorator_list, *scope.bases)
            for node in _own(scope):
                if isinstance(node, _SCOPES):
                    yield from (node,) if name not in _bound(node) else _outside(node, name)
        case _:
            pass


def _in_module(text: str, file: str, *, tree: ast.Module, old: str, new: str) -> Iterator[Edit]:
    for node in _reaching(tree, old):
        if isinstance(node, ast.Name) and node.id == old:
            start, end = span(text, node)
            if text[start:end] == old:
                yield Edit(file, start, end, new)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == old:
            if node in tree.body:
                yield _at_line(text, file, line=node.lineno, names=(old, new))
        elif isinstance(node, ast.Global) and old in node.names:
            yield _at_line(text, file, line=node.lineno, names=(old, new))
        elif isinstance(node, ast.JoinedStr):
            begin, last = span(text, node)
            yield from (Edit(file, one, end, new) for one, end in named(text, old) if begin <= one and end <= last)


def _at_line(text: str, file: str, *, line: int, names: tuple[str, str]) -> Edit:
    old, new = names
    match = re.search(rf"\b{re.escape(old)}\b", line_at(text, line))
    start = offset(text, line) + (match.start() if match else 0)
    return Edit(file, start, start + len(old), new)


def _elsewhere(text: str, file: str, *, tree: ast.Module, module: str, names: tuple[str, str]) -> Iterator[Edit]:
    """``from module import old`` with all that it names there, and ``module.old``."""
    old, new = names
    for node in nodes(text):
        if isinstance(node, ast.ImportFrom) and node.module == module:
            for alias in node.names:
                if alias.name == old:
                    start = offset(text, alias.lineno, column=alias.col_offset + 1)
                    yield Edit(file, start, start + len(old), new)
                    if not alias.asname:
                        yield from _in_module(text, file, tree=tree, old=old, new=new)
        elif isinstance(node, ast.Attribute) and node.attr == old and ast.unparse(node.value) == module:
            end = span(text, node)[1]
            yield Edit(file, end - len(old), end, new)
