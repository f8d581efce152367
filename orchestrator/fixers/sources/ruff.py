"""Fixes of ruff, from ``ruff check --output-format json``. Rows and columns are 1-based and count characters.

What ruff calls safe is safe here; its unsafe fixes are tried where the finding is still there afterwards.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from orchestrator.domain.diagnosis import Diagnosis
from orchestrator.domain.suggestion import Applicability, Edit, Suggestion
from orchestrator.fixers.bench import Probe
from orchestrator.fixers.places import fingerprint_at, offset
from orchestrator.fixers.rule import Rule
from orchestrator.fixers.sources.jsonlines import loaded, number, rows, table, text

_KINDS: Mapping[str, Applicability] = {"safe": Applicability.SAFE, "unsafe": Applicability.LIKELY}
_UNUSED = frozenset({"F401", "F811", "F841", "RUF059"})
"""What goes because nobody uses it; a name that is misspelled elsewhere must be put right before."""


def probes(diagnosis: Diagnosis) -> Sequence[Probe]:
    """Ruff, about the files in which it found something, with the project's own configuration."""
    files = dict.fromkeys(one.file for one in diagnosis.findings if one.tool == "ruff" and one.file in diagnosis.texts)
    return (Probe(argv=("ruff", "check", "--no-cache", "--output-format", "json", *files)),) if files else ()


def propose(diagnosis: Diagnosis) -> Iterator[Suggestion]:
    """One for each fix of something that the judge found too."""
    for run in diagnosis.runs:
        if run.argv[:2] == ("ruff", "check"):
            for row in rows(loaded(run.stdout)):
                yield from _of_row(row, diagnosis)


RULE = Rule(name="ruff", propose=propose, probes=probes)


def _of_row(row: dict[str, Any], diagnosis: Diagnosis) -> Iterator[Suggestion]:
    fix = table(row.get("fix"))
    file = _known(text(row.get("filename")), diagnosis)
    finding = fingerprint_at(diagnosis, file, line=number(table(row.get("location")).get("row")))
    code = text(row.get("code"))
    edits = [_edit(edit, file, diagnosis=diagnosis) for edit in rows(fix.get("edits"))]
    if edits and file and finding:
        kind = _KINDS.get(text(fix.get("applicability")), Applicability.RISKY)
        yield Suggestion(
            edits=tuple(edits),
            source="ruff",
            message=f"{code}: {text(fix.get('message')) or text(row.get('message'))}",
            applicability=Applicability.LIKELY if code in _UNUSED else kind,
            rank=70 if code in _UNUSED else 10 if kind is Applicability.SAFE else 50,
            finding=finding,
        )


def _known(name: str, diagnosis: Diagnosis) -> str:
    """The file of the project that an absolute path ends with, the longest one; ``""`` for none."""
    found = [file for file in diagnosis.texts if name == file or name.endswith(f"/{file}")]
    return max(found, key=len, default="")


def _edit(edit: dict[str, Any], file: str, *, diagnosis: Diagnosis) -> Edit:
    whole = diagnosis.texts.get(file, "")
    places = [
        offset(whole, number(place.get("row")), column=number(place.get("column")))
        for place in (table(edit.get("location")), table(edit.get("end_location")))
    ]
    return Edit(file, places[0], places[1], text(edit.get("content")))
