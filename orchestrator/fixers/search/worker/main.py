"""The worker's life: load the project and its tests once, then answer from processes that are forked for it."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from functools import partial
from typing import Any

from orchestrator.fixers.search.worker import limits
from orchestrator.fixers.search.worker.afresh import Afresh
from orchestrator.fixers.search.worker.channel import Channel
from orchestrator.fixers.search.worker.compare import clipped
from orchestrator.fixers.search.worker.comparison import Comparison
from orchestrator.fixers.search.worker.forks import SILENT, Forks
from orchestrator.fixers.search.worker.limits import Limit, Outcome, guarded
from orchestrator.fixers.search.worker.loading import Early, enter, load
from orchestrator.fixers.search.worker.observe import Recorder, places, traced, values
from orchestrator.fixers.search.worker.program import Program
from orchestrator.fixers.search.worker.progress import Progress
from orchestrator.fixers.search.worker.trials import Plan, Trials

_PATIENCE = 25.0
"""Seconds that one test of the original program may take."""
_SLOW = 30
"""So many times the steps, for those candidates that only ran out of them."""
_MOST_DEATHS = 40
_LEAST = 1.0
"""Seconds of patience when several candidates have died: where one change never ends, others do not either."""
_FEWEST_STEPS, _MORE_STEPS = 10_000, 5
"""A test of a candidate may take so many, or so many times what any test took, until it is said to have no end."""
_FIRST = Limit(steps=100_000, seconds=2.0)
_GENEROUS = Limit(steps=3_000_000, seconds=10.0)
"""For tests that ran out of the first limit: are they slow, or do they not end?"""
_MOST_GENEROUS = 3
_MOST_CALLS, _FEWEST_CALLS, _LOOKED_AT = 40, 3, 120
"""Of the calls that failing tests make so many, of one test no fewer than so many, chosen among so many."""
_exit = os._exit  # a test may patch the module


class Session:
    """One request, with the project and its tests loaded."""

    def __init__(
        self, request: dict[str, Any], *, program: Program, suite: Any, channel: Channel, early: Early
    ) -> None:
        self._request = request
        self._program = program
        self._suite = suite
        self._channel = channel
        self._early = early
        self._progress = Progress()
        self._forks = Forks(progress=self._progress, channel=channel, memory_mb=request["memory_mb"])
        program.attach()
        self._is_threaded = program.is_threaded(request["root"])  # a fork knows nothing of its parent's threads

    def run(self) -> None:
        """Answer the request."""
        if self._request["op"] == "observe":
            if not self._forks.run(self._observe, patience=max(_PATIENCE, self._request["seconds"])):
                self._channel.send("trouble", text=f"{self._noted_name()} ends its process, or does not end")
            return
        compared = self._request["compare"]
        if self._request["op"] == "try":
            self._try_all(self._plan())
            compared = self._progress.kept if self._request["inputs"] else []
        if compared:
            self._forks.run(partial(self._compare, compared), patience=self._request["seconds"])

    def _plan(self) -> Plan:
        request, names = self._request, {name: number for number, name in enumerate(self._suite.names)}
        return Plan(
            candidates=request["candidates"],
            failing=[names[name] for name in request["failing"] if name in names],
            passing=[names[name] for name in request["passing"] if name in names],
            ordered=request["ordered"],
            limit=Limit(**request["limit"]),
            slow=Limit(request["limit"]["steps"] * _SLOW, 20.0),
            seconds=request["seconds"],
            until=limits.now() + request["longest"],
        )

    def _noted_name(self) -> str:
        """The test that was running last."""
        number = -1 - self._progress.at
        return str(self._suite.names[number]) if 0 <= number < len(self._suite.names) else "a test"

    def _try_all(self, plan: Plan) -> None:
        first, deaths, total = 0, 0, len(plan.candidates)
        alone = 1 if self._request["fork_each"] else total
        begun = limits.spent_below()
        while first < total and deaths < _MOST_DEATHS:
            plan.used = limits.spent_below() - begun
            if plan.used > plan.seconds or limits.now() > plan.until:
                break
            last = min(first + alone, total)
            self._progress.note(first)
            trials = Trials(self._program, self._suite, plan=plan, channel=self._channel, keep=self._progress.keep)
            patience = max(_LEAST, SILENT / 2**deaths)
            if self._forks.run(partial(self._batch, trials, first, last=last), patience=patience):
                after = self._progress.after
                if after < last:
                    alone, first = 1, after
                    self._channel.send("polluted", id=after)
                else:
                    first = last
            else:
                self._channel.send("trial", id=self._progress.at, verdict="dead", flips=[])
                first, deaths = self._progress.at + 1, deaths + 1
        self._channel.send("tried", count=first, seconds=limits.spent_below() - begun)

    def _batch(self, trials: Trials, first: int, *, last: int) -> None:
        self._progress.reach(trials.run(first, last, note=self._progress.note))

    def _pass(self, order: list[int], call: Callable[[int], Outcome]) -> dict[int, Outcome]:
        self._program.restore()
        self._suite.fresh()
        found = {}
        for number in order:
            self._progress.note(-1 - number)
            found[number] = call(number)
        return found

    def _plain_call(self, number: int) -> Outcome:
        return guarded(lambda: self._suite.call(number), _FIRST)

    def _observe(self) -> None:
        recorder = Recorder(self._program, with_lines=True)
        order = list(range(len(self._suite.names)))
        endless: list[int] = []

        def call(number: int) -> Outcome:
            recorder.lines.clear()
            values()
            outcome = traced(lambda: self._suite.call(number), recorder, limit=_FIRST)
            if outcome.is_limit and len(endless) < _MOST_GENEROUS:
                outcome = guarded(lambda: self._suite.call(number), _GENEROUS)
                endless.extend([number] if outcome.is_limit else [])
            self._tell_test(number, outcome, recorder=recorder)
            return outcome

        first = self._pass(order, call)
        ended = [number for number in order if not first[number].is_limit and first[number].steps < _FIRST.steps]
        failing = [number for number in ended if not first[number].is_ok]
        passing = [number for number in ended if first[number].is_ok]
        began = limits.now()
        again = self._pass([*failing, *reversed(passing)], self._plain_call)
        spent = limits.now() - began
        differing = [number for number in ended if first[number].is_ok != again[number].is_ok]
        flaky: list[int] = []
        if differing:
            further = [self._pass(order, self._plain_call) for _ in range(2)]
            flaky = [number for number in ended if {one[number].is_ok for one in further} != {first[number].is_ok}]
        self._tell_facts(recorder, first, flaky=flaky, is_ordered=bool(differing) and not flaky, spent=spent)

    def _tell_facts(
        self, recorder: Recorder, first: dict[int, Outcome], *, flaky: list[int], is_ordered: bool, spent: float
    ) -> None:
        steps = max([outcome.steps for outcome in first.values() if not outcome.is_limit], default=0)
        for (file, line), names in recorder.types.items():
            kinds = {name: sorted(kinds) for name, kinds in names.items()}
            self._channel.send("types", file=file, first=line, names=kinds)
        attributes = {kind: sorted(names) for kind, names in recorder.attributes.items()}
        self._channel.send("attributes", names=attributes, signs=sorted(recorder.signs))
        self._channel.send(
            "facts",
            ordered=is_ordered,
            threaded=self._is_threaded or self._program.is_threaded(self._request["root"]),
            flaky=[self._suite.names[number] for number in flaky],
            limit={"steps": max(_FEWEST_STEPS, _MORE_STEPS * steps), "seconds": max(0.25, min(20.0, 5 * spent))},
            early={file: sorted(lines) for file, lines in self._early.lines.items()},
            loading={"steps": self._early.limit.steps, "seconds": self._early.limit.seconds},
            calls=len(recorder.calls),
        )

    def _tell_test(self, number: int, outcome: Outcome, *, recorder: Recorder) -> None:
        self._channel.send(
            "test",
            name=self._suite.names[number],
            how=outcome.how,
            steps=outcome.steps,
            lines={file: sorted(lines) for file, lines in recorder.lines.items()},
            error=clipped(f"{type(outcome.error).__name__}: {outcome.error}") if outcome.error is not None else "",
            places=places(outcome.error, self._program.files),
            pair=values() if not outcome.is_ok else [],
        )

    def _compare(self, numbers: list[int]) -> None:
        comparison = Comparison(self._request, program=self._program, channel=self._channel, note=self._progress.note)
        calls = self._calls(comparison.changed(numbers))
        self._program.restore()
        comparison.run(calls, numbers)

    def _calls(self, changed: frozenset[tuple[str, int]]) -> list[Any]:
        """Calls that tests make: of failing ones the last, where the fault shows; of the others the first."""
        failing = {number for number, name in enumerate(self._suite.names) if name in set(self._request["failing"])}
        order = list(range(len(self._suite.names)))
        if not self._request["ordered"]:
            order.sort(key=lambda number: number not in failing)
        share = max(_FEWEST_CALLS, _MOST_CALLS // max(1, len(failing)))
        recorder = Recorder(self._program, with_lines=False)
        recorder.changed = changed
        found: list[Any] = []

        def call(number: int) -> Outcome:
            recorder.calls, recorder.most = [], (0 if len(found) >= 2 * _MOST_CALLS else _LOOKED_AT)
            outcome = traced(lambda: self._suite.call(number), recorder, limit=_FIRST)
            found.extend(recorder.calls[-share:] if number in failing else recorder.calls[:_FEWEST_CALLS])
            return outcome

        self._pass(order, call)
        return found


def main(request: dict[str, Any]) -> None:
    """Answer one request on what was standard output, then end without running the project's exit handlers."""
    channel = Channel(os.dup(1))
    with open(os.devnull, "r+b") as nothing:
        for descriptor in (0, 1, 2):
            os.dup2(nothing.fileno(), descriptor)
    try:
        why = _answer(request, channel)
    except BaseException:  # noqa: BLE001  # the project's own modules may raise anything when they are loaded
        why = traceback.format_exc()[-2000:]
    channel.send("end", why=why)
    _exit(0)


def _answer(request: dict[str, Any], channel: Channel) -> str:
    enter(request)
    if request["op"] == "afresh":
        Afresh(request, channel=channel).run()
        return ""
    program = Program(request)
    early = Early(program.files)

    def act(suite: Any) -> None:
        early.stop()
        Session(request, program=program, suite=suite, channel=channel, early=early).run()

    if request["op"] == "observe":
        early.start()
    return load(request, act)
