"""Names of Go: not imported, not declared, misspelled, declared twice, never used. ``_ = x`` is never proposed."""

import re
from collections.abc import Iterator

from orchestrator.domain.suggestion import Edit, Suggestion
from orchestrator.fixers.datafile import data
from orchestrator.fixers.golang.imports import import_edit
from orchestrator.fixers.near import near_misses
from orchestrator.fixers.places import delete_line, offset
from orchestrator.fixers.templates import Scene, rows

_BUILTINS = frozenset(
    {"append", "cap", "copy", "delete", "len", "make", "max", "min", "new", "panic", "string", "error"}
)
_WORD = re.compile(r"\b[A-Za-z_]\w+\b")


def undefined(scene: Scene) -> Iterator[Suggestion]:
    """A package that is not imported, a slip of the pen, or a variable that is assigned before it is declared."""
    name = scene.match["name"]
    packages: dict[str, str] = data("go")["packages"]
    if name in packages and re.search(rf"\b{name}\.\w", scene.text):
        edit = import_edit(scene.text, scene.file, package=packages[name])
        yield scene.suggestion(edit, message=f"import {packages[name]}", rank=10, source="missing import")
    if match := re.match(rf"\s*{re.escape(name)}(?:, \w+)*\s*(=)(?!=)", scene.line):
        place = offset(scene.text, scene.finding.line) + match.start(1)
        edit = Edit(scene.file, place, place, ":")
        yield scene.suggestion(edit, message=f"declare `{name}`", rank=30, source="missing declaration")
    folder = scene.file.rpartition("/")[0]
    texts = [
        text
        for file, text in scene.diagnosis.texts.items()
        if file.endswith(".go") and file.rpartition("/")[0] == folder
    ]
    known = {match[0] for text in texts for match in _WORD.finditer(text)} | _BUILTINS | set(packages)
    yield from _renamed(scene, name, others=near_misses(name, known))


def _renamed(scene: Scene, name: str, *, others: list[str]) -> Iterator[Suggestion]:
    start = offset(scene.text, scene.finding.line)
    places = [match.span() for match in re.finditer(rf"\b{re.escape(name)}\b", scene.line)]
    for rank, other in enumerate(others):
        edits = [Edit(scene.file, start + begin, start + end, other) for begin, end in places]
        if edits:
            message = f"`{name}` is spelled `{other}`"
            yield scene.suggestion(*edits, message=message, rank=20 + rank, source="misspelled name")


def member(scene: Scene) -> Iterator[Suggestion]:
    """A field, a method or a name of a package; the compiler may say which one there is."""
    name = scene.match["name"].rpartition(".")[2]
    hint = re.search(r"but does have (?:field|method) (\w+)", scene.finding.message)
    known = {match[0] for text in scene.diagnosis.texts.values() for match in _WORD.finditer(text)}
    yield from _renamed(scene, name, others=[hint[1]] if hint else near_misses(name, known))
    if name[:1].islower():
        yield from _renamed(scene, name, others=[name[:1].upper() + name[1:]])


def unused_import(scene: Scene) -> Iterator[Suggestion]:
    """An import that nobody uses goes; last, for it may be what is misspelled elsewhere."""
    edit = delete_line(scene.text, scene.file, line=scene.finding.line)
    message = f"remove the import of {scene.match['name']}"
    yield scene.suggestion(edit, message=message, rank=80, source="unused import")


def unused_variable(scene: Scene) -> Iterator[Suggestion]:
    """One that an outer block has is meant, where there is such a one; else it goes, if nothing is computed in it."""
    name = scene.match["name"]
    match = re.match(rf"(?P<indent>\s*){re.escape(name)}\s*(?P<sign>:=)", scene.line)
    start = offset(scene.text, scene.finding.line)
    if match and _has_outer(scene.text[:start], name, indent=match["indent"]):
        edit = Edit(scene.file, start + match.start("sign"), start + match.end("sign"), "=")
        yield scene.suggestion(edit, message=f"assign to the outer `{name}`", rank=30, source="repeated declaration")
    if re.match(r"\s*(?:var\s+\w+\b[^(]*|\w+\s*:=\s*[-\w.\"']+)$", scene.line) and "(" not in scene.line:
        edit = delete_line(scene.text, scene.file, line=scene.finding.line)
        yield scene.suggestion(edit, message=f"remove `{name}`", rank=80, source="unused variable")


def _has_outer(above: str, name: str, *, indent: str) -> bool:
    """Whether the same function declares ``name`` above, less far in."""
    function = above[above.rfind("\nfunc ") + 1 :]
    pattern = rf"^(?P<indent>\s*)(?:var\s+)?(?:\w+,\s*)*{re.escape(name)}(?:,\s*\w+)*\s*(?::=|\s[\w*\[\]]+(?:\s*=|$))"
    found = re.finditer(pattern, function, re.MULTILINE)
    return any(len(match["indent"].lstrip("\n")) < len(indent) for match in found)


def declared_again(scene: Scene) -> Iterator[Suggestion]:
    """``no new variables on left side of :=``."""
    place = scene.line.find(":=")
    if place >= 0:
        start = offset(scene.text, scene.finding.line) + place
        edit = Edit(scene.file, start, start + 2, "=")
        yield scene.suggestion(edit, message="assign with `=`", rank=20, source="repeated declaration")


def constant(scene: Scene) -> Iterator[Suggestion]:
    """A constant is assigned to: where it was declared alone, it becomes a variable."""
    name = scene.match["name"]
    declared = list(re.finditer(rf"^[ \t]*(const)[ \t]+{re.escape(name)}\b", scene.text, re.MULTILINE))
    if len(declared) == 1:
        edit = Edit(scene.file, declared[0].start(1), declared[0].end(1), "var")
        yield scene.suggestion(edit, message=f"make `{name}` a variable", rank=40, source="assigned constant")


TABLE = rows(
    (r"^undefined: (?P<name>\w+)$", undefined),
    (r"undefined: (?P<name>\w+\.\w+)", member),
    (r"\w\.(?P<name>\w+) undefined \(type", member),
    (r"\"(?P<name>[^\"]+)\" imported and not used", unused_import),
    (r"declared and not used: (?P<name>\w+)", unused_variable),
    (r"no new variables on left side of :=", declared_again),
    (r"cannot assign to (?P<name>\w+) \((?:neither addressable|constant|untyped)", constant),
)
