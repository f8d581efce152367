"""The comparison of patches, as the worker does it: generated inputs, behaviours, groups, examples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orchestrator.fixers.search.worker.channel import Channel
from orchestrator.fixers.search.worker.compare import asked, behaviour, clipped, difference, generated, grouped
from orchestrator.fixers.search.worker.limits import Limit, Outcome, now
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

    def run(self, seen: list[Any]) -> None:
        """Compare the candidates that the request names; ``seen`` are the calls that tests made."""
        request = self._request
        calls = generated(seen, seed=request["seed"], count=request["inputs"])
        rows: dict[int, list[str]] = {}
        steps: dict[int, list[int]] = {}
        until = now() + request["seconds"]
        for number in [-1, *request["compare"]]:
            if now() < until:
                rows[number], steps[number] = self._behaviours(number, calls)
        self._tell_groups(rows, steps, calls=calls)

    def _behaviours(self, number: int, calls: list[Any]) -> tuple[list[str], list[int]]:
        parts = self._request["candidates"][number] if number >= 0 else []
        functions = self._program.functions
        try:
            codes = [(index, functions[index].compile(functions[index].variant(edits))) for index, edits in parts]
        except RefusedError:
            return [], []
        for index, code in codes:
            functions[index].exchange(code)
        most = self._request["limit"]["steps"]
        endless = 0
        texts: list[str] = []
        steps: list[int] = []
        for call in calls:
            self._note(-len(calls) - number * len(calls) - len(texts))
            self._program.restore()
            objects = functions[call[0]].objects
            text, outcome = (
                behaviour(objects[0], call, limit=Limit(most * 5, 0.5) if endless < _PATIENCE else Limit(most, 0.1))
                if objects
                else ("", Outcome("fail", 0))
            )
            endless += outcome.is_limit
            texts.append(text)
            steps.append(outcome.steps)
        for index, _ in codes:
            functions[index].exchange(None)
        return texts, steps

    def _tell_groups(self, rows: dict[int, list[str]], steps: dict[int, list[int]], *, calls: list[Any]) -> None:
        old = rows.pop(-1)
        groups = grouped(rows)
        firsts = [group[0] for group in groups]
        self._channel.send("groups", groups=groups, inputs=len(calls), differ=self._differ(firsts, rows, calls=calls))
        for number, outputs in rows.items():
            same = [place for place, text in enumerate(outputs) if text == old[place]]
            place = difference(outputs, old)
            self._channel.send(
                "patch",
                id=number,
                steps=sum(steps[number][place] for place in same),
                before=sum(steps[-1][place] for place in same),
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
