"""What ``cannot find symbol`` means where nothing has to be imported: a slip of the pen, a size, a missing ``new``."""

import re
from collections.abc import Iterator

from orchestrator.domain.finding import Finding
from orchestrator.domain.suggestion import Edit, Suggestion
from orchestrator.fixers.datafile import data
from orchestrator.fixers.near import near_misses
from orchestrator.fixers.places import line_at, offset
from orchestrator.fixers.templates import Scene, rows

_SYMBOL = re.compile(r"symbol:\s+(?P<kind>class|variable|method)\s+(?P<name>\w+)")
_TYPE = re.compile(r"location: .* of type (?P<type>[\w.]+)(?:<.*>)?(?P<array>\[\])?")
_WORD = re.compile(r"\b[A-Za-z_]\w+\b")
_COMMON = frozenset(data("java")["common"])
_NEXT = 3


def symbol_of(finding: Finding) -> re.Match[str] | None:
    """Kind and name of the symbol; ``None`` where the finding is none of javac about a symbol."""
    text = f"{finding.message}\n{finding.detail}"
    return _SYMBOL.search(text) if finding.tool in {"javac", "maven", "gradle"} else None


def symbol(scene: Scene) -> Iterator[Suggestion]:
    """``cannot find symbol``."""
    match = symbol_of(scene.finding)
    if match:
        yield from _size(scene, match["name"])
        yield from _new(scene, match)
        known = {word[0] for text in scene.diagnosis.texts.values() for word in _WORD.finditer(text)} | _COMMON
        yield from renamed(scene, match["name"], others=near_misses(match["name"], known), line=scene.finding.line)


def renamed(scene: Scene, name: str, *, others: list[str], line: int) -> Iterator[Suggestion]:
    """``name`` on ``line`` as each of ``others``, the nearest first."""
    start = offset(scene.text, line)
    for rank, other in enumerate(others):
        edits = [
            Edit(scene.file, start + place.start(), start + place.end(), other)
            for place in re.finditer(rf"\b{re.escape(name)}\b", line_at(scene.text, line))
        ]
        if edits:
            message = f"`{name}` is spelled `{other}`"
            yield scene.suggestion(*edits, message=message, rank=20 + rank, source="misspelled name")


def _size(scene: Scene, name: str) -> Iterator[Suggestion]:
    """``length`` of an array, ``length()`` of a text, ``size()`` of a collection."""
    located = _TYPE.search(scene.finding.detail)
    sizes: dict[str, str] = data("java")["sizes"]
    new = sizes.get(located["array"] or located["type"].rpartition(".")[2], "") if located else ""
    if name not in {"length", "size", "count"} or not new:
        return
    start = offset(scene.text, scene.finding.line)
    for place in re.finditer(rf"\.{name}\b(?:\(\))?", scene.line):
        edit = Edit(scene.file, start + place.start(), start + place.end(), f".{new}")
        yield scene.suggestion(edit, message=f"its size is `{new}`", rank=10, source="wrong size")


def _new(scene: Scene, match: re.Match[str]) -> Iterator[Suggestion]:
    """A class is called like a method."""
    name = match["name"]
    is_class = any(re.search(rf"\b(?:class|record) {name}\b", text) for text in scene.diagnosis.texts.values())
    if match["kind"] == "method" and is_class:
        start = offset(scene.text, scene.finding.line)
        for place in re.finditer(rf"(?<!new )(?<![\w.]){name}\(", scene.line):
            edit = Edit(scene.file, start + place.start(), start + place.start(), "new ")
            yield scene.suggestion(edit, message=f"make a `{name}` with `new`", rank=10, source="missing new")


def overriding(scene: Scene) -> Iterator[Suggestion]:
    """``does not override``: the method below the annotation is misspelled."""
    known = {word[0] for text in scene.diagnosis.texts.values() for word in re.finditer(r"\b\w+(?=\()", text)}
    known |= set(str(data("java")["inherited"]).split())
    for line in range(scene.finding.line, scene.finding.line + _NEXT):
        if head := re.search(r"[\w>\]]\s+(?P<name>\w+)\s*\(", line_at(scene.text, line)):
            yield from renamed(scene, head["name"], others=near_misses(head["name"], known), line=line)
            return


def private(scene: Scene) -> Iterator[Suggestion]:
    """``x has private access in T``: read through the method that its class offers."""
    name = scene.match["name"]
    start = offset(scene.text, scene.finding.line)
    getters = (f"get{name[:1].upper()}{name[1:]}", f"is{name[:1].upper()}{name[1:]}", name)
    known = [one for one in getters if any(f" {one}()" in text for text in scene.diagnosis.texts.values())]
    for rank, getter in enumerate(known):
        for place in re.finditer(rf"\.({name})\b(?!\s*(?:\(|[-+*/%]?=(?!=)))", scene.line):
            edit = Edit(scene.file, start + place.start(1), start + place.end(1), f"{getter}()")
            yield scene.suggestion(edit, message=f"read it with `{getter}()`", rank=20 + rank, source="private field")


TABLE = rows(
    (r"cannot find symbol", symbol),
    (r"method does not override or implement a method", overriding),
    (r"^(?P<name>\w+) has private access in", private),
)
