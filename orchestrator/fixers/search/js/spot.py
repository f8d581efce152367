"""A function of JavaScript, as the search knows it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orchestrator.fixers.search.ground import Run
from orchestrator.fixers.search.js.operators import TABLE
from orchestrator.fixers.search.js.scope import Scope
from orchestrator.fixers.search.js.source import Function, Source
from orchestrator.fixers.search.scope import Facts

__all__ = ["ScriptGround", "ScriptSpot"]

_HEAVY: Mapping[str, float] = {
    "binary_expression": 0.5,
    "subscript_expression": 0.3,
    "call_expression": 0.2,
    "number": 0.2,
    "string": 0.2,
    "augmented_assignment_expression": 0.4,
    "update_expression": 0.2,
    "return_statement": 0.2,
    "if_statement": 0.2,
    "while_statement": 0.2,
    "ternary_expression": 0.3,
}
"""Kind of node -> how much there is to be wrong in it."""


@dataclass(frozen=True, slots=True)
class ScriptGround:
    """Implements :class:`orchestrator.fixers.search.ground.Ground`."""

    scope: Scope

    @property
    def file(self) -> str:
        """See the protocol."""
        return self.scope.source.file

    @property
    def text(self) -> str:
        """See the protocol."""
        return self.scope.source.text

    def heaviness(self) -> Mapping[int, float]:
        """See the protocol."""
        found: Counter[int] = Counter()
        for node in self.scope.nodes:
            if weight := _HEAVY.get(node.kind, 0.0):
                found[node.line] += weight  # type: ignore[assignment]  # a counter of fractions
        return {line: min(1.0, weight / 2) for line, weight in found.items()}

    def runs(self) -> Iterator[Run]:
        """See the protocol."""
        return (Run(row.name, row.weight, row.run(self.scope)) for row in TABLE)


@dataclass(frozen=True, slots=True)
class ScriptSpot:
    """Implements :class:`orchestrator.fixers.search.ground.Spot`."""

    source: Source
    function: Function

    @property
    def file(self) -> str:
        """Where it stands."""
        return self.source.file

    @property
    def first(self) -> int:
        """Its first character."""
        return self.function.node.start

    @property
    def lines(self) -> range:
        """Those of the function."""
        return range(self.function.node.line, self.function.node.last + 1)

    @property
    def name(self) -> str:
        """As a person calls it; ``""`` where it has none."""
        return self.function.name

    @property
    def span(self) -> tuple[int, int]:
        """Its text in the file."""
        return self.function.node.start, self.function.node.end

    def row(self) -> dict[str, object]:
        """As JSON."""
        return {"file": self.file, "first": self.first, "name": self.name}

    def ground(self, facts: Facts) -> ScriptGround:
        """It with what was seen."""
        return ScriptGround(Scope(source=self.source, function=self.function, facts=facts))
