"""Values of Java that do not fit, and declarations that do not allow what is done with what they declare."""

import re
from collections.abc import Iterator

from orchestrator.domain.suggestion import Applicability, Edit, Suggestion
from orchestrator.fixers.datafile import data
from orchestrator.fixers.java.expression import expression_at
from orchestrator.fixers.places import line_at, offset
from orchestrator.fixers.templates import Scene, rows

_MODIFIERS = r"(?:(?:public|private|protected|final|synchronized|abstract)\s+)*"
_HEAD = re.compile(r"\)\s*(?P<throws>throws\s+[\w., ]+?)?\s*(?P<brace>\{)\s*$")
_NO_METHOD = re.compile(r"\s*(?:\}\s*)?(?:if|for|while|switch|catch|try|else|do|synchronized)\b|.*\bnew\b|.*->")


def incompatible(scene: Scene) -> Iterator[Suggestion]:
    """``X cannot be converted to Y`` and lossy conversions."""
    have, want = scene.match["have"], scene.match["want"]
    if want == "boolean":
        yield from comparison(scene)
        return
    start, end = expression_at(scene.line, scene.finding.column - 1)
    told = scene.line[start:end]
    readers: dict[str, str] = data("java")["readers"]
    numbers = {*readers, "float", "short", "byte", "char"}
    if not told:
        return
    if want == "String" and have in numbers:
        yield _put(scene, (start, end), new=f"String.valueOf({told})")
    elif have == "String" and want in readers:
        yield _put(scene, (start, end), new=f"{readers[want]}({told})", is_risky=True)
    elif have == "Object" or {have, want} <= numbers:
        inner = f"({told})" if re.search(r"[-+*/% ]", told) else told
        yield _put(scene, (start, end), new=f"({want}) {inner}", is_risky=True)


def _put(scene: Scene, place: tuple[int, int], *, new: str, is_risky: bool = False) -> Suggestion:
    base = offset(scene.text, scene.finding.line)
    edit = Edit(scene.file, base + place[0], base + place[1], new)
    kind = Applicability.RISKY if is_risky else Applicability.LIKELY
    return scene.suggestion(edit, message=f"write `{new}`", rank=30, source="type mismatch", applicability=kind)


def comparison(scene: Scene) -> Iterator[Suggestion]:
    """An assignment where a comparison is meant."""
    for match in re.finditer(r"(?<![=!<>:+*/%&|^-])=(?!=)", scene.line):
        if re.search(r"\b(?:if|while|return)\b", scene.line[: match.start()]):
            start = offset(scene.text, scene.finding.line) + match.start()
            edit = Edit(scene.file, start, start + 1, "==")
            yield scene.suggestion(edit, message="compare with `==`", rank=10, source="comparison")


def unexpected(scene: Scene) -> Iterator[Suggestion]:
    """``unexpected type``: an assignment to a value, or a primitive type where only classes may be."""
    if "required: variable" in scene.finding.detail:
        yield from comparison(scene)
    boxes: dict[str, str] = data("java")["boxes"]
    found = re.search(r"found:\s+(\w+)", scene.finding.detail)
    box = boxes.get(found[1]) if found else None
    if found and box:
        start = offset(scene.text, scene.finding.line)
        places = list(re.finditer(rf"(?<=[<,\s]){found[1]}(?=[>,])", scene.line))
        edits = [Edit(scene.file, start + one.start(), start + one.end(), box) for one in places]
        if edits:
            yield scene.suggestion(*edits, message=f"write `{box}`", rank=10, source="primitive type")


def unreported(scene: Scene) -> Iterator[Suggestion]:
    """A checked exception: the method says that it throws it, unless it overrides another, which does not."""
    for number in range(scene.finding.line - 1, 0, -1):
        line = line_at(scene.text, number)
        head = _HEAD.search(line)
        if head and not _NO_METHOD.match(line):
            place = offset(scene.text, number) + head.start("brace")
            name = scene.match["name"].rpartition(".")[2]
            if "@Override" not in line_at(scene.text, number - 1) and head["throws"] is None:
                edit = Edit(scene.file, place, place, f"throws {name} ")
                message = f"hand `{name}` on to the caller"
                yield scene.suggestion(edit, message=message, rank=60, source="unreported exception")
            elif head["throws"] is not None:
                end = offset(scene.text, number) + head.end("throws")
                edit = Edit(scene.file, end, end, f", {name}")
                message = f"hand `{name}` on to the caller"
                yield scene.suggestion(edit, message=message, rank=60, source="unreported exception")
            return


def static(scene: Scene) -> Iterator[Suggestion]:
    """A method without an object is called: it becomes one of the class, where it uses no object's fields."""
    pattern = rf"^[ \t]*{_MODIFIERS}(?P<place>)[\w<>\[\], ]+\s{re.escape(scene.match['name'])}\s*\([^;]*\{{"
    for head in re.finditer(pattern, scene.text, re.MULTILINE):
        edit = Edit(scene.file, head.start("place"), head.start("place"), "static ")
        message = f"make `{scene.match['name']}` static"
        yield scene.suggestion(edit, message=message, rank=20, source="missing static")


def uninitialised(scene: Scene) -> Iterator[Suggestion]:
    """A sum, which begins at nothing; what else begins without a value, only its author knows."""
    name = scene.match["name"]
    zeros = {"int": "0", "long": "0", "double": "0", "float": "0", "short": "0", "String": '""'}
    declared = re.search(rf"^[ \t]*(?P<type>\w+) {re.escape(name)}(?P<end>);", scene.text, re.MULTILINE)
    zero = zeros.get(declared["type"]) if declared else None
    if declared and zero and re.search(rf"\b{re.escape(name)}\s*\+=", scene.line):
        place = declared.start("end")
        edit = Edit(scene.file, place, place, f" = {zero}")
        yield scene.suggestion(edit, message=f"begin `{name}` at {zero}", rank=40, source="missing value")


def declared_again(scene: Scene) -> Iterator[Suggestion]:
    """``variable x is already defined``: it is assigned to."""
    match = re.match(rf"\s*(?P<type>(?:final )?[\w<>\[\], ]+?\s+){re.escape(scene.match['name'])}\s*=", scene.line)
    if match:
        start = offset(scene.text, scene.finding.line)
        edit = Edit(scene.file, start + match.start("type"), start + match.end("type"), "")
        message = f"assign to `{scene.match['name']}`"
        yield scene.suggestion(edit, message=message, rank=20, source="repeated declaration")


def final(scene: Scene) -> Iterator[Suggestion]:
    """A final variable is assigned to; that it is final may be what is right."""
    pattern = rf"\b(?P<word>final )[\w<>\[\], ]+\s{re.escape(scene.match['name'])}\b"
    places = list(re.finditer(pattern, scene.text))
    if len(places) == 1:
        edit = Edit(scene.file, places[0].start("word"), places[0].end("word"), "")
        message = f"let `{scene.match['name']}` change"
        kind = Applicability.RISKY
        yield scene.suggestion(edit, message=message, source="assigned constant", applicability=kind)


TABLE = rows(
    (r"incompatible types: possible lossy conversion from (?P<have>\w+) to (?P<want>\w+)", incompatible),
    (r"incompatible types: (?P<have>\w+) cannot be converted to (?P<want>[\w.<>\[\]]+)", incompatible),
    (r"^unexpected type", unexpected),
    (r"unreported exception (?P<name>[\w.]+)", unreported),
    (r"non-static method (?P<name>\w+)\(.*\) cannot be referenced from a static context", static),
    (r"variable (?P<name>\w+) might not have been initialized", uninitialised),
    (r"variable (?P<name>\w+) is already defined", declared_again),
    (r"cannot assign a value to final variable (?P<name>\w+)", final),
)
