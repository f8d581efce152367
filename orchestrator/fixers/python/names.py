"""Names that are not defined: a missing import, a missing ``self``, a slip of the pen."""

import ast
import builtins
import sys
from collections.abc import Iterator
from functools import cache

from orchestrator.domain.suggestion import Edit, Suggestion
from orchestrator.fixers.datafile import data
from orchestrator.fixers.near import near_misses
from orchestrator.fixers.places import indent_of, insert_line, line_at, line_of
from orchestrator.fixers.python.imports import import_edit
from orchestrator.fixers.python.source import (
    bound_names,
    enclosing,
    enclosing_class,
    members,
    named,
    nodes,
    parsed,
)
from orchestrator.fixers.templates import Scene, rows


@cache
def imports() -> dict[str, str]:
    """Name -> the statement that is meant by it."""
    found = {module: f"import {module}" for module in sorted(sys.stdlib_module_names) if not module.startswith("_")}
    for module, names in data("python")["names"].items():
        found |= {name: f"from {module} import {name}" for name in str(names).split()}
    aliases: dict[str, str] = data("python")["aliases"]
    return found | aliases | {"datetime": "from datetime import datetime", "queue": "import queue"}


def undefined(scene: Scene) -> Iterator[Suggestion]:
    """``name 'X' is not defined``."""
    name = scene.match["name"]
    yield from _missing_self(scene, name)
    yield from _missing_import(scene, name)
    yield from _misspelled(scene, name)


def _missing_import(scene: Scene, name: str) -> Iterator[Suggestion]:
    statements = [imports()[name]] if name in imports() else []
    if name == "datetime" and any(_is_method(node, name) for node in nodes(scene.text)):
        statements.insert(0, "import datetime")
    statements += _own(scene, name)
    for place, statement in enumerate(statements):
        edit = import_edit(scene.diagnosis.texts, scene.file, statement=statement)
        yield scene.suggestion(edit, message=f"add `{statement}`", rank=12 + place, source="missing import")


def _is_method(node: ast.AST, name: str) -> bool:
    """``datetime.datetime`` and ``datetime.date``: then the module is meant."""
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == name
        and node.attr in {"datetime", "date", "timedelta", "timezone", "time"}
    )


def _own(scene: Scene, name: str) -> Iterator[str]:
    """What another file of the project defines at its top level."""
    for file, text in scene.diagnosis.texts.items():
        if file != scene.file and file.endswith(".py") and name in text and "test" not in file:
            tree = parsed(text)
            if tree and any(getattr(node, "name", "") == name for node in tree.body):
                module = file.removesuffix(".py").removesuffix("/__init__").removeprefix("src/").replace("/", ".")
                yield f"from {module} import {name}"


def _missing_self(scene: Scene, name: str) -> Iterator[Suggestion]:
    owner = enclosing_class(scene.text, scene.finding.line)
    function = enclosing(scene.text, scene.finding.line)
    if not owner or not function or name not in members(owner) or not function.args.args:
        return
    first = function.args.args[0].arg
    if first not in {"self", "cls"}:
        return
    last = function.end_lineno or function.lineno
    edits = [
        Edit(scene.file, start, start, f"{first}.")
        for start, _ in named(scene.text, name)
        if function.lineno <= line_of(scene.text, start) <= last
    ]
    if edits:
        yield scene.suggestion(*edits, message=f"use `{first}.{name}`", rank=10, source="missing self")


def _misspelled(scene: Scene, name: str) -> Iterator[Suggestion]:
    hint = scene.match["hint"] or ""
    known = (bound_names(scene.text) | set(dir(builtins))) - {name}
    found = [hint] if hint and hint != name and "." not in hint else []
    spans = named(scene.text, name)
    for place, other in enumerate(dict.fromkeys([*found, *near_misses(name, known)])):
        edits = [Edit(scene.file, start, end, other) for start, end in spans]
        if edits:
            yield scene.suggestion(
                *edits, message=f"`{name}` is spelled `{other}`", rank=20 + place, source="misspelled name"
            )


def unbound(scene: Scene) -> Iterator[Suggestion]:
    """A function assigns to a name of its module, or of the function around it, that it also reads."""
    name = scene.match["name"]
    function = enclosing(scene.text, scene.finding.line)
    tree = parsed(scene.text)
    if not function or not tree:
        return
    is_global = any(_binds(node, name) for node in tree.body)
    word = "global" if is_global else "nonlocal"
    outer = enclosing(scene.text, function.lineno - 1)
    if not is_global and (outer is None or outer is function):
        return
    first = function.body[0]
    line = first.lineno + (0 if not _is_text(first) else (first.end_lineno or first.lineno) - first.lineno + 1)
    new = indent_of(line_at(scene.text, first.lineno)) + f"{word} {name}"
    edit = insert_line(scene.text, scene.file, line=line, new=new)
    yield scene.suggestion(edit, message=f"declare `{word} {name}`", rank=30, source="missing scope")


def _binds(node: ast.stmt, name: str) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return any(isinstance(target, ast.Name) and target.id == name for target in targets)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


TABLE = rows(
    (r"NameError: name '(?P<name>\w+)' is not defined(?:\. Did you mean: '(?P<hint>[\w.]+)')?", undefined),
    (r"UnboundLocalError: (?:cannot access )?local variable '(?P<name>\w+)'", unbound),
)
