"""Classes of the JDK that are not imported. Which package a class is in, the JDK's own ``javap`` says."""

import re
from collections.abc import Iterator, Sequence

from orchestrator.domain.diagnosis import Diagnosis
from orchestrator.domain.finding import Finding
from orchestrator.domain.suggestion import Suggestion
from orchestrator.fixers.bench import Probe
from orchestrator.fixers.datafile import data
from orchestrator.fixers.java.symbols import symbol_of
from orchestrator.fixers.places import insert_line, sorted_place

_PACKAGES: tuple[str, ...] = tuple(data("java")["packages"])
"""In the order in which a class that several hold is taken from them."""
_IMPORT = re.compile(r"import (?P<name>[\w.]+(?:\.\*)?);")
_MOST = 5


def probes(diagnosis: Diagnosis) -> Sequence[Probe]:
    """``javap`` on every package that may hold a class of which javac does not know."""
    names = dict.fromkeys(name for one in diagnosis.findings for name in _classes(one))
    return [
        Probe(argv=("javap", "-public", *(f"{package}.{name}" for package in _PACKAGES))) for name in [*names][:_MOST]
    ]


def missing(diagnosis: Diagnosis) -> Iterator[Suggestion]:
    """One for each package that has a class of the name, by the order of the packages."""
    found = {
        match[1]
        for run in diagnosis.runs
        if run.argv[0] == "javap"
        for match in re.finditer(r"^public .*?(?:class|interface|enum|record) ([\w.]+)", run.stdout, re.MULTILINE)
    }
    for finding in diagnosis.findings:
        for name in _classes(finding) if finding.file in diagnosis.texts else ():
            known = [f"{package}.{name}" for package in _PACKAGES if f"{package}.{name}" in found]
            for rank, one in enumerate(known):
                yield _import(diagnosis, finding, name=one, rank=10 + rank)


def _classes(finding: Finding) -> list[str]:
    """A class, or what stands before a dot and looks like one."""
    match = symbol_of(finding)
    return [match["name"]] if match and match["kind"] != "method" and match["name"][:1].isupper() else []


def _import(diagnosis: Diagnosis, finding: Finding, *, name: str, rank: int) -> Suggestion:
    """In order where the imports are sorted; below the package where there are none."""
    text = diagnosis.texts[finding.file]
    lines = text.split("\n")
    rows = {n: match["name"] for n, line in enumerate(lines, 1) if (match := _IMPORT.match(line))}
    package = next((n for n, line in enumerate(lines, 1) if line.startswith("package ")), 0)
    new = f"import {name};"
    if not rows:
        new = f"\n{new}" if package else f"{new}\n"
    line = sorted_place(rows, name) if rows else package + 1
    edit = insert_line(text, finding.file, line=line, new=new)
    message = f"import {name}"
    return Suggestion(edits=(edit,), source="missing import", message=message, rank=rank, finding=finding.fingerprint)
