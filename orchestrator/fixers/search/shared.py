"""What the searches of one run share: what was watched of the same program, and what was found for the same tests."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

import anyio

from orchestrator.fixers.search.protocol import Observation
from orchestrator.fixers.search.target import SearchResult, SearchTarget

__all__ = ["Shared"]

T = TypeVar("T")
_WAITING = 4.0
"""So many seconds by the clock count as one of processor time."""
_MOST = 4
"""Programs, and results, that are remembered; the oldest one is forgotten first."""


@dataclass(slots=True)
class _Kept(Generic[T]):
    known: dict[str, T] = field(default_factory=dict)
    making: dict[str, anyio.Lock] = field(default_factory=dict)

    async def recall(self, key: str, make: Callable[[], Awaitable[T]]) -> tuple[T, bool]:
        """What is known under ``key``, else what ``make`` makes; and whether it was known."""
        async with self.making.setdefault(key, anyio.Lock()):
            is_known = key in self.known
            if not is_known:
                self.known[key] = await make()
            found = self.known[key]
        while len(self.known) > _MOST:
            del self.known[next(iter(self.known))]
        return found, is_known


@dataclass(slots=True)
class Shared:
    """Remembers. Who wants the same at the same time waits for the one that makes it.

    Attributes:
        vain: seconds of processor time that went into searches that found nothing.
    """

    vain: float = 0.0

    _seen: _Kept[Observation] = field(default_factory=_Kept)
    _found: _Kept[SearchResult] = field(default_factory=_Kept)

    async def seen(self, target: SearchTarget, make: Callable[[], Awaitable[Observation]], *, base: str) -> Observation:
        """What was seen when the tests of ``target`` ran, whichever are wanted.

        Args:
            target: what is searched in.
            make: watches them.
            base: names what lies beside the texts of ``target``.
        """
        return (await self._seen.recall(_key(target, base), make))[0]

    async def found(
        self, target: SearchTarget, make: Callable[[], Awaitable[SearchResult]], *, base: str, pairs: bool = True
    ) -> SearchResult:
        """What a search in ``target`` found; remembered, it has tried nothing more.

        Arguments as of :meth:`seen`; ``pairs`` as of the search's budget.
        """
        wanted = json.dumps([sorted(target.wanted), pairs])
        result, is_known = await self._found.recall(f"{_key(target, base)} {wanted}", make)
        if is_known:
            return replace(result, tried=0)
        self.vain += _spent(result) if result.chosen is None else 0.0
        return result


def _spent(result: SearchResult) -> float:
    """Candidates that wait use no processor."""
    return max(result.processor_seconds, result.try_seconds / _WAITING)


def _key(target: SearchTarget, base: str) -> str:
    parts = [base, target.root, sorted(target.texts.items()), target.tests, target.python, target.paths]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
