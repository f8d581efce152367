"""Tries candidates whose functions run while the project is loaded: each in a process that loads it with them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from orchestrator.fixers.search.worker import limits
from orchestrator.fixers.search.worker.channel import Channel
from orchestrator.fixers.search.worker.forks import SILENT, Forks
from orchestrator.fixers.search.worker.limits import Limit, guarded
from orchestrator.fixers.search.worker.loading import load, prepare
from orchestrator.fixers.search.worker.program import Program
from orchestrator.fixers.search.worker.progress import Progress

_ENOUGH = 3
"""Candidates that pass, after which no further one is tried."""


class Afresh:
    """One request; nothing of the project is loaded in this process."""

    def __init__(self, request: dict[str, Any], *, channel: Channel) -> None:
        self._request = request
        self._channel = channel
        self._progress = Progress()
        self._forks = Forks(progress=self._progress, channel=channel, memory_mb=request["memory_mb"])
        self._limit, self._loading = Limit(**request["limit"]), Limit(**request["loading"])

    def run(self) -> None:
        """Try one candidate after the other, best first, as long as there is time."""
        request = self._request
        prepare(request)
        begun, until, count = limits.spent_below(), limits.now() + request["longest"], 0
        for number in range(len(request["candidates"])):
            is_over = limits.spent_below() - begun > request["seconds"] or limits.now() > until
            if is_over or len(self._progress.kept) >= _ENOUGH:
                break
            count += 1
            self._progress.note(number + 1)
            if not self._forks.run(partial(self._try, number), patience=SILENT + self._loading.wall):
                self._channel.send("trial", id=number, verdict="dead", flips=[])
        self._channel.send("tried", count=count, seconds=limits.spent_below() - begun)

    def _try(self, number: int) -> None:
        flips: list[int] = []
        verdict = ["failed"]
        Program({**self._request, "texts": self._texts(number)})
        guarded(lambda: load(self._request, lambda suite: verdict.append(self._verdict(suite, flips))), self._loading)
        if verdict[-1] == "plausible":
            self._progress.keep(number)
        self._channel.send("trial", id=number, verdict=verdict[-1], flips=flips)

    def _texts(self, number: int) -> dict[str, str]:
        texts = dict(self._request["texts"])
        for index, edits in self._request["candidates"][number]:
            file = self._request["functions"][index]["file"]
            for start, end, new in sorted(edits, reverse=True):
                texts[file] = texts[file][:start] + new + texts[file][end:]
        return texts

    def _verdict(self, suite: Any, flips: list[int]) -> str:
        """All failing tests run, for those that pass now are worth knowing; the others up to the first that fails."""
        numbers = {name: number for number, name in enumerate(suite.names)}
        known = [name in numbers for name in (*self._request["failing"], *self._request["passing"])]
        suite.fresh()
        failing, passing = (self._numbers(kind, numbers) for kind in ("failing", "passing"))
        flips += [number for number in failing if self._passes(suite, number)]
        is_done = all(known) and len(flips) == len(failing)
        return "plausible" if is_done and all(self._passes(suite, number) for number in passing) else "failed"

    def _numbers(self, kind: str, numbers: dict[str, int]) -> Sequence[int]:
        return sorted(numbers[name] for name in self._request[kind] if name in numbers)

    def _passes(self, suite: Any, number: int) -> bool:
        self._progress.note(-1 - number)
        return guarded(lambda: suite.call(number), self._limit).is_ok
