"""Adding an import where a formatter would have it: in its section, in order where the section is, merged by module."""

import ast
import sys
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

from orchestrator.domain.suggestion import Edit
from orchestrator.fixers.places import insert_line, line_at
from orchestrator.fixers.python.source import parsed, source_of, span

ImportNode: TypeAlias = ast.Import | ast.ImportFrom
_STANDARD, _INSTALLED, _OWN, _RELATIVE = range(4)
"""Sections, in the order in which isort and ruff have them."""


def import_edit(texts: Mapping[str, str], file: str, *, statement: str) -> Edit:
    """An edit of ``file`` that adds the import ``statement``.

    It goes below the docstring and imports from ``__future__``: into the names of an import from the same module, else
    into the section of its kind, in order where that is sorted, else above all other imports.
    """
    text = texts[file]
    (new,) = ast.parse(statement).body
    assert isinstance(new, ast.Import | ast.ImportFrom), "statement is an import"
    tree = parsed(text)
    body: Sequence[ast.stmt] = tree.body if tree else ()
    head = _head(body)
    block = _block(body[len(head) :])
    if not block:
        return _first(text, file, statement=statement, body=body)
    if len({node.lineno for node in block}) < len(block):
        return insert_line(text, file, line=block[0].lineno, new=statement)
    return _merged(text, file, new=new, block=block) or _placed(
        text, file, new=new, groups=_groups(text, block), own=_own(texts)
    )


def _head(body: Sequence[ast.stmt]) -> Sequence[ast.stmt]:
    """The docstring and imports from ``__future__``."""
    count = 0
    while count < len(body) and (_is_future(body[count]) or (count == 0 and _is_docstring(body[0]))):
        count += 1
    return body[:count]


def _block(body: Iterable[ast.stmt]) -> list[ImportNode]:
    """The imports that come first; where something else does, the first of those that follow it."""
    found: list[ImportNode] = []
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            found.append(node)
        elif found:
            break
    return found


def _groups(text: str, block: Sequence[ImportNode]) -> list[list[ImportNode]]:
    """Parted where an empty line stands between two."""
    groups = [[block[0]]]
    for above, node in pairwise(block):
        between = range((above.end_lineno or above.lineno) + 1, node.lineno)
        if any(not line_at(text, line).strip() for line in between):
            groups.append([])
        groups[-1].append(node)
    return groups


def _own(texts: Iterable[str]) -> frozenset[str]:
    """The project's own packages and modules, as far as their files tell."""
    return frozenset(file.removeprefix("src/").partition("/")[0].removesuffix(".py") for file in texts)


def _section(node: ImportNode, own: frozenset[str]) -> int:
    if isinstance(node, ast.ImportFrom) and node.level:
        return _RELATIVE
    top = _module(node).partition(".")[0]
    if top in own:
        return _OWN
    return _STANDARD if top in sys.stdlib_module_names else _INSTALLED


def _module(node: ImportNode) -> str:
    return (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name


def _key(node: ImportNode) -> tuple[bool, str]:
    """``import x`` before ``from x import y``."""
    return isinstance(node, ast.ImportFrom), _module(node).lower()


def _merged(text: str, file: str, *, new: ImportNode, block: Sequence[ImportNode]) -> Edit | None:
    """With the names that are imported from the same module on one line already; ``None`` where there is none."""
    for node in block if isinstance(new, ast.ImportFrom) else ():
        is_same = isinstance(node, ast.ImportFrom) and (node.module, node.level) == (_module(new), 0)
        if not is_same or source_of(text, node) != ast.unparse(node) or node.names[0].name == "*":
            continue
        names = [*node.names, *new.names]
        if _is_sorted(node.names):
            names.sort(key=_name_key)
        start, end = span(text, node)
        told = ", ".join(ast.unparse(one) for one in names)
        return Edit(file, start, end, f"from {_module(node)} import {told}")
    return None


def _is_sorted(names: Sequence[ast.alias]) -> bool:
    return all(_name_key(one) <= _name_key(other) for one, other in pairwise(names))


def _name_key(one: ast.alias) -> tuple[int, str]:
    """Constants, then classes, then the rest."""
    is_constant = one.name.isupper() and len(one.name) > 1
    return (0 if is_constant else 1 if one.name[:1].isupper() else 2), one.name.lower()


def _placed(
    text: str, file: str, *, new: ImportNode, groups: Sequence[Sequence[ImportNode]], own: frozenset[str]
) -> Edit:
    """In the group of its section; else as a group of its own, between those that come before and after it."""
    statement = ast.unparse(new)
    wanted = _section(new, own)
    sections = [[_section(node, own) for node in group] for group in groups]
    if sections != [sorted(row) for row in sections]:
        return insert_line(text, file, line=groups[0][0].lineno, new=statement)
    for group, section in zip(groups, sections, strict=True):
        if wanted in section:
            return _among(
                text,
                file,
                statement=statement,
                new=new,
                group=[node for node, one in zip(group, section, strict=True) if one == wanted],
            )
    later = next((group for group, section in zip(groups, sections, strict=True) if section[0] > wanted), None)
    if later is not None:
        return insert_line(text, file, line=later[0].lineno, new=f"{statement}\n")
    last = groups[-1][-1]
    return insert_line(text, file, line=(last.end_lineno or last.lineno) + 1, new=f"\n{statement}")


def _among(text: str, file: str, *, statement: str, new: ImportNode, group: Sequence[ImportNode]) -> Edit:
    """Before the first that comes after it, or below the last; above all where they are in no order."""
    if any(_key(one) > _key(other) for one, other in pairwise(group)):
        return insert_line(text, file, line=group[0].lineno, new=statement)
    later = next((node for node in group if _key(node) > _key(new)), None)
    line = later.lineno if later else (group[-1].end_lineno or group[-1].lineno) + 1
    return insert_line(text, file, line=line, new=statement)


def _first(text: str, file: str, *, statement: str, body: Sequence[ast.stmt]) -> Edit:
    """Where nothing is imported yet."""
    head = _head(body)
    if head:
        return insert_line(text, file, line=(head[-1].end_lineno or head[-1].lineno) + 1, new=f"\n{statement}")
    return insert_line(text, file, line=_behind_comments(text), new=statement + ("\n" if body else ""))


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _behind_comments(text: str) -> int:
    """The first line that is no ``#!`` and no coding line: above those nothing may stand."""
    lines = text.split("\n", 2)
    return 1 + sum(1 for line in lines[:2] if line.startswith("#!") or (line.startswith("#") and "coding" in line))
