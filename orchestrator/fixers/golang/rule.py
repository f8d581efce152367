"""The rule for messages of the Go compiler and ``go vet``, which has no fix-its. ``_ = x`` silences: never proposed."""

import re
from collections.abc import Iterator

from orchestrator.domain.diagnosis import Diagnosis
from orchestrator.domain.suggestion import Edit, Suggestion
from orchestrator.fixers.braces import unclosed
from orchestrator.fixers.datafile import data
from orchestrator.fixers.near import near_misses
from orchestrator.fixers.places import delete_line, insert_line, line_at, offset, utf8
from orchestrator.fixers.rule import Rule
from orchestrator.fixers.templates import Scene, proposals, rows

_BUILTINS = frozenset(
    {"append", "cap", "copy", "delete", "len", "make", "max", "min", "new", "panic", "string", "error"}
)
_WORD = re.compile(r"\b[A-Za-z_]\w+\b")


def undefined(scene: Scene) -> Iterator[Suggestion]:
    """A package that is not imported, a slip of the pen, or a variable that is assigned before it is declared."""
    name = scene.match["name"]
    packages: dict[str, str] = data("go")["packages"]
    if name in packages and re.search(rf"\b{name}\.\w", scene.text):
        edit = _imported(scene.text, scene.file, package=packages[name])
        yield scene.suggestion(edit, message=f"import {packages[name]}", rank=10, source="go")
    if match := re.match(rf"\s*{re.escape(name)}(?:, \w+)*\s*(=)(?!=)", scene.line):
        place = offset(scene.text, scene.finding.line) + match.start(1)
        yield scene.suggestion(Edit(scene.file, place, place, ":"), message=f"declare `{name}`", rank=30, source="go")
    folder = scene.file.rpartition("/")[0]
    texts = [
        text
        for file, text in scene.diagnosis.texts.items()
        if file.endswith(".go") and file.rpartition("/")[0] == folder
    ]
    known = {match[0] for text in texts for match in _WORD.finditer(text)} | _BUILTINS | set(packages)
    yield from _renamed(scene, name, others=near_misses(name, known))


def _imported(text: str, file: str, *, package: str) -> Edit:
    if match := re.search(r"^import \(\n", text, re.MULTILINE):
        return Edit(file, match.end(), match.end(), f'\t"{package}"\n')
    line = next((n for n, row in enumerate(text.split("\n"), 1) if row.startswith("package ")), 0)
    return insert_line(text, file, line=line + 1, new=f'\nimport "{package}"')


def _renamed(scene: Scene, name: str, *, others: list[str]) -> Iterator[Suggestion]:
    start = offset(scene.text, scene.finding.line)
    places = [match.span() for match in re.finditer(rf"\b{re.escape(name)}\b", scene.line)]
    for rank, other in enumerate(others):
        edits = [Edit(scene.file, start + begin, start + end, other) for begin, end in places]
        if edits:
            yield scene.suggestion(*edits, message=f"`{name}` is spelled `{other}`", rank=20 + rank, source="go")


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
    yield scene.suggestion(edit, message=f"remove the import of {scene.match['name']}", rank=80, source="go")


def unused_variable(scene: Scene) -> Iterator[Suggestion]:
    """A variable that nobody reads goes, where nothing is computed in it."""
    if re.match(r"\s*(?:var\s+\w+\b[^(]*|\w+\s*:=\s*[-\w.\"']+)$", scene.line) and "(" not in scene.line:
        edit = delete_line(scene.text, scene.file, line=scene.finding.line)
        yield scene.suggestion(edit, message=f"remove `{scene.match['name']}`", rank=80, source="go")


def mismatched(scene: Scene) -> Iterator[Suggestion]:
    """Two numeric types meet: the integer is converted to the other."""
    left, right = scene.match["left"], scene.match["right"]
    wide = next((kind for kind in ("float64", "float32", "int64", "uint64") if kind in {left, right}), "")
    narrow = right if wide == left else left
    if not wide or not narrow.startswith(("int", "uint")) or narrow == "int64":
        return
    sides = re.split(r"\s*(?:[-+*/%]|[<>=!]=?=?)\s*", scene.match["expression"])
    wanted = sides[-1] if wide == left else sides[0]
    begin = scene.line.find(scene.match["expression"])
    place = scene.line.rfind(wanted, 0, begin + len(scene.match["expression"])) if wide == left else begin
    if begin >= 0 and place >= 0:
        start = offset(scene.text, scene.finding.line) + place
        edit = Edit(scene.file, start, start + len(wanted), f"{wide}({wanted})")
        yield scene.suggestion(edit, message=f"convert `{wanted}` to {wide}", rank=30, source="go")


def declared_again(scene: Scene) -> Iterator[Suggestion]:
    """``no new variables on left side of :=``."""
    place = scene.line.find(":=")
    if place >= 0:
        start = offset(scene.text, scene.finding.line) + place
        yield scene.suggestion(Edit(scene.file, start, start + 2, "="), message="assign with `=`", rank=20, source="go")


def syntax(scene: Scene) -> Iterator[Suggestion]:
    """A bracket or a comma is missing before the end of a line."""
    here = offset(scene.text, scene.finding.line, column=scene.finding.column, width=utf8)
    before = len(scene.text[:here].rstrip())
    for rank, token in enumerate((")", ",", "]", "}", " {")):
        edit = Edit(scene.file, before, before, token)
        yield scene.suggestion(edit, message=f"add `{token.strip()}`", rank=30 + rank, source="go")


def closing_brace(scene: Scene) -> Iterator[Suggestion]:
    """A block is not closed, which shows at the next function or at the end."""
    for rank, (line, indent) in enumerate(unclosed(scene.text)):
        edit = insert_line(scene.text, scene.file, line=line, new=f"{indent}}}")
        yield scene.suggestion(edit, message="close the block", rank=20 + rank, source="go")


def equals(scene: Scene) -> Iterator[Suggestion]:
    """An assignment where a comparison is meant."""
    for line in (scene.finding.line, scene.finding.line + 1):
        text = line_at(scene.text, line)
        if match := re.search(r"\bif\s+[^=;{]*[^=!<>:]=(?!=)", text):
            place = offset(scene.text, line) + match.end()
            yield scene.suggestion(
                Edit(scene.file, place, place, "="), message="compare with `==`", rank=10, source="go"
            )
            return


TABLE = rows(
    (r"^undefined: (?P<name>\w+)$", undefined),
    (r"undefined: (?P<name>\w+\.\w+)", member),
    (r"\w\.(?P<name>\w+) undefined \(type", member),
    (r"\"(?P<name>[^\"]+)\" imported and not used", unused_import),
    (r"declared and not used: (?P<name>\w+)", unused_variable),
    (r"invalid operation: (?P<expression>.+) \(mismatched types (?P<left>[\w.]+) and (?P<right>[\w.]+)\)", mismatched),
    (r"no new variables on left side of :=", declared_again),
    (r"(?:cannot use .* as value|cannot use assignment|expected boolean expression)", equals),
    (r"(?:unexpected \w+|expected '?[}{]|expected '\(', found \w+|expected operand, found)", closing_brace),
    (r"(?:syntax error|unexpected|expected '?[^ ]+'?,|missing ','|expected operand)", syntax),
)


def propose(diagnosis: Diagnosis) -> Iterator[Suggestion]:
    """What the templates make of each finding."""
    return proposals(diagnosis, TABLE, suffixes=(".go",))


RULE = Rule(name="go", propose=propose)
