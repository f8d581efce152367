"""The rule for what the Python interpreter says."""

from collections.abc import Iterator

from orchestrator.domain.diagnosis import Diagnosis
from orchestrator.domain.suggestion import Suggestion
from orchestrator.fixers.python import attributes, calls, names, syntax
from orchestrator.fixers.rule import Rule
from orchestrator.fixers.templates import proposals

_TABLE = (*syntax.TABLE, *names.TABLE, *attributes.TABLE, *calls.TABLE)


def propose(diagnosis: Diagnosis) -> Iterator[Suggestion]:
    """What the templates make of each finding; ``()`` of a message that none of them knows."""
    return proposals(diagnosis, _TABLE, suffixes=(".py", ".pyi"))


RULE = Rule(name="python", propose=propose)
