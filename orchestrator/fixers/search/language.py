"""What the search asks of a language."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

from orchestrator.fixers.search.ground import Spot
from orchestrator.fixers.search.order import Candidate
from orchestrator.fixers.search.protocol import Observation
from orchestrator.fixers.search.target import Budget, SearchTarget
from orchestrator.ports import CommandRunner

__all__ = ["Language", "Workman"]


class Workman(Protocol):
    """Runs tests and candidates in a process of the project's own interpreter."""

    @property
    def budget(self) -> Budget:
        """How far the search goes."""
        ...

    async def observe(self, targets: Sequence[Spot]) -> Observation:
        """Run the tests of the original program, watched; ``why`` says where that failed."""
        ...

    async def attempt(
        self,
        targets: Sequence[Spot],
        candidates: Sequence[Candidate],
        *,
        seen: Observation,
        compared: Sequence[int] | None,
        take: Callable[[Mapping[str, Any]], None],
    ) -> str:
        """Try candidates and compare those that pass, or only compare those in ``compared`` where it is given.

        Args:
            targets: the functions that candidates change.
            candidates: best first.
            seen: what :meth:`observe` returned.
            compared: numbers of candidates, or ``None``.
            take: gets each answer as it comes.

        Returns:
            What the worker says went wrong, ``""`` where nothing did.
        """
        ...


class Language(Protocol):
    """One row of the table of languages."""

    def spots(self, target: SearchTarget) -> Sequence[Spot]:
        """The functions that may be changed, of all files that can be read."""
        ...

    def workman(self, target: SearchTarget, runner: CommandRunner, *, budget: Budget) -> Workman:
        """Who runs the tests of ``target``."""
        ...

    def weight(self, operator: str) -> float | None:
        """How likely a change of this kind is right; ``None`` for two changes at once."""
        ...

    def idle(self, text: str) -> int:
        """How many operations in a file do nothing: of two patches the one with fewer is shown."""
        ...

    def is_one(self, name: str, wanted: Collection[str]) -> bool:
        """Whether the worker's ``name`` of a test is one that a runner gives a ``wanted`` one."""
        ...
