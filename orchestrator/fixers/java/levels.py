"""The level of the language that a ``pom.xml`` asks for, where the compiler that is there no longer has it."""

import re
from collections.abc import Iterator

from orchestrator.domain.diagnosis import Diagnosis
from orchestrator.domain.suggestion import Edit, Suggestion

_GONE = re.compile(r"(?:Source|Target) option (?P<old>[\d.]+) is no longer supported\. Use (?P<new>\d+) or later")
_LEVEL = r"(?<=>)(?:1\.)?{old}(?=</(?:maven\.compiler\.)?(?:source|target|release)>)"


def raised(diagnosis: Diagnosis) -> Iterator[Suggestion]:
    """The lowest level that the compiler still has, everywhere in the project's ``pom.xml`` files at once."""
    for finding in diagnosis.findings:
        match = _GONE.search(f"{finding.message}\n{finding.detail}")
        edits = list(_edits(diagnosis, old=match["old"], new=match["new"])) if match else []
        if match and edits:
            yield Suggestion(
                edits=tuple(edits),
                source="language level",
                message=f"compile as Java {match['new']}, the oldest that this compiler has",
                rank=30,
                finding=finding.fingerprint,
            )


def _edits(diagnosis: Diagnosis, *, old: str, new: str) -> Iterator[Edit]:
    pattern = re.compile(_LEVEL.format(old=re.escape(old.removeprefix("1."))))
    for file, text in diagnosis.texts.items():
        if file.rpartition("/")[2] == "pom.xml":
            yield from (Edit(file, *place.span(), new) for place in pattern.finditer(text))
