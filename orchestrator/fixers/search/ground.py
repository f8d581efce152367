"""What candidates are made of, whatever the language: one function, and what the operators make of it."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

from orchestrator.fixers.search.operators.variant import Change, Crowd
from orchestrator.fixers.search.scope import Facts

__all__ = ["Ground", "Run", "Spot"]


class Run(NamedTuple):
    """The changes that one operator makes.

    Attributes:
        name: of the operator, the word for it in reports.
        weight: prior, relative to those of the others.
        changes: one by one or by the site, likelier ones of one site first.
    """

    name: str
    weight: float
    changes: Iterable[Change | Crowd]


class Ground(Protocol):
    """One function with what is known of it."""

    @property
    def file(self) -> str:
        """Where it stands."""
        ...

    @property
    def text(self) -> str:
        """Of the whole file, as edits count in it."""
        ...

    def heaviness(self) -> Mapping[int, float]:
        """Line -> how much there is to be wrong in it, from 0 to 1: the tie-break of localisation."""
        ...

    def runs(self) -> Iterable[Run]:
        """All operators, in the order of their table."""
        ...


class Spot(Protocol):
    """One function that may be changed."""

    @property
    def file(self) -> str:
        """Where it stands."""
        ...

    @property
    def first(self) -> int:
        """The number by which the worker names it in its file."""
        ...

    @property
    def lines(self) -> range:
        """Those of its body."""
        ...

    @property
    def name(self) -> str:
        """As a person calls it; ``""`` where it has none."""
        ...

    @property
    def span(self) -> tuple[int, int]:
        """Its text in the file: first character and the one behind the last."""
        ...

    def row(self) -> dict[str, object]:
        """As JSON, for the worker."""
        ...

    def ground(self, facts: Facts) -> Ground:
        """It with what was seen."""
        ...
