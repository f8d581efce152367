"""The whole of tier 0 for one order: first what tools and rules propose, then what can be found by trying."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

from orchestrator.domain.assessment import Unit
from orchestrator.domain.fixing import Fixed, FixOrder, FixStep
from orchestrator.domain.judgement import Target
from orchestrator.domain.suggestion import Suggestion
from orchestrator.fixers.bench import Bench
from orchestrator.fixers.driver import repair
from orchestrator.fixers.search import Budget, Claim, Patch, SearchResult, SearchTarget, search
from orchestrator.fixers.search.languages import LANGUAGES
from orchestrator.fixers.search.shared import Shared
from orchestrator.fixers.table import sources
from orchestrator.fixers.telling import PLAUSIBLE, change, held, step
from orchestrator.fixers.trial import Refusal, Repaired
from orchestrator.ports import Clock, CommandRunner

__all__ = ["PLAUSIBLE", "Benches", "OrderBench", "SearchSite", "TierZero"]

_TEST = "test"
_KNOWN = " and ".join(LANGUAGES)
_MOST_SEARCHES = 8
_MOST_VAIN = 3
"""Searches for single tests that find nothing, after which no further one is begun; one where nothing was promising."""
_MOST_HELD = 20
_MOST_BEHAVIOURS = 5
"""Of patches that behave differently, and that a person allowed, so many are shown to the project's own command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSite:
    """Where a unit's tests can be driven.

    Attributes:
        target: with the texts as they are now.
        runner: isolates the worker.
    """

    target: SearchTarget
    runner: CommandRunner


class OrderBench(Bench, Protocol):
    """A bench that knows what was ordered."""

    @property
    def prefix(self) -> str:
        """What the names of its files lack below the repository's root; ``""``, or ends in ``/``."""
        ...

    async def failing(self, unit: Unit, changes: Mapping[str, str]) -> tuple[str, ...]:
        """The tests of ``unit`` that fail in the base and are not known to pass with ``changes``, ordered or not."""
        ...

    async def left(self, changes: Mapping[str, str]) -> tuple[Target, ...]:
        """The targets of the order that are still there with ``changes``; judged before, or now."""
        ...

    def site(self, unit: Unit, changes: Mapping[str, str]) -> SearchSite | None:
        """Where a search in ``unit`` can run; ``None`` where its language cannot be searched."""
        ...


class Benches(Protocol):
    """Opens benches."""

    def open(self, order: FixOrder) -> AbstractAsyncContextManager[OrderBench]:
        """One for ``order``, which judges relative to its base and targets."""
        ...


@dataclass(slots=True)
class _Work:
    """What has been done for one order.

    Attributes:
        left: targets that nothing has removed yet.
        whys: why searches found nothing.
        proposed: how many proposals of rules and tools were tried.
        is_promising: whether a search has made some failing test pass.
    """

    order: FixOrder
    bench: OrderBench
    changes: Mapping[str, str]
    left: tuple[Target, ...]
    steps: list[FixStep] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    whys: list[str] = field(default_factory=list)
    proposed: int = 0
    tried: int = 0
    is_promising: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TierZero:
    """Implements :class:`orchestrator.ports.Fixer`.

    Attributes:
        budget: of one search.
        shared: what is known from other orders.
        patience: seconds of processor time that all orders together may spend on searches that find nothing: a run
            with many failing tests that no small change mends has to come to its end, too.
    """

    benches: Benches
    clock: Clock
    budget: Budget = Budget()
    shared: Shared = field(default_factory=Shared)
    patience: float = 90.0

    async def fix(self, order: FixOrder) -> Fixed:
        """See the port."""
        async with self.benches.open(order) as bench:
            repaired = await repair(bench, sources(bench), accept=order.accept)
            left = await bench.left(repaired.changes)
            work = _Work(order, bench, repaired.changes, left, list(_steps(repaired, bench.prefix)))
            work.proposed = work.tried = len(repaired.trials)
            work.held += _refusals(repaired.refused, bench.prefix)
            if order.is_searching:
                await self._search(work)
        return _fixed(work)

    async def _search(self, work: _Work) -> None:
        """Search for the failing tests of each unit; where the runner came to no end it named none: for any."""
        for unit in dict.fromkeys(target.unit for target in work.left if target.stage == _TEST):
            await self._search_in(work, unit, wanted=_tests(work.left, unit))

    async def _search_in(self, work: _Work, unit: Unit, *, wanted: tuple[str, ...]) -> None:
        """First for all that fails in ``unit``, ordered or not, then for what is ``wanted``, then for one by one.

        Most failures share a cause, which is then found once for all orders. A single edit that makes all of them pass
        is the answer, even where it is held: with fewer tests to please, more would pass that is wrong. Two edits are
        not: they may be two orders' answers, or one's and another one's by chance.
        """
        every = tuple(dict.fromkeys((*wanted, *await work.bench.failing(unit, work.changes)))) if wanted else ()
        for tests in dict.fromkeys((every, wanted)):
            if await self._attempt(work, unit, wanted=tests, pairs=tests == wanted):
                return
        vain = 0
        for test in wanted[:_MOST_SEARCHES] if len(wanted) > 1 else ():
            if vain < (_MOST_VAIN if work.is_promising else 1) and test in _tests(work.left, unit):
                vain += not await self._attempt(work, unit, wanted=(test,))

    async def _attempt(self, work: _Work, unit: Unit, *, wanted: tuple[str, ...], pairs: bool = True) -> bool:
        """Whether something was found, be it kept or held."""
        site = work.bench.site(unit, work.changes)
        if site is None:
            work.whys += [] if unit.pack in LANGUAGES else [f"search: knows {_KNOWN} only"]
            return False
        if self.shared.vain >= self.patience:
            work.whys.append(f"search: not begun, after {self.shared.vain:.0f} s of searches that found nothing")
            return False
        target, base = replace(site.target, wanted=frozenset(wanted)), work.order.base
        watch = partial(self.shared.seen, target, base=base)
        budget = replace(self.budget, pairs=pairs)
        look = partial(search, target, site.runner, clock=self.clock, budget=budget, watch=watch)
        result = await self.shared.found(target, look, base=base, pairs=pairs)
        work.tried += result.tried
        work.is_promising = work.is_promising or bool(result.flipping)
        if result.chosen is None or result.claim is None:
            work.whys.append(f"search: {result.why}")
            return False
        if result.claim is not Claim.CONSISTENT and PLAUSIBLE not in work.order.accept:
            work.held.append(held(result.chosen, result, texts=target.texts, prefix=work.bench.prefix))
            return True
        for patch in _behaving(result, result.chosen):
            if await self._keep(work, result, patch=patch, texts=target.texts):
                break
        return True

    async def _keep(self, work: _Work, result: SearchResult, *, patch: Patch, texts: Mapping[str, str]) -> bool:
        """Take the patch where the project's own test command agrees that it helps."""
        changes = {**work.changes, **patch.texts}
        before, after = await work.bench.judge(work.changes), await work.bench.judge(changes)
        if not after.progress < before.progress:
            told = change(patch, texts, prefix=work.bench.prefix)
            work.held.append(f"search: {told}: it passes when tried, but not by the project's own command")
            return False
        work.changes, work.left = changes, await work.bench.left(changes)
        work.steps.append(step(patch, result, texts=texts, prefix=work.bench.prefix))
        return True


def _behaving(result: SearchResult, chosen: Patch) -> list[Patch]:
    """The patches that may be taken, one of each behaviour, the chosen one first."""
    groups = [[result.plausible[place] for place in group] for group in result.behaviours.groups]
    return [chosen, *(group[0] for group in groups if chosen not in group)][:_MOST_BEHAVIOURS]


def _tests(targets: Sequence[Target], unit: Unit) -> tuple[str, ...]:
    return tuple(target.name for target in targets if target.is_test and target.unit == unit)


def _steps(repaired: Repaired, prefix: str) -> Iterable[FixStep]:
    return (FixStep(source=one.source, message=f"{prefix}{_place(one)}: {one.message}") for one in repaired.applied)


def _place(suggestion: Suggestion) -> str:
    return suggestion.edits[0].file


def _refusals(refused: Sequence[Refusal], prefix: str) -> list[str]:
    lines = (
        f"{one.suggestion.source}: {prefix}{_place(one.suggestion)}: {one.suggestion.message}: {one.reason}"
        for one in refused
    )
    return list(dict.fromkeys(lines))[:_MOST_HELD]


def _fixed(work: _Work) -> Fixed:
    gone = [target for target in work.order.targets if target not in set(work.left)]
    if work.changes and gone:
        return Fixed(
            changes={work.bench.prefix + name: text for name, text in work.changes.items()},
            steps=tuple(work.steps),
            repaired=tuple(gone),
            held=tuple(work.held),
            tried=work.tried,
        )
    return Fixed(held=tuple(work.held), tried=work.tried, why=_why(work))


def _why(work: _Work) -> str:
    if work.held:
        return f"nothing that may be done by itself helps: {work.held[0]}"
    tried = f"nothing of {work.proposed} that rules and tools propose helps"
    tried = tried if work.proposed else "no rule or tool proposes anything"
    return f"{tried}; {work.whys[0]}" if work.whys else tried
