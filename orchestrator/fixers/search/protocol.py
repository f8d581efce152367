"""What is asked of the worker, and its answers as they come."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from orchestrator.domain.command import Command, CommandResult
from orchestrator.fixers.search.bundle import bootstrap, payload
from orchestrator.fixers.search.ground import Spot
from orchestrator.fixers.search.localise import Line, Observed
from orchestrator.fixers.search.order import Candidate
from orchestrator.fixers.search.scope import Facts, Scope
from orchestrator.fixers.search.source import Function, Source
from orchestrator.fixers.search.target import Budget, SearchTarget
from orchestrator.fixers.search.weighing import PythonGround
from orchestrator.fixers.search.worker.channel import MARK
from orchestrator.ports import CommandRunner

__all__ = ["SLACK", "Answers", "Observation", "Target", "Worker", "cheapest_first", "last_words", "observation"]

Answer = Mapping[str, Any]
SLACK = 30.0
"""Seconds of silence after which a worker that should have ended is stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One function that may be changed, as the worker has to know it."""

    source: Source
    function: Function

    @property
    def file(self) -> str:
        """Where it stands."""
        return self.source.file

    @property
    def first(self) -> int:
        """The line that the interpreter counts as its first."""
        return self.function.first

    @property
    def lines(self) -> range:
        """Those of its body."""
        node = self.function.node
        return range(node.body[0].lineno, (node.end_lineno or node.lineno) + 1)

    @property
    def name(self) -> str:
        """As its definition says."""
        return self.function.node.name

    @property
    def span(self) -> tuple[int, int]:
        """From the line of its ``def`` to the end of its last line."""
        return self.function.start, self.function.end

    def ground(self, facts: Facts) -> PythonGround:
        """It with what was seen."""
        return PythonGround(Scope(source=self.source, function=self.function, facts=facts))

    def row(self) -> dict[str, object]:
        """As JSON."""
        function = self.function
        return {
            "file": self.source.file,
            "name": function.node.name,
            "line": function.node.lineno,
            "first": function.first,
            "start": function.start,
            "end": function.end,
            "classes": list(function.classes),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What was seen when the original program's tests ran.

    Attributes:
        types: file and first line of a function -> local -> types.
        attributes: type -> attributes.
        signs: punctuation that stood in the texts that tests passed in.
        ordered: whether the tests depend on their order.
        threaded: whether every candidate needs a process of its own.
        limit: steps and seconds for one test of a candidate.
        early: lines of functions that run when the project and its tests are loaded, before any test does.
        loading: steps and seconds that this may take with a candidate.
        calls: from outside, of functions that may be changed, as JSON; where the worker tells them.
        why: why nothing was seen; ``""`` where something was.
    """

    tests: tuple[Observed, ...] = ()
    types: Mapping[tuple[str, int], Mapping[str, frozenset[str]]] = field(default_factory=dict)
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    signs: tuple[str, ...] = ()
    ordered: bool = False
    threaded: bool = False
    flaky: tuple[str, ...] = ()
    limit: Mapping[str, float] = field(default_factory=dict)
    early: frozenset[Line] = frozenset()
    loading: Mapping[str, float] = field(default_factory=dict)
    calls: tuple[Any, ...] = ()
    why: str = ""

    @property
    def failing(self) -> tuple[Observed, ...]:
        """Tests that fail, flaky ones left out."""
        return tuple(test for test in self.tests if not test.is_ok and test.name not in self.flaky)

    @property
    def passing(self) -> tuple[Observed, ...]:
        """Tests that pass, flaky ones left out."""
        return tuple(test for test in self.tests if test.is_ok and test.name not in self.flaky)


class Answers:
    """Puts the worker's lines together and passes each whole answer on; what is no answer is passed over."""

    def __init__(self, take: Callable[[Answer], None]) -> None:
        self._take = take
        self._partial = ""

    def line(self, stream: str, text: str) -> None:
        """A :data:`orchestrator.ports.LineSink`."""
        if stream != "stdout" or not text.startswith(MARK):
            return
        self._partial += text[len(MARK) + 1 :]
        if text[len(MARK)] == "+":
            return
        whole, self._partial = self._partial, ""
        try:
            answer = json.loads(whole)
        except ValueError:
            return  # cut by somebody on the way; a verdict that is missing is no patch
        if isinstance(answer, dict):
            self._take(answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Starts the worker through the command runner, one request at a time."""

    runner: CommandRunner
    target: SearchTarget
    budget: Budget

    async def _run(self, request: Mapping[str, object], take: Callable[[Answer], None]) -> CommandResult:
        target = self.target
        command = Command(
            argv=(*target.python, "-B", "-c", bootstrap()),
            cwd=target.root,
            env={**target.env, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=payload(request),
            idle_timeout=self.budget.longest + SLACK,
        )
        return await self.runner.run(command, Answers(take).line)

    def _common(self, op: str, targets: Sequence[Spot]) -> dict[str, object]:
        target, budget = self.target, self.budget
        return {
            "op": op,
            "root": target.root,
            "paths": list(target.paths),
            "tests": list(target.tests),
            "texts": dict(target.texts),
            "functions": [one.row() for one in targets],
            "memory_mb": budget.memory_mb,
            "seconds": budget.seconds,
            "longest": budget.longest,
        }

    async def observe(self, targets: Sequence[Spot]) -> Observation:
        """Run the tests of the original program, watched; ``why`` says where that failed."""
        answers: list[Answer] = []
        result = await self._run(self._common("observe", targets), answers.append)
        seen = observation(answers)
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
        further = {
            "ordered": seen.ordered,
            "fork_each": seen.threaded,
            "compare": list(compared or ()),
            "inputs": self.budget.inputs,
            "seed": self.budget.seed,
        }
        request = self._trial("try" if compared is None else "compare", targets, candidates=candidates, seen=seen)
        passed: list[Answer] = []

        def noted(answer: Answer) -> None:
            passed.extend([answer] if answer.get("verdict") == "plausible" else ())
            take(answer)

        trouble = await self._answered({**request, **further}, noted)
        early = _early(targets, candidates, seen=seen)
        if trouble or passed or compared is not None or not early:
            return trouble
        return await self._afresh(targets, candidates, numbers=early, seen=seen, take=take)

    async def _afresh(
        self,
        targets: Sequence[Spot],
        candidates: Sequence[Candidate],
        *,
        numbers: Sequence[int],
        seen: Observation,
        take: Callable[[Answer], None],
    ) -> str:
        """Try the candidates with these numbers, each in a process that loads the project with it.

        What they do then is not compared: none of them is said to be consistent.
        """
        request = self._trial("afresh", targets, candidates=[candidates[number] for number in numbers], seen=seen)

        def numbered(answer: Answer) -> None:
            take({**answer, "id": numbers[answer["id"]]} if "id" in answer else answer)

        return await self._answered({**request, "loading": dict(seen.loading)}, numbered)

    def _trial(
        self, op: str, targets: Sequence[Spot], *, candidates: Sequence[Candidate], seen: Observation
    ) -> dict[str, object]:
        return {
            **self._common(op, targets),
            "candidates": [
                [[number, [_span(edit) for edit in edits]] for number, edits in one.parts] for one in candidates
            ],
            "failing": cheapest_first(seen.failing),
            "passing": [test.name for test in seen.passing],
            "limit": dict(seen.limit),
        }

    async def _answered(self, request: Mapping[str, object], take: Callable[[Answer], None]) -> str:
        """What went wrong; ``""`` where nothing did."""
        ends: list[str] = []

        def sort(answer: Answer) -> None:
            if answer["kind"] in {"end", "trouble"}:
                ends.append(_short(str(answer.get("why") or answer.get("text") or "")))
            else:
                take(answer)

        result = await self._run(request, sort)
        return next(filter(None, ends), "") if ends else last_words(result)


def _early(targets: Sequence[Spot], candidates: Sequence[Candidate], *, seen: Observation) -> list[int]:
    """Numbers of the single changes of functions that run while the project is loaded.

    What such a function has made by then stays as it is when the function is exchanged.
    """
    early = {number for number, one in enumerate(targets) if any((one.file, line) in seen.early for line in one.lines)}
    return [
        number
        for number, one in enumerate(candidates)
        if not one.is_pair and all(index in early for index, _ in one.parts)
    ]


def _span(edit: Any) -> list[object]:
    return [edit.start, edit.end, edit.text]


def last_words(result: CommandResult) -> str:
    """Why the worker ended before it had answered."""
    lines = [line for line in result.stderr.strip().splitlines() if line.strip()]
    said = lines[-1] if lines else "it said nothing"
    return f"the worker ended early (exit {result.exit_code}): {said}"


def observation(answers: Sequence[Answer]) -> Observation:
    """Put the answers to ``observe`` together."""
    seen = Observation()
    tests: list[Observed] = []
    types: dict[tuple[str, int], dict[str, frozenset[str]]] = {}
    for answer in answers:
        match answer["kind"]:
            case "test":
                tests.append(_observed(answer))
            case "types":
                types[answer["file"], answer["first"]] = {
                    name: frozenset(kinds) for name, kinds in answer["names"].items()
                }
            case "attributes":
                attributes = {kind: tuple(names) for kind, names in answer["names"].items()}
                calls = tuple(answer.get("calls", ()))
                seen = replace(seen, attributes=attributes, signs=tuple(answer["signs"]), calls=calls)
            case "facts":
                seen = replace(
                    seen,
                    ordered=answer["ordered"],
                    threaded=answer["threaded"],
                    flaky=tuple(answer["flaky"]),
                    limit=answer["limit"],
                    early=_lines(answer.get("early", {})),
                    loading=answer.get("loading", {}),
                )
            case "trouble":
                seen = replace(seen, why=_short(answer["text"]))
            case "end" if answer["why"]:
                seen = replace(seen, why=_short(answer["why"]))
    return replace(seen, tests=tuple(tests), types=types)


def _short(text: str) -> str:
    return text.strip().splitlines()[-1] if text.strip() else ""


def cheapest_first(tests: Sequence[Observed]) -> list[str]:
    """Their names; most candidates fail in the first that is run."""
    return [test.name for test in sorted(tests, key=lambda test: test.steps)]


def _lines(found: Mapping[str, Sequence[int]]) -> frozenset[Line]:
    return frozenset((file, line) for file, lines in found.items() for line in lines)


def _observed(answer: Answer) -> Observed:
    return Observed(
        name=answer["name"],
        how=answer["how"],
        lines=_lines(answer["lines"]),
        places=tuple((file, line) for file, line in answer["places"]),
        error=answer["error"],
        steps=int(answer.get("steps", 0)),
        pair=tuple(answer["pair"]),
    )
