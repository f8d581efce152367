"""The rule for messages of javac. Which package a class is in, the JDK's own ``javap`` says."""

import re
from collections.abc import Iterator, Sequence

from orchestrator.domain.diagnosis import Diagnosis
from orchestrator.domain.finding import Finding
from orchestrator.domain.suggestion import Edit, Suggestion
from orchestrator.fixers.bench import Probe
from orchestrator.fixers.braces import unclosed
from orchestrator.fixers.datafile import data
from orchestrator.fixers.near import near_misses
from orchestrator.fixers.places import insert_line, line_at, offset
from orchestrator.fixers.rule import Rule
from orchestrator.fixers.templates import Scene, proposals, rows

_PACKAGES: tuple[str, ...] = tuple(data("java")["packages"])
"""In the order in which a class that several hold is taken from them."""
_SYMBOL = re.compile(r"symbol:\s+(?P<kind>class|variable|method)\s+(?P<name>\w+)")
_WORD = re.compile(r"\b[A-Za-z_]\w+\b")
_MOST = 5
_END = ";"


def probes(diagnosis: Diagnosis) -> Sequence[Probe]:
    """``javap`` on every package that may hold a class of which javac does not know."""
    names = dict.fromkeys(name for one in diagnosis.findings for name in _classes(one))
    return [
        Probe(argv=("javap", "-public", *(f"{package}.{name}" for package in _PACKAGES))) for name in [*names][:_MOST]
    ]


def propose(diagnosis: Diagnosis) -> Iterator[Suggestion]:
    """What the templates make of each finding, and imports of classes of the JDK."""
    found = {
        match[1]
        for run in diagnosis.runs
        if run.argv[0] == "javap"
        for match in re.finditer(r"^public .*?(?:class|interface|enum|record) ([\w.]+)", run.stdout, re.MULTILINE)
    }
    for finding in diagnosis.findings:
        for name in _classes(finding):
            known = [f"{package}.{name}" for package in _PACKAGES if f"{package}.{name}" in found]
            for rank, one in enumerate(known):
                yield _import(diagnosis, finding, name=one, rank=10 + rank)
    yield from proposals(diagnosis, TABLE, suffixes=(".java",))


def _symbol(finding: Finding) -> re.Match[str] | None:
    return _SYMBOL.search(f"{finding.message}\n{finding.detail}") if finding.tool == "javac" else None


def _classes(finding: Finding) -> list[str]:
    """A class, or what stands before a dot and looks like one."""
    match = _symbol(finding)
    return [match["name"]] if match and match["kind"] != "method" and match["name"][:1].isupper() else []


def _import(diagnosis: Diagnosis, finding: Finding, *, name: str, rank: int) -> Suggestion:
    text = diagnosis.texts.get(finding.file, "")
    lines = text.split("\n")
    above = [n for n, line in enumerate(lines, 1) if line.startswith(("package ", "import "))]
    edit = insert_line(
        text, finding.file, line=max(above, default=0) + 1, new=f"import {name};" + ("" if above else "\n")
    )
    return Suggestion(edits=(edit,), source="java", message=f"import {name}", rank=rank, finding=finding.fingerprint)


def symbol(scene: Scene) -> Iterator[Suggestion]:
    """``cannot find symbol``: a slip of the pen."""
    match = _symbol(scene.finding)
    if not match:
        return
    start = offset(scene.text, scene.finding.line)
    known = {word[0] for text in scene.diagnosis.texts.values() for word in _WORD.finditer(text)} | _COMMON
    for rank, other in enumerate(near_misses(match["name"], known)):
        edits = [
            Edit(scene.file, start + place.start(), start + place.end(), other)
            for place in re.finditer(rf"\b{match['name']}\b", scene.line)
        ]
        if edits:
            yield scene.suggestion(
                *edits, message=f"`{match['name']}` is spelled `{other}`", rank=20 + rank, source="java"
            )


_COMMON = frozenset(data("java")["common"])


def missing(scene: Scene) -> Iterator[Suggestion]:
    """``';' expected`` and the like: behind the last code at the place, or on the line."""
    token = scene.match["token"]
    start = offset(scene.text, scene.finding.line)
    end = start + len(line_at(scene.text, scene.finding.line).split("//")[0].rstrip())
    here = start + max(0, scene.finding.column - 1)
    first = end if token == _END else here
    for rank, place in enumerate(dict.fromkeys((first, here, min(here + 1, end)))):
        edit = Edit(scene.file, place, place, token)
        yield scene.suggestion(edit, message=f"add `{token}`", rank=20 + rank, source="java")


def closing_brace(scene: Scene) -> Iterator[Suggestion]:
    """``reached end of file while parsing``."""
    found = [*unclosed(scene.text), (scene.text.count("\n") + 1, "")]
    for rank, (line, indent) in enumerate(found):
        edit = insert_line(scene.text, scene.file, line=line, new=f"{indent}}}")
        yield scene.suggestion(edit, message="close the block", rank=20 + rank, source="java")


TABLE = rows(
    (r"cannot find symbol", symbol),
    (r"^'(?P<token>[;)\]])' (?:or .* )?expected", missing),
    (r"(?:reached end of file while parsing|illegal start of expression)", closing_brace),
)
RULE = Rule(name="java", propose=propose, probes=probes)
