"""Attributes and modules that do not exist: moved, renamed, misspelled."""

import ast
import builtins
import re
import sys
from collections.abc import Iterator

from orchestrator.domain.suggestion import Edit, Suggestion
from orchestrator.fixers.datafile import data
from orchestrator.fixers.near import near_misses
from orchestrator.fixers.places import offset
from orchestrator.fixers.python.imports import import_edit
from orchestrator.fixers.python.source import classes, members, nodes, parsed, source_of, span
from orchestrator.fixers.templates import Scene, rows


def of_object(scene: Scene) -> Iterator[Suggestion]:
    """``'T' object has no attribute 'x'``; also of a type, and of a ``super`` object."""
    name, owner = scene.match["name"], scene.match["owner"]
    table = data("python")["attributes"]
    renamed = [table[key] for key in (f"{owner}.{name}", f"*.{name}") if key in table]
    hint = [scene.match["hint"]] if scene.match["hint"] else []
    candidates = [*renamed, *hint, *near_misses(name, _attributes(scene, owner))]
    yield from _renamed(scene, name, candidates=candidates)


def of_module(scene: Scene) -> Iterator[Suggestion]:
    """``module 'm' has no attribute 'x'``."""
    name, module = scene.match["name"], scene.match["owner"]
    moved = data("python")["moved"].get(f"{module}.{name}")
    if moved:
        yield from _moved(scene, name, target=moved)
    hint = [scene.match["hint"]] if scene.match["hint"] else []
    yield from _renamed(scene, name, candidates=[*hint, *near_misses(name, _of_module(scene, module))])


def of_import(scene: Scene) -> Iterator[Suggestion]:
    """``cannot import name 'x' from 'm'``."""
    name, module = scene.match["name"], scene.match["owner"]
    moved = data("python")["moved"]
    for node in nodes(scene.text):
        if isinstance(node, ast.ImportFrom) and node.module == module and any(one.name == name for one in node.names):
            gone = {one.name: moved[key] for one in node.names if (key := f"{module}.{one.name}") in moved}
            if gone:
                yield _split(scene, node, gone=gone)
            for place, other in enumerate(near_misses(name, _of_module(scene, module))):
                start, end = span(scene.text, node)
                new = re.sub(rf"\b{re.escape(name)}\b", other, scene.text[start:end])
                edits = [Edit(scene.file, start, end, new), *_used(scene, name, other=other)]
                yield scene.suggestion(
                    *edits, message=f"`{name}` is spelled `{other}`", rank=20 + place, source="misspelled name"
                )


def no_module(scene: Scene) -> Iterator[Suggestion]:
    """``No module named 'm'``: it has another name now, or was misspelled."""
    name = scene.match["name"]
    modules = data("python")["modules"]
    candidates = [modules[name]] if name in modules else []
    own = {file.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for file in scene.diagnosis.texts}
    candidates += near_misses(name, {*sys.stdlib_module_names, *own})
    place = scene.finding.line
    for number, other in enumerate(candidates):
        for node in nodes(scene.text):
            if isinstance(node, ast.Import | ast.ImportFrom) and node.lineno == place:
                start, end = span(scene.text, node)
                new = _module_renamed(node, scene.text[start:end], name=name, other=other)
                edits = [Edit(scene.file, start, end, new)]
                if isinstance(node, ast.Import) and " as " not in new:
                    edits += _used(scene, name, other=other)
                yield scene.suggestion(
                    *edits, message=f"the module is called `{other}`", rank=15 + number, source="moved name"
                )


def _module_renamed(node: ast.Import | ast.ImportFrom, text: str, *, name: str, other: str) -> str:
    """A module inside of a package keeps the name under which the file uses it only if it is given one."""
    new = re.sub(rf"\b{re.escape(name)}\b", other, text, count=1)
    is_package = "." in other and isinstance(node, ast.Import) and " as " not in new
    return f"{new} as {name}" if is_package else new


def _attributes(scene: Scene, owner: str) -> set[str]:
    """What an object of that type has; where the type is not known, what the file uses."""
    own = [one for text in scene.diagnosis.texts.values() if f"class {owner}" in text for one in classes(text)]
    found = {name for one in own if one.name == owner for name in members(one)}
    builtin = getattr(builtins, owner, None)
    return found | (set(dir(builtin)) if isinstance(builtin, type) else set())


def _of_module(scene: Scene, module: str) -> set[str]:
    """What a module of the project binds, or one of the standard library that is loaded here anyway."""
    path = module.replace(".", "/")
    for file in (f"{path}.py", f"{path}/__init__.py", f"src/{path}.py", f"src/{path}/__init__.py"):
        tree = parsed(scene.diagnosis.texts.get(file, ""))
        if file in scene.diagnosis.texts and tree:
            return {name for node in tree.body for name in _bound(node)}
    if module.partition(".")[0] in sys.stdlib_module_names and module in sys.modules:
        return set(dir(sys.modules[module]))
    return set()


def _bound(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _renamed(scene: Scene, name: str, *, candidates: list[str]) -> Iterator[Suggestion]:
    start = offset(scene.text, scene.finding.line)
    places = [match.span(1) for match in re.finditer(rf"\.\s*({re.escape(name)})\b", scene.line)]
    for number, other in enumerate(dict.fromkeys(candidates)):
        edits = [Edit(scene.file, start + begin, start + end, other) for begin, end in places]
        if edits and other != name:
            yield scene.suggestion(
                *edits, message=f"`.{name}` is spelled `.{other}`", rank=20 + number, source="misspelled name"
            )


def _moved(scene: Scene, name: str, *, target: str) -> Iterator[Suggestion]:
    """Every use in the file, and the import that the new place needs."""
    uses = [node for node in nodes(scene.text) if isinstance(node, ast.Attribute) and node.attr == name]
    known = {source_of(scene.text, node.value) for node in uses if node.lineno == scene.finding.line}
    edits = [
        Edit(scene.file, *span(scene.text, node), target) for node in uses if source_of(scene.text, node.value) in known
    ]
    module = target.rpartition(".")[0]
    if edits:
        if module and module != "str" and f"import {module}\n" not in scene.text:
            edits.append(import_edit(scene.diagnosis.texts, scene.file, statement=f"import {module}"))
        yield scene.suggestion(*edits, message=f"it is `{target}` now", rank=10, source="moved name")


def _split(scene: Scene, node: ast.ImportFrom, *, gone: dict[str, str]) -> Suggestion:
    """The names that moved, imported from where they are; a builtin needs no import but the name given to it."""
    stay = [one for one in node.names if one.name not in gone]
    lines = [f"from {node.module} import {', '.join(ast.unparse(one) for one in stay)}"] if stay else []
    edits = []
    for one in node.names:
        module, _, new = gone.get(one.name, "").rpartition(".")
        alias = one.asname or (one.name if new != one.name else "")
        if module:
            lines.append(f"from {module} import {new}" + (f" as {alias}" if alias else ""))
        elif new:
            edits += _used(scene, one.asname or one.name, other=new)
    edits.append(Edit(scene.file, *span(scene.text, node), "\n".join(lines)))
    return scene.suggestion(*edits, message="import it from where it is now", rank=10, source="moved name")


def _used(scene: Scene, name: str, *, other: str) -> list[Edit]:
    return [
        Edit(scene.file, *span(scene.text, node), other)
        for node in nodes(scene.text)
        if isinstance(node, ast.Name) and node.id == name and source_of(scene.text, node) == name
    ]


_HINT = r"(?:\. Did you mean: '(?P<hint>\w+)'\?)?"
TABLE = rows(
    (
        rf"AttributeError: (?:type object )?'(?P<owner>\w+)'(?: object)? has no attribute '(?P<name>\w+)'{_HINT}",
        of_object,
    ),
    (rf"AttributeError: module '(?P<owner>[\w.]+)' has no attribute '(?P<name>\w+)'{_HINT}", of_module),
    (r"ImportError: cannot import name '(?P<name>\w+)' from '(?P<owner>[\w.]+)'", of_import),
    (r"ModuleNotFoundError: No module named '(?P<name>[\w.]+)'", no_module),
)
