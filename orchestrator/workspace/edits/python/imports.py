"""Adds to a Python file the imports that a piece of code brings along and the file lacks."""

import ast
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from orchestrator.errors import ReplyError
from orchestrator.workspace.edits.python.layout import LineChange
from orchestrator.workspace.edits.python.source import Key, comments_above, extent_of, import_keys, is_docstring

_Import: TypeAlias = ast.Import | ast.ImportFrom


def _bound_name(key: Key) -> str:
    _, module, name, alias = key
    return alias or (name.split(".")[0] if module == "import" else name)


def _imports(body: Sequence[ast.stmt]) -> Iterator[_Import]:
    """The imports of a body, those under ``if`` and ``try`` included."""
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.If | ast.Try):
            yield from _imports([*node.body, *node.orelse])


def _missing(node: _Import, known: frozenset[Key]) -> _Import | None:
    """``node`` reduced to what is not ``known``; ``None`` where nothing is left."""
    aliases = [alias for alias, key in zip(node.names, import_keys(node), strict=True) if key not in known]
    if not aliases:
        return None
    if isinstance(node, ast.Import):
        return ast.Import(names=aliases)
    return ast.ImportFrom(module=node.module, names=aliases, level=node.level)


def _refuse_conflict(node: _Import, known: frozenset[Key]) -> None:
    """An import of a name that the file has from elsewhere would change the rest of the file."""
    taken = {_bound_name(key): key for key in known}
    for key in import_keys(node):
        name = _bound_name(key)
        is_package = key[1] == "import" and not key[3]  # `import a.b` beside `import a` binds the same `a`
        if name in taken and taken[name] != key and name != "*" and not (is_package and taken[name][1] == "import"):
            what = f"the block imports {name!r}, which the file has from elsewhere"
            raise ReplyError(what, hint="send a SEARCH/REPLACE block, or the whole file with its path")


def _top_of_code(body: Sequence[ast.stmt], lines: Sequence[str]) -> int:
    """Index where a first import goes: behind the doc-string, or above the first statement and its comment."""
    code = [node for node in body if not is_docstring(node)]
    if len(code) < len(body) and is_docstring(body[0]):
        return extent_of(body[0], lines).stop
    first = extent_of(code[0], lines).start if code else len(lines)
    above = comments_above(first, lines) if code else first
    return first if above == 0 else above  # a comment in line 1 is the file's (shebang, licence), not the code's


def _end_of_imports(body: Sequence[ast.stmt], lines: Sequence[str]) -> int:
    """Index behind the imports that open the file; -1 where none do."""
    last = -1
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            last = extent_of(node, lines).stop
        elif not is_docstring(node):
            break
    return last


def import_changes(old: Sequence[ast.stmt], new: Sequence[ast.stmt], *, lines: Sequence[str]) -> list[LineChange]:
    """What to insert so that a file has the imports of ``new``, too.

    Args:
        old: the file's statements.
        new: the block's.
        lines: the file's lines.

    Raises:
        ReplyError: the file has one of the names from somewhere else.
    """
    known = frozenset(key for node in _imports(old) for key in import_keys(node))
    wanted = [node for node in new if isinstance(node, ast.Import | ast.ImportFrom)]
    missing = [node for node in (_missing(node, known) for node in wanted) if node is not None]
    for node in missing:
        _refuse_conflict(node, known)
    return _placed(missing, old, lines=lines)


def _placed(missing: Sequence[_Import], old: Sequence[ast.stmt], *, lines: Sequence[str]) -> list[LineChange]:
    future = [n for n in missing if isinstance(n, ast.ImportFrom) and n.module == "__future__"]
    plain = [n for n in missing if n not in future]
    top, end = _top_of_code(old, lines), _end_of_imports(old, lines)
    changes = []
    if future:
        changes.append(LineChange(top, top, (*map(ast.unparse, future), "")))
    if plain and end >= 0:
        changes.append(LineChange(end, end, tuple(map(ast.unparse, plain))))
    elif plain:
        changes.append(LineChange(top, top, (*map(ast.unparse, plain), "")))
    return changes
