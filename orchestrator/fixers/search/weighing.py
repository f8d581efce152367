"""A function of Python as what candidates are made of."""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orchestrator.fixers.search.ground import Run
from orchestrator.fixers.search.operators import TABLE
from orchestrator.fixers.search.scope import Scope

__all__ = ["PythonGround"]

_HEAVY: Mapping[type[ast.AST], float] = {
    ast.Compare: 0.5,
    ast.BinOp: 0.5,
    ast.BoolOp: 0.4,
    ast.Subscript: 0.3,
    ast.Call: 0.2,
    ast.Constant: 0.2,
    ast.AugAssign: 0.4,
    ast.Return: 0.2,
    ast.If: 0.2,
    ast.While: 0.2,
}
"""Kind of node -> how much there is to be wrong in it."""


@dataclass(frozen=True, slots=True)
class PythonGround:
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
            if weight := _HEAVY.get(type(node), 0.0):
                found[node.lineno] += weight  # type: ignore[attr-defined,assignment]  # all of these have one; fractions
        return {line: min(1.0, weight / 2) for line, weight in found.items()}

    def runs(self) -> Iterator[Run]:
        """See the protocol."""
        return (Run(row.name, row.weight, row.run(self.scope)) for row in TABLE)
