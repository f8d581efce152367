"""Fixes of ESLint, from ``--format json``. Ranges count UTF-16 code units; suggestions need a person's eye there."""

from collections.abc import Iterator, Sequence
from typing import Any

from orchestrator.domain.diagnosis import Diagnosis
from orchestrator.domain.suggestion import Applicability, Edit, Suggestion
from orchestrator.fixers.bench import Probe
from orchestrator.fixers.places import fingerprint_at, prefix, utf16
from orchestrator.fixers.rule import Rule
from orchestrator.fixers.sources.jsonlines import loaded, number, rows, table, text


def probes(diagnosis: Diagnosis) -> Sequence[Probe]:
    """The project's own ESLint, about the files in which it found something."""
    files = dict.fromkeys(
        one.file for one in diagnosis.findings if one.tool == "eslint" and one.file in diagnosis.texts
    )
    return (Probe(argv=("node_modules/.bin/eslint", "--format", "json", *files)),) if files else ()


def propose(diagnosis: Diagnosis) -> Iterator[Suggestion]:
    """One for each fix, which ESLint calls safe, and for each suggestion, which it leaves to a person."""
    for run in diagnosis.runs:
        if run.argv[0].rpartition("/")[2] == "eslint":
            for report in rows(loaded(run.stdout)):
                path = text(report.get("filePath"))
                known = [file for file in diagnosis.texts if path == file or path.endswith(f"/{file}")]
                for message in rows(report.get("messages")) if known else ():
                    yield from _of_message(message, max(known, key=len), diagnosis=diagnosis)


RULE = Rule(name="eslint", propose=propose, probes=probes)


def _of_message(message: dict[str, Any], file: str, *, diagnosis: Diagnosis) -> Iterator[Suggestion]:
    finding = fingerprint_at(diagnosis, file, line=number(message.get("line")))
    offered = [(message, Applicability.SAFE), *((row, Applicability.RISKY) for row in rows(message.get("suggestions")))]
    for row, kind in offered:
        fix = table(row.get("fix"))
        places = [number(place) for place in fix.get("range") or ()]
        if finding and len(places) == len(("start", "end")):
            begin, end = (prefix(diagnosis.texts[file], place, width=utf16) for place in places)
            yield Suggestion(
                edits=(Edit(file, begin, end, text(fix.get("text"))),),
                source="eslint",
                message=text(row.get("desc")) or f"{text(message.get('ruleId'))}: {text(message.get('message'))}",
                applicability=kind,
                rank=20,
                finding=finding,
            )
