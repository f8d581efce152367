"""Templates: a message that an interpreter or a compiler is known to print, and what usually repairs its cause."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from orchestrator.domain.diagnosis import Diagnosis
from orchestrator.domain.finding import Finding
from orchestrator.domain.suggestion import Applicability, Edit, Suggestion
from orchestrator.fixers.places import line_at


@dataclass(frozen=True, slots=True)
class Scene:
    """A finding whose message a template knows."""

    diagnosis: Diagnosis
    finding: Finding
    match: re.Match[str]

    @property
    def file(self) -> str:
        """Where it was found."""
        return self.finding.file

    @property
    def text(self) -> str:
        """Of that file; ``""`` where it is not there."""
        return self.diagnosis.texts.get(self.finding.file, "")

    @property
    def line(self) -> str:
        """The line of the finding, without its end."""
        return line_at(self.text, self.finding.line)

    def suggestion(
        self,
        *edits: Edit,
        message: str,
        rank: int = 40,
        applicability: Applicability = Applicability.LIKELY,
        source: str = "template",
    ) -> Suggestion:
        """A suggestion that answers the finding."""
        return Suggestion(
            edits=edits,
            source=source,
            message=message,
            applicability=applicability,
            rank=rank,
            finding=self.finding.fingerprint,
        )


Template: TypeAlias = Callable[[Scene], Iterable[Suggestion]]
Row: TypeAlias = tuple[re.Pattern[str], Template]
"""What a message holds, and what is made of it."""


def rows(*pairs: tuple[str, Template]) -> tuple[Row, ...]:
    """Patterns compiled; they are searched for anywhere in the message."""
    return tuple((re.compile(pattern), template) for pattern, template in pairs)


def proposals(diagnosis: Diagnosis, table: Sequence[Row], *, suffixes: tuple[str, ...]) -> Iterator[Suggestion]:
    """What every row that knows a finding makes of it; of findings in files with ``suffixes`` that are at hand."""
    for finding in diagnosis.findings:
        if finding.file.endswith(suffixes) and finding.file in diagnosis.texts:
            for pattern, template in table:
                if match := pattern.search(finding.message):
                    yield from template(Scene(diagnosis, finding, match))
