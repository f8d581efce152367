"""The rule for what compilers and linkers of C say."""

from collections.abc import Iterator

from orchestrator.domain.diagnosis import Diagnosis
from orchestrator.domain.suggestion import Suggestion
from orchestrator.fixers.c import names, syntax
from orchestrator.fixers.rule import Rule
from orchestrator.fixers.templates import proposals

_TABLE = (*names.TABLE, *syntax.TABLE)


def propose(diagnosis: Diagnosis) -> Iterator[Suggestion]:
    """What the templates make of each finding, and libraries for what is not linked."""
    yield from proposals(diagnosis, _TABLE, suffixes=(".c", ".h", ".cc", ".cpp", ".cxx", ".hpp"))
    yield from names.libraries(diagnosis)


RULE = Rule(name="c", propose=propose)
