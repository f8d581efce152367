"""Values of Go that do not fit: another number, an address, an error that is not taken, a method that is not called."""

import re
from collections.abc import Iterator, Mapping, Sequence

from orchestrator.domain.suggestion import Edit, Suggestion
from orchestrator.fixers.golang.imports import import_edit
from orchestrator.fixers.places import offset, utf8
from orchestrator.fixers.templates import Scene, rows

_WIDE = ("float64", "float32", "int64", "uint64")
_VERBS: Mapping[str, str] = {"string": "s", "bool": "t", "float64": "g", "float32": "g", "int": "d", "rune": "c"}
_ZEROS: Mapping[str, str] = {"string": '""', "bool": "false", "error": "nil", "any": "nil"}
_NUMBER = re.compile(r"u?int(?:8|16|32|64)?|float(?:32|64)|byte|rune")
_HEAD = re.compile(
    r"^func (?:\([^()]*\) )?\w+\([^()]*\) (?:\((?P<many>[^()]*)\)|(?P<one>[\w.*\[\]]+)) \{", re.MULTILINE
)


def mismatched(scene: Scene) -> Iterator[Suggestion]:
    """Two types meet: an integer is converted to the wider number, or written as text beside a text."""
    left, right = scene.match["left"], scene.match["right"]
    yield from _joined(scene, left=left, right=right)
    wide = next((kind for kind in _WIDE if kind in {left, right}), "")
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
        yield scene.suggestion(edit, message=f"convert `{wanted}` to {wide}", rank=30, source="type mismatch")


def _joined(scene: Scene, *, left: str, right: str) -> Iterator[Suggestion]:
    """``text + number`` and the other way round, of plain names."""
    if {left, right} != {"string", "int"}:
        return
    sides = re.split(r"\s*\+\s*", scene.match["expression"])
    number = sides[-1] if left == "string" else sides[0]
    begin = scene.line.find(scene.match["expression"])
    place = scene.line.find(number, begin + len(scene.match["expression"]) - len(number) if left == "string" else begin)
    if begin >= 0 and place >= 0 and re.fullmatch(r"[\w.]+(?:\([\w., ]*\))?", number):
        start = offset(scene.text, scene.finding.line) + place
        edits = [Edit(scene.file, start, start + len(number), f"strconv.Itoa({number})")]
        if '"strconv"' not in scene.text:
            edits.append(import_edit(scene.text, scene.file, package="strconv"))
        yield scene.suggestion(*edits, message=f"write `{number}` as text", rank=30, source="type mismatch")


def method_value(scene: Scene) -> Iterator[Suggestion]:
    """``x.Size > 1`` and ``cannot use x.Size (value of type func() int)``: the method is called."""
    name = scene.match["name"]
    start = offset(scene.text, scene.finding.line)
    for rank, match in enumerate(re.finditer(rf"(?<![\w.]){re.escape(name)}(?![\w(])", scene.line)):
        edit = Edit(scene.file, start + match.end(), start + match.end(), "()")
        yield scene.suggestion(edit, message=f"call `{name}`", rank=20 + rank, source="missing call")


def argument(scene: Scene) -> Iterator[Suggestion]:
    """A value where another type is wanted: its address, what it points to, or the number as the other kind."""
    have, want, name = scene.match["have"], scene.match["want"], scene.match["name"]
    is_pointer = "has pointer receiver" in scene.finding.message or want == f"*{have}"
    changes = [("&{}", "pass its address", 15)] if is_pointer else []
    changes += [("*{}", "pass what it points to", 15)] if have == f"*{want}" else []
    if _is_wider(want, have):
        changes.append((f"{want}({{}})", f"convert it to {want}", 25))
    if {have, want} in ({"string", "[]byte"}, {"string", "[]rune"}):
        changes.append((f"{want}({{}})", f"convert it to {want}", 25))
    start = offset(scene.text, scene.finding.line, column=scene.finding.column, width=utf8)
    for form, message, rank in changes if scene.text.startswith(name, start) else ():
        edit = Edit(scene.file, start, start + len(name), form.format(name))
        yield scene.suggestion(edit, message=message, rank=rank, source="type mismatch")


def _is_wider(want: str, have: str) -> bool:
    """Whether every number of the type ``have`` is one of ``want``; counts are taken to fit into a ``float64``."""
    if want == "float64":
        return bool(_NUMBER.fullmatch(have))
    widths = [re.fullmatch(r"(u?)int(8|16|32|64)?", kind) for kind in (want, have)]
    if not widths[0] or not widths[1]:
        return False
    size = [int(match[2] or 64) for match in widths if match]
    return size[0] >= size[1] and widths[0][1] == widths[1][1] and want != "int"


def error_not_taken(scene: Scene) -> Iterator[Suggestion]:
    """``1 variable but f returns 2 values``, in a function that returns an error itself: it is handed on."""
    match = re.match(r"(?P<indent>\s*)(?P<name>\w+)\s*(?P<sign>:?=)\s*(?P<call>.+)$", scene.line)
    results = _results(scene)
    if not match or match["sign"] != ":=" or results[-1:] != ["error"]:
        return
    zeros = [_zero(kind) for kind in results[:-1]]
    if "" in zeros:
        return
    indent = match["indent"]
    new = f"{indent}{match['name']}, err := {match['call']}\n{indent}if err != nil {{\n"
    new += f"{indent}\treturn {', '.join([*zeros, 'err'])}\n{indent}}}"
    start = offset(scene.text, scene.finding.line)
    edit = Edit(scene.file, start, start + len(scene.line), new)
    yield scene.suggestion(edit, message="take the error and return it", rank=30, source="unhandled error")


def _results(scene: Scene) -> Sequence[str]:
    """Types of what the function around the finding returns; names of results left out."""
    above = scene.text[: offset(scene.text, scene.finding.line)]
    heads = list(_HEAD.finditer(above))
    if not heads or "\n}" in above[heads[-1].end() :]:
        return ()
    told = heads[-1]["many"] or heads[-1]["one"]
    return [part.split()[-1] for part in told.split(",") if part.strip()]


def _zero(kind: str) -> str:
    """The zero value of a type; ``""`` where the name alone does not tell."""
    if kind.startswith(("*", "[]", "map[")):
        return "nil"
    return "0" if _NUMBER.fullmatch(kind) else _ZEROS.get(kind, "")


def missing_nil(scene: Scene) -> Iterator[Suggestion]:
    """``not enough return values``, and only the error is missing: there is none."""
    have, want = (re.search(rf"{word} \(([^()]*)\)", scene.finding.detail) for word in ("have", "want"))
    kinds = [[part.strip() for part in one[1].split(",") if part.strip()] if one else [] for one in (have, want)]
    is_last = len(kinds[1]) == len(kinds[0]) + 1 and kinds[1][-1:] == ["error"]
    if is_last and kinds[0] and re.match(r"\s*return\b.*[^{(,]$", scene.line):
        end = offset(scene.text, scene.finding.line) + len(scene.line.split(" //")[0].rstrip())
        edit = Edit(scene.file, end, end, ", nil")
        yield scene.suggestion(edit, message="return no error", rank=30, source="missing result")


def verb(scene: Scene) -> Iterator[Suggestion]:
    """A verb of ``Printf`` and its argument differ in kind."""
    found = scene.match["verb"]
    new = f"%{_VERBS.get(scene.match['kind'], 'v')}"
    start = offset(scene.text, scene.finding.line)
    for rank, match in enumerate(re.finditer(re.escape(found), scene.line)):
        edit = Edit(scene.file, start + match.start(), start + match.end(), new)
        yield scene.suggestion(edit, message=f"print it with `{new}`", rank=20 + rank, source="wrong verb")


def dereferenced(scene: Scene) -> Iterator[Suggestion]:
    """``invalid operation: cannot indirect``: the star goes."""
    start = offset(scene.text, scene.finding.line)
    name = scene.match["name"]
    for match in re.finditer(rf"\*{re.escape(name)}\b", scene.line):
        edit = Edit(scene.file, start + match.start(), start + match.start() + 1, "")
        yield scene.suggestion(edit, message=f"`{name}` is no pointer", rank=30, source="type mismatch")


_KIND = r"[\w.*\[\]]+"
TABLE = rows(
    (
        r"invalid operation: (?P<name>[\w.]+) \S+ .*\(mismatched types func\(\) [^()]+ and ",
        method_value,
    ),
    (r"cannot use (?P<name>[\w.]+) \(value of type func\(\)", method_value),
    (r"invalid operation: (?P<expression>.+) \(mismatched types (?P<left>[\w.]+) and (?P<right>[\w.]+)\)", mismatched),
    (
        (
            rf"cannot use (?P<name>[\w.\[\]]+) \((?:variable|value|constant \S+) of (?:\w+ )?type (?P<have>{_KIND})\)"
            rf" as (?P<want>{_KIND}) value"
        ),
        argument,
    ),
    (r"assignment mismatch: 1 variable but .+ returns 2 values", error_not_taken),
    (r"not enough return values", missing_nil),
    (r"format (?P<verb>%[-+# 0]*[\d.*]*[a-zA-Z]) has arg .+ of wrong type (?P<kind>[\w.]+)", verb),
    (r"invalid operation: cannot indirect (?P<name>\w+)", dereferenced),
)
