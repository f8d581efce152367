"""Code fixes of TypeScript's language service, asked by a script that Node reads from its standard input.

TypeScript is the project's own where it has a language service (5 and 6 have; 7 has none), else the one in a folder
of tools; the script says where it looked. The project's own compiler judges, whichever was asked.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from orchestrator.domain.diagnosis import Diagnosis, ToolRun
from orchestrator.domain.suggestion import Applicability, Edit, Suggestion
from orchestrator.fixers.bench import Probe
from orchestrator.fixers.datafile import path_of
from orchestrator.fixers.places import fingerprint_at, prefix, utf16
from orchestrator.fixers.rule import Rule
from orchestrator.fixers.sources.jsonlines import number, objects, rows, text

_SUFFIXES = (".ts", ".tsx", ".mts", ".cts")
_RANKS: Mapping[str, int] = {
    "spelling": 10,
    "import": 14,
    "extendsInterfaceBecomesImplements": 18,
    "fixAwaitInSyncFunction": 18,
    "addMissingAwait": 20,
    "fixReturnTypeInAsyncFunction": 22,
    "fixUnusedIdentifier": 80,
    "unusedIdentifier": 80,
    "inferFromUsage": 70,
}
"""Fix -> rank; 40 for any other. Names are resolved before what is unused goes: it may be what was misspelled."""
_REFUSED: Mapping[str, Applicability] = {
    "addConvertToUnknownForNonOverlappingTypes": Applicability.SILENCING,
    "addMissingParam": Applicability.WIDENING,
    "addOptionalParam": Applicability.WIDENING,
    "disableJsDiagnostics": Applicability.SILENCING,
    "fixClassDoesntImplementInheritedAbstractMember": Applicability.STUB,
    "fixClassIncorrectlyImplementsInterface": Applicability.STUB,
    "fixMissingAttributes": Applicability.PLACEHOLDER,
    "fixMissingFunctionDeclaration": Applicability.STUB,
    "fixMissingMember": Applicability.WIDENING,
    "fixMissingProperties": Applicability.PLACEHOLDER,
    "addMissingDeclareProperty": Applicability.WIDENING,
}
_WORDS: Sequence[tuple[str, Applicability]] = (
    ("with an underscore", Applicability.SILENCING),
    ("definite assignment assertion", Applicability.SILENCING),
    ("'undefined' type", Applicability.WIDENING),
    ("@ts-ignore", Applicability.SILENCING),
    ("Declare ", Applicability.WIDENING),
    ("as unknown", Applicability.SILENCING),
)
"""What a description holds -> what it really does."""


def probes(diagnosis: Diagnosis) -> Sequence[Probe]:
    """The language service, about every TypeScript file with a finding."""
    found = dict.fromkeys(one.file for one in diagnosis.findings if one.file.endswith(_SUFFIXES))
    files = [file for file in found if file in diagnosis.texts]
    if not files:
        return ()
    request = json.dumps({"files": files, "arguments": _arguments(diagnosis)})
    script = path_of("typescript_fixes.cjs").read_text(encoding="utf-8")
    return (Probe(argv=("node", "-", request), stdin=script),)


def propose(diagnosis: Diagnosis) -> Iterator[Suggestion]:
    """One for each fix; stubs, placeholders, widened and silencing ones are marked as such."""
    for run in diagnosis.runs:
        for row in objects(run.stdout):
            edits = _edits(row, diagnosis)
            if edits and "fix" in row:
                finding = fingerprint_at(diagnosis, text(row.get("file")), line=number(row.get("line")))
                yield _suggestion(row, edits, finding=finding)


def troubles(runs: Sequence[ToolRun]) -> list[str]:
    """Where there is no language service, or where it broke."""
    found = []
    for run in runs:
        if any("missing" in row for row in objects(run.stdout)):
            found.append("no TypeScript 5 or 6 in the project or in the folder of tools")
        elif run.exit_code:
            last = next(
                (line for line in reversed(run.stderr.splitlines()) if "Error" in line), f"exit code {run.exit_code}"
            )
            found.append(f"the language service of TypeScript failed: {last.strip()}")
    return found


RULE = Rule(name="typescript", propose=propose, probes=probes, troubles=troubles)


def _arguments(diagnosis: Diagnosis) -> list[str]:
    """Those of the judge's own call of tsc, where it made one."""
    return next(
        ([*run.argv[1:]] for run in diagnosis.runs if run.argv[0].rpartition("/")[2] == "tsc"), ["--strict", "--noEmit"]
    )


def _edits(row: dict[str, Any], diagnosis: Diagnosis) -> tuple[Edit, ...]:
    """``()`` where a change is of another shape, or of a file that is not at hand."""
    found = []
    for change in rows(row.get("changes")):
        file = text(change.get("file"))
        whole = diagnosis.texts.get(file)
        if whole is None or change.get("isNew"):
            return ()
        for start, end, new in (one for one in change.get("edits", ()) if len(one) == len(("start", "end", "new"))):
            begin = prefix(whole, number(start), width=utf16)
            found.append(Edit(file, begin, prefix(whole, number(end), width=utf16), text(new)))
    return tuple(found)


def _suggestion(row: dict[str, Any], edits: tuple[Edit, ...], *, finding: str) -> Suggestion:
    name, words = text(row.get("fix")), text(row.get("description"))
    kind = next((kind for part, kind in _WORDS if part in words), _REFUSED.get(name, Applicability.LIKELY))
    if any("not implemented" in edit.text for edit in edits):
        kind = Applicability.STUB
    return Suggestion(
        edits=edits,
        source="typescript",
        message=words,
        applicability=kind,
        rank=_RANKS.get(name, 40),
        finding=finding,
    )
