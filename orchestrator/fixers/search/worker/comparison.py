"""The comparison of patches, as the worker does it: generated inputs, behaviours, groups, examples."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from orchestrator.fixers.search.worker.channel import Channel
from orchestrator.fixers.search.worker.compare import asked, behaviour, clipped, difference, grouped, rooted
from orchestrator.fixers.search.worker.limits import Limit, now, spent
from orchestrator.fixers.search.worker.program import Program, RefusedError

_PATIENCE = 3
"""After so many inputs on which a patch did not end it gets a fifth of the steps."""


class Comparison:
    """Runs candidates on inputs like those of ``calls`` and tells how they behave."""

    def __init__(
        self, request: dict[str, Any], *, program: Program, channel: Channel, note: Callable[[int], None]
    ) -> None:
        self._request = request
        self._program = program
        self._channel = channel
        self._note = note
        self._turn = 0
        self._endless: Counter[int] = Counter()
        self._places: frozenset[tuple[str, int]] = frozenset()
        self._reached = False

    def run(self, seen: list[Any], numbers: list[int]) -> None:
        """Compare the candidates with these numbers; ``seen`` are the calls that tests made."""
        request = self._request
        self._places = self.changed(numbers)
        made = rooted(self._reaching(seen) or seen, seed=request["seed"], count=request["inputs"])[
            ::-1
        ]  # seen ones tell least: last
        calls, roots = [call for call, _ in made], [root for _, root in made]
        reached = 0
        codes = {number: found for number in [-1, *numbers] for found in self._codes(number)}
        rows: dict[int, list[str]] = {number: [] for number in codes}
        steps: dict[int, list[int]] = {number: [] for number in codes}
        until = now() + request["longest"]
        for call in calls:
            if spent() > request["seconds"] or now() > until:
                break  # between two inputs: each patch is compared on the same ones
            self._reached = False
            for number, found in codes.items():
                outcome = self._outcome(found, call, number=number)
                rows[number].append(outcome[0])
                steps[number].append(outcome[1])
            reached += self._reached
        self._tell_groups(rows, steps, calls=calls[: len(rows[-1])], roots=roots, reached=reached)

    def _reaching(self, seen: list[Any]) -> list[Any]:
        """The calls that come to what the candidates change: only changed copies of these tell anything."""
        found, until = [], now() + self._request["longest"] / 4
        for call in seen:
            if now() > until:
                break
            self._reached = False
            self._outcome([], call, number=-1)
            if self._reached:
                found.append(call)
        return found

    def changed(self, numbers: list[int]) -> frozenset[tuple[str, int]]:
        """File and first line of the functions that the candidates change."""
        indexes = {index for number in numbers for index, _ in self._request["candidates"][number]}
        chosen = [self._program.functions[index] for index in indexes]
        return frozenset((one.path, one.first) for one in chosen)

    def _enter(self, frame: Any, event: str, *_: Any) -> None:
        """As :func:`sys.setprofile` has it."""
        if event == "call" and (frame.f_code.co_filename, frame.f_code.co_firstlineno) in self._places:
            self._reached = True
            sys.setprofile(None)

    def _codes(self, number: int) -> list[list[tuple[int, Any]]]:
        """What stands in place of which functions for one candidate, -1 for none; empty where it is refused."""
        parts = self._request["candidates"][number] if number >= 0 else []
        try:
            return [[(index, self._program.functions[index].variant(edits)) for index, edits in parts]]
        except RefusedError:
            return []

    def _outcome(self, codes: list[tuple[int, Any]], call: Any, *, number: int) -> tuple[str, int]:
        """What one patch makes of one input, and in how many steps."""
        functions = self._program.functions
        self._turn += 1
        self._note(-2 - self._turn)
        objects = functions[call[0]].objects
        if not objects:
            return "", 0
        most = self._request["limit"]["steps"]
        limit = Limit(most * 5, 0.5) if self._endless[number] < _PATIENCE else Limit(most, 0.1)
        for index, code in codes:
            functions[index].exchange(code)
        self._program.restore()
        sys.setprofile(self._enter if number < 0 else None)
        text, outcome = behaviour(objects[0], call, limit=limit)
        sys.setprofile(None)
        for index, _ in codes:
            functions[index].exchange(None)
        self._endless[number] += outcome.is_limit
        return text, outcome.steps

    def _tell_groups(
        self,
        rows: dict[int, list[str]],
        steps: dict[int, list[int]],
        *,
        calls: list[Any],
        roots: Sequence[int],
        reached: int,
    ) -> None:
        old = rows.pop(-1)
        groups = grouped(rows)
        firsts = [group[0] for group in groups]
        self._channel.send("groups", groups=groups, inputs=reached, differ=self._differ(firsts, rows, calls=calls))
        for number, outputs in rows.items():
            same = [place for place, text in enumerate(outputs) if text == old[place]]
            place = difference(outputs, old)
            self._channel.send(
                "patch",
                id=number,
                steps=sum(steps[number][place] for place in same),
                before=sum(steps[-1][place] for place in same),
                telling=len({roots[at] for at, text in enumerate(outputs) if text != old[at]}),
                example=self._example({"old": old, "new": outputs}, place, calls=calls),
            )

    def _differ(self, firsts: list[int], rows: dict[int, list[str]], *, calls: list[Any]) -> Any:
        if not firsts[1:]:
            return None
        place = difference(rows[firsts[0]], rows[firsts[1]])
        return self._example({str(number): rows[number] for number in firsts[:6]}, place, calls=calls)

    def _example(self, rows: dict[str, list[str]], place: int, *, calls: list[Any]) -> Any:
        if place < 0:
            return None
        name = self._program.functions[calls[place][0]].name
        return {"input": asked(calls[place], name), "outputs": {key: clipped(row[place]) for key, row in rows.items()}}
