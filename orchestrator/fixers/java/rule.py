"""The rule for messages of javac, by itself or from a build."""

from collections.abc import Iterator

from orchestrator.domain.diagnosis import Diagnosis
from orchestrator.domain.suggestion import Suggestion
from orchestrator.fixers.java import imports, levels, symbols, syntax, values
from orchestrator.fixers.rule import Rule
from orchestrator.fixers.templates import proposals

_TABLE = (*symbols.TABLE, *values.TABLE, *syntax.TABLE)


def propose(diagnosis: Diagnosis) -> Iterator[Suggestion]:
    """What the templates make of each finding, imports of classes of the JDK, levels that are gone."""
    yield from imports.missing(diagnosis)
    yield from levels.raised(diagnosis)
    yield from proposals(diagnosis, _TABLE, suffixes=(".java",))


RULE = Rule(name="java", propose=propose, probes=imports.probes)
