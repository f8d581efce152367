"""What is asked of the worker in Node.js; its answers are those of the worker for Python."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from orchestrator.domain.command import Command, CommandResult
from orchestrator.domain.suggestion import Edit
from orchestrator.fixers.search.ground import Spot
from orchestrator.fixers.search.js.bundle import bootstrap, payload
from orchestrator.fixers.search.js.inputs import compared as compared_rows
from orchestrator.fixers.search.js.inputs import further
from orchestrator.fixers.search.js.instrument import counted
from orchestrator.fixers.search.js.program import Units, entry, suite
from orchestrator.fixers.search.js.reach import outside, reached
from orchestrator.fixers.search.js.spot import ScriptSpot
from orchestrator.fixers.search.order import Candidate
from orchestrator.fixers.search.protocol import SLACK, Answers, Observation, cheapest_first, last_words, observation
from orchestrator.fixers.search.target import Budget, SearchTarget
from orchestrator.ports import CommandRunner

__all__ = ["ScriptWorker"]

Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptWorker:
    """Implements :class:`orchestrator.fixers.search.language.Workman`."""

    runner: CommandRunner
    target: SearchTarget
    budget: Budget

    async def _run(self, request: Mapping[str, object], take: Callable[[Answer], None]) -> CommandResult:
        target = self.target
        command = Command(
            argv=(*target.node, "-e", bootstrap()),
            cwd=target.root,
            env=dict(target.env),
            stdin=payload(request),
            idle_timeout=self.budget.longest + SLACK,
        )
        return await self.runner.run(command, Answers(take).line)

    def _request(self, op: str, targets: Sequence[Spot]) -> dict[str, object]:
        target, budget = self.target, self.budget
        texts = reached({**target.beside, **target.texts}, target.tests)
        units = [one for one in targets if isinstance(one, ScriptSpot)]
        files = {file: entry(file, text, targets=units) for file, text in texts.items()}
        return {
            "op": op,
            "root": target.root,
            "files": {file: row for file, row in files.items() if row},
            "tests": [suite(file, texts[file]) for file in target.tests if file in texts],
            "functions": [one.row() for one in targets],
            "outside": outside(texts),
            "memory_mb": budget.memory_mb,
            "seconds": budget.seconds,
            "longest": budget.longest,
        }

    async def observe(self, targets: Sequence[Spot]) -> Observation:
        """See the protocol."""
        answers: list[Answer] = []
        result = await self._run(self._request("observe", targets), answers.append)
        seen = observation(answers)
        calls = [[targets[number].file, targets[number].first, *rest] for number, *rest in seen.calls]
        seen = replace(seen, calls=tuple(calls))
        return seen if seen.limit or seen.why else replace(seen, why=last_words(result))

    async def attempt(
        self,
        targets: Sequence[Spot],
        candidates: Sequence[Candidate],
        *,
        seen: Observation,
        compared: Sequence[int] | None,
        take: Callable[[Answer], None],
    ) -> str:
        """See the protocol."""
        ends: list[str] = []
        outputs: dict[int, Answer] = {}
        numbers = {(one.file, one.first): number for number, one in enumerate(targets)}
        calls = [[numbers[file, first], *rest] for file, first, *rest in seen.calls if (file, first) in numbers]
        inputs = further(calls, seed=self.budget.seed, count=self.budget.inputs)

        def sort(answer: Answer) -> None:
            if answer["kind"] in {"end", "trouble"}:
                ends.append(str(answer.get("why") or answer.get("text") or ""))
            elif answer["kind"] == "outputs":
                outputs[answer["id"]] = answer
            else:
                take(answer)

        request = {
            **self._request("try" if compared is None else "compare", targets),
            **_plan(seen),
            "candidates": _rows(candidates, targets),
            "compare": list(compared or ()),
            "inputs": inputs,
        }
        result = await self._run(request, sort)
        names = {number: one.name for number, one in enumerate(targets)}
        for answer in compared_rows(outputs, inputs=inputs[::-1], names=names):
            take(answer)
        return next(filter(None, ends), "") if ends else last_words(result)


def _plan(seen: Observation) -> dict[str, object]:
    return {
        "failing": cheapest_first(seen.failing),
        "passing": [test.name for test in seen.passing],
        "ordered": seen.ordered,
        "limit": dict(seen.limit),
    }


def _rows(candidates: Sequence[Candidate], targets: Sequence[Spot]) -> list[object]:
    units = Units({one.file: one.source.text for one in targets if isinstance(one, ScriptSpot)})
    return [[[number, [_span(edit, units) for edit in edits]] for number, edits in one.parts] for one in candidates]


def _span(edit: Edit, units: Units) -> list[object]:
    return [units.at(edit.file, edit.start), units.at(edit.file, edit.end), counted(edit.text)]
