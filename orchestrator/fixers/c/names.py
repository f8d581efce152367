"""Names that C does not know: a missing header, a missing declaration, a library that is not linked."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import PurePosixPath

from orchestrator.domain.diagnosis import Diagnosis
from orchestrator.domain.suggestion import Edit, Suggestion
from orchestrator.fixers.datafile import data
from orchestrator.fixers.near import near_misses
from orchestrator.fixers.places import insert_line, offset, replace_line, sorted_place
from orchestrator.fixers.templates import Scene, rows

_INCLUDE = re.compile(r"^[ \t]*#[ \t]*include\b[ \t]*(?P<what>.*)$", re.MULTILINE)
_WORD = re.compile(r"\b[A-Za-z_]\w{2,}\b")
_NAME = r"[\u2018'`\"](?P<name>\w+)[\u2019'\"]"
_UNDEFINED = re.compile(r"undefined reference to [\u2018'`\"](?P<name>\w+)")


@cache
def headers() -> dict[str, str]:
    """Name -> the header of the standard library, or of POSIX, that declares it."""
    table: dict[str, str] = data("c")["headers"]
    return {name: header for header, names in table.items() for name in names.split()}


def unknown(scene: Scene) -> Iterator[Suggestion]:
    """A function, a type or a variable that is not declared."""
    name = scene.match["name"]
    if name in headers():
        yield _included(scene, f"<{headers()[name]}>", rank=15)
    for header in _own_headers(scene.diagnosis, name, but=scene.file):
        yield _included(scene, f'"{header}"', rank=18)
    yield from _declared_above(scene, name)
    yield from _misspelled(scene, name)


def _included(scene: Scene, what: str, *, rank: int) -> Suggestion:
    found = {scene.text.count("\n", 0, one.start()) + 1: one["what"] for one in _INCLUDE.finditer(scene.text)}
    line = sorted_place({line: name for line, name in found.items() if name[:1] == what[:1]} or found, what)
    edit = insert_line(scene.text, scene.file, line=line, new=f"#include {what}")
    return scene.suggestion(edit, message=f"include {what}", rank=rank, source="missing include")


def _own_headers(diagnosis: Diagnosis, name: str, *, but: str) -> Iterator[str]:
    """Headers of the project that declare or define ``name``."""
    pattern = re.compile(rf"\b{re.escape(name)}\s*\(|(?:#\s*define|enum|struct|typedef\b[^;]*)\s+{re.escape(name)}\b")
    for file, text in diagnosis.texts.items():
        if file.endswith((".h", ".hpp")) and file != but and pattern.search(text):
            yield PurePosixPath(file).name


def _declared_above(scene: Scene, name: str) -> Iterator[Suggestion]:
    """A function that the same file defines further down is declared below the includes."""
    definition = re.compile(rf"^(?P<head>[A-Za-z_][\w \t*]*?\b{re.escape(name)}\s*\([^;{{}}]*\))\s*\{{", re.MULTILINE)
    if match := definition.search(scene.text):
        found = list(_INCLUDE.finditer(scene.text))
        line = scene.text.count("\n", 0, found[-1].start()) + 2 if found else 1
        head = " ".join(match["head"].split())
        edit = insert_line(scene.text, scene.file, line=line, new=f"\n{head};" if found else f"{head};\n")
        yield scene.suggestion(
            edit, message=f"declare `{name}` above its first use", rank=20, source="missing declaration"
        )


def _misspelled(scene: Scene, name: str) -> Iterator[Suggestion]:
    known = {match[0] for match in _WORD.finditer(scene.text)} | set(headers())
    start = offset(scene.text, scene.finding.line)
    places = [match.span() for match in re.finditer(rf"\b{re.escape(name)}\b", scene.line)]
    for rank, other in enumerate(near_misses(name, known)):
        edits = [Edit(scene.file, start + begin, start + end, other) for begin, end in places]
        if edits:
            yield scene.suggestion(
                *edits, message=f"`{name}` is spelled `{other}`", rank=30 + rank, source="misspelled name"
            )


def libraries(diagnosis: Diagnosis) -> Iterator[Suggestion]:
    """``undefined reference``: the library is named in the Makefile, behind what is linked already."""
    text = diagnosis.texts.get("Makefile")
    if text is None:
        return
    for finding in diagnosis.findings:
        if match := _UNDEFINED.search(f"{finding.message}\n{finding.detail}"):
            known = data("c")["libraries"].items()
            for library in (key for key, names in known if match["name"] in str(names).split()):
                edit = _linked(text, f"-l{library}")
                if edit:
                    yield Suggestion(
                        edits=(edit,),
                        source="missing library",
                        message=f"link with -l{library}",
                        rank=20,
                        finding=finding.fingerprint,
                    )


def _linked(text: str, flag: str) -> Edit | None:
    """On the line that sets ``LDLIBS``; as a new one where it is only used; else at the end of the linking command."""
    if flag in text.split():
        return None
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if re.match(r"\s*(?:LDLIBS|LIBS)\s*[:+?]?=", line):
            return replace_line(text, "Makefile", line=number, new=f"{line.rstrip()} {flag}")
    if "$(LDLIBS)" in text:
        last = max((n for n, line in enumerate(lines, 1) if re.match(r"\w+\s*[:+?]?=", line)), default=0)
        return insert_line(text, "Makefile", line=last + 1, new=f"LDLIBS = {flag}")
    for number, line in enumerate(lines, 1):
        if line.startswith("\t") and " -o " in line and " -c " not in line:
            return replace_line(text, "Makefile", line=number, new=f"{line.rstrip()} {flag}")
    return None


TABLE = rows(
    (rf"implicit declaration of function {_NAME}", unknown),
    (rf"{_NAME} undeclared", unknown),
    (rf"unknown type name {_NAME}", unknown),
    (rf"use of undeclared identifier {_NAME}", unknown),
    (rf"call to undeclared (?:library )?function {_NAME}", unknown),
)
