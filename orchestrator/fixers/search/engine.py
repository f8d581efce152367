"""The search: watch, localise, try best first, try pairs, compare what passes."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeAlias

import anyio.to_thread

from orchestrator.domain.suggestion import Edit
from orchestrator.fixers.search.claims import judge, patch
from orchestrator.fixers.search.ground import Ground, Spot
from orchestrator.fixers.search.language import Workman
from orchestrator.fixers.search.languages import LANGUAGES
from orchestrator.fixers.search.localise import Line, Observed, suspicion
from orchestrator.fixers.search.mining import mined_numbers, mined_strings
from orchestrator.fixers.search.naming import narrowed
from orchestrator.fixers.search.order import Candidate, best_first
from orchestrator.fixers.search.pairs import pairs
from orchestrator.fixers.search.protocol import Observation
from orchestrator.fixers.search.scope import Facts
from orchestrator.fixers.search.target import Budget, SearchResult, SearchTarget
from orchestrator.ports import Clock, CommandRunner

__all__ = ["Watch", "search"]

Watch: TypeAlias = Callable[[Callable[[], Awaitable[Observation]]], Awaitable[Observation]]
_DEFAULT = Budget()


@dataclass
class _Found:
    """Collects the verdicts of one or more rounds."""

    clock: Clock
    began: float
    candidates: list[Candidate] = field(default_factory=list)
    plausible: list[int] = field(default_factory=list)
    flips: dict[int, int] = field(default_factory=dict)
    tried: int = 0
    first: float | None = None
    trying: float = 0.0
    processor: float = 0.0
    groups: Mapping[str, Any] = field(default_factory=dict)
    patches: dict[int, Mapping[str, Any]] = field(default_factory=dict)

    def take(self, answer: Mapping[str, Any], shift: int) -> None:
        """One answer; ids count from ``shift``."""
        kind = answer["kind"]
        if kind == "trial":
            self._trial(answer["id"] + shift, answer)
        elif kind == "tried":
            self.processor += answer["seconds"]
        elif kind == "groups":
            self.groups = _shifted(answer, shift)
        elif kind == "patch":
            self.patches[answer["id"] + shift] = answer

    def _trial(self, number: int, answer: Mapping[str, Any]) -> None:
        self.tried += 1
        if answer["verdict"] == "plausible" and number not in self.plausible:
            self.plausible.append(number)
            self.first = self.clock.monotonic() - self.began if self.first is None else self.first
        elif answer["flips"]:
            self.flips[number] = len(answer["flips"])


def _shifted(answer: Mapping[str, Any], shift: int) -> Mapping[str, Any]:
    """The comparison, with ids that count from 0 over all rounds."""
    differ = answer["differ"]
    if differ:
        outputs = {str(int(key) + shift): text for key, text in differ["outputs"].items()}
        differ = {**differ, "outputs": outputs}
    groups = [[number + shift for number in group] for group in answer["groups"]]
    return {**answer, "groups": groups, "differ": differ}


async def search(
    target: SearchTarget, runner: CommandRunner, *, clock: Clock, budget: Budget = _DEFAULT, watch: Watch | None = None
) -> SearchResult:
    """Look for a small change with which all tests pass.

    The worker runs the project's code: ``runner`` has to isolate it. Nothing is written into the project. A patch
    passed the tests in the worker only: the caller applies it to a fresh tree and runs the real test command.

    Args:
        target: what is searched in.
        runner: runs the worker.
        clock: counts seconds.
        budget: how far to go.
        watch: is given what watches the tests, and may know what comes of it; default: it is called.

    Returns:
        See :class:`SearchResult`; where nothing is to be done or nothing was found, ``why`` says so.

    Raises:
        OSError, IsolationError, InputError: the interpreter cannot be started; see the runner.
    """
    began = clock.monotonic()
    language = LANGUAGES[target.language]
    targets = language.spots(target)
    worker = language.workman(target, runner, budget=budget)
    observe = partial(worker.observe, targets)
    seen = narrowed(await (watch(observe) if watch else observe()), target.wanted, is_wanted=language.is_one)
    result = SearchResult(tests=len(seen.tests), failing=len(seen.failing), flaky=seen.flaky, forked_each=seen.threaded)
    if why := _hopeless(seen, targets):
        return replace(result, why=why, seconds=clock.monotonic() - began)
    grounds, targets, suspects = _grounds(targets, seen, budget=budget)
    found = _Found(clock=clock, began=began)
    trouble = await _rounds(worker, grounds, targets=targets, seen=seen, suspects=suspects, found=found)
    ranked = sorted(suspects, key=lambda line: -suspects[line])
    result = replace(
        result,
        suspects=tuple(ranked[:10]),
        flipping=_flipping(found),
        tried=found.tried,
        first_seconds=found.first,
        try_seconds=found.trying,
        processor_seconds=found.processor,
    )
    if found.plausible:
        made = [patch(found.candidates[number], number, texts=target.texts, seen=seen) for number in found.plausible]
        result = judge(
            result, made, numbers=found.plausible, groups=found.groups, patches=found.patches, language=language
        )
    else:
        result = replace(result, why=trouble or f"none of {found.tried} small changes makes all tests pass")
    return replace(result, seconds=clock.monotonic() - began)


def _hopeless(seen: Observation, targets: Sequence[Spot]) -> str:
    failing = seen.failing
    reasons = (
        (seen.why, f"the tests cannot be run: {seen.why}"),
        (not seen.tests, "there is no test"),
        (not targets, "there is no function that could be changed"),
        (not failing, "no test fails" + (f", but {len(seen.flaky)} are flaky" if seen.flaky else "")),
        (
            seen.threaded and all(test.how == "time" for test in failing),
            "the tests wait without end: threads that start when a module is imported are missing in the worker",
        ),
        (
            not seen.early and not any(test.lines for test in failing),
            "no failing test reaches the code that may be changed",
        ),
    )
    return next((words for holds, words in reasons if holds), "")


def _grounds(
    targets: Sequence[Spot], seen: Observation, *, budget: Budget
) -> tuple[list[Ground], list[Spot], dict[Line, float]]:
    facts = Facts(
        attributes=seen.attributes,
        signs=seen.signs,
        strings=mined_strings(seen.tests),
        numbers=mined_numbers(seen.tests),
    )
    tests = _reaching(seen)
    first = suspicion(tests, {})
    best = sorted(targets, key=lambda target: -_worst(target, first))[: budget.functions]
    chosen = [target for target in best if _worst(target, first) > 0]
    grounds = [
        target.ground(replace(facts, types=seen.types.get((target.file, target.first), {}))) for target in chosen
    ]
    weights = {(one.file, line): weight for one in grounds for line, weight in one.heaviness().items()}
    return grounds, chosen, suspicion(tests, weights)


def _reaching(seen: Observation) -> list[Observed]:
    """The tests; what runs when the project is loaded, and in no test, counts as run by all of them."""
    tests = (*seen.failing, *seen.passing)
    early = seen.early.difference(*(test.lines for test in tests))
    return [replace(test, lines=test.lines | early) for test in tests]


def _worst(target: Spot, suspects: Mapping[Line, float]) -> float:
    return max((suspects.get((target.file, line), 0.0) for line in target.lines), default=0.0)


async def _rounds(
    worker: Workman,
    grounds: Sequence[Ground],
    *,
    targets: Sequence[Spot],
    seen: Observation,
    suspects: Mapping[Line, float],
    found: _Found,
) -> str:
    """Single edits, then pairs where no single one did it; what went wrong."""
    make = partial(best_first, grounds, suspects, most=worker.budget.candidates)
    singles = await anyio.to_thread.run_sync(make, abandon_on_cancel=True)  # seconds for a very long function
    trouble = await _attempt(worker, targets, seen=seen, further=singles, found=found)
    if worker.budget.pairs and not found.plausible and not trouble:
        further = pairs(found.candidates, found.flips, most=worker.budget.candidates)
        if further:
            trouble = await _attempt(worker, targets, seen=seen, further=further, found=found)
    return trouble


async def _attempt(
    worker: Workman, targets: Sequence[Spot], *, seen: Observation, further: Sequence[Candidate], found: _Found
) -> str:
    shift = len(found.candidates)
    found.candidates += further
    began = time.perf_counter()
    why = await worker.attempt(
        targets, further, seen=seen, compared=None, take=lambda answer: found.take(answer, shift)
    )
    found.trying += time.perf_counter() - began
    return why


def _flipping(found: _Found) -> tuple[tuple[Edit, ...], ...]:
    best = sorted(found.flips, key=lambda number: (-found.flips[number], number))
    return tuple(found.candidates[number].edits for number in best[:10])
