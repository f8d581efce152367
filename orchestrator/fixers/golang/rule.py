"""The rule for messages of the Go compiler and ``go vet``, which has no fix-its."""

from collections.abc import Iterator

from orchestrator.domain.diagnosis import Diagnosis
from orchestrator.domain.suggestion import Suggestion
from orchestrator.fixers.golang import names, syntax, values
from orchestrator.fixers.rule import Rule
from orchestrator.fixers.templates import proposals

_TABLE = (*names.TABLE, *values.TABLE, *syntax.TABLE)


def propose(diagnosis: Diagnosis) -> Iterator[Suggestion]:
    """What the templates make of each finding."""
    return proposals(diagnosis, _TABLE, suffixes=(".go",))


RULE = Rule(name="go", propose=propose)
