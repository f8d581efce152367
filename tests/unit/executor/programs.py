"""Random programs whose every node does the same whenever it runs, and engines that die while they run them."""

import random
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import anyio

from orchestrator.domain.events import Answered, AttemptFailed, Event, NodeEnded
from orchestrator.domain.ids import NodeId, RunId
from orchestrator.domain.jsonvalue import JsonValue
from orchestrator.domain.node import Foreach, Join, NodeSpec, Wanted
from orchestrator.domain.outcome import Failed, Outcome, Succeeded
from orchestrator.domain.plan import Plan
from orchestrator.domain.recovered import Recovered
from orchestrator.domain.retry import Backoff, FailureKind, RetryPolicy
from orchestrator.domain.status import NodeStatus, RunStatus
from orchestrator.executor.engine import Engine, RunSetup
from orchestrator.executor.kinds import KINDS
from orchestrator.journal.reopen import reopened
from orchestrator.journal.replay import fold
from orchestrator.task import Handler, Services, Task
from orchestrator.testing.clock import FakeClock
from orchestrator.testing.journal import MemoryJournal
from orchestrator.testing.virtual import run_virtual
from tests.unit.executor.playing import NoRunner

PATIENT = RetryPolicy(max_attempts=3, max_transient=2, backoff=Backoff(base=1.0))
JOINS = (Join.ALL_SUCCEEDED, Join.ALL_SUCCEEDED, Join.NONE_FAILED, Join.ONE_SUCCEEDED, Join.ALL_DONE)

_Make: TypeAlias = Callable[[NodeSpec, int], NodeSpec]
"""Turns a plain node into another kind of node, at that depth."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """A plan, how many nodes run at once, and the seed of what they do."""

    seed: int
    plan: Plan
    workers: int


def program_of(seed: int, *, stops: bool) -> Program:
    """The program of this seed; with ``stops``, failures may stop others, so that ends depend on who was first."""
    rng = random.Random(seed)
    nodes = _Author(rng, stops=stops).graph(rng.randrange(1, 8), depth=0)
    stop = stops and rng.random() < 0.5
    plan = Plan(name="program", nodes=nodes, pools={"p": rng.randrange(1, 3)}, fail_fast=stop)
    return Program(seed=seed, plan=plan, workers=rng.randrange(1, 6))


@dataclass
class _Author:
    rng: random.Random
    stops: bool

    def graph(self, count: int, *, depth: int) -> tuple[NodeSpec, ...]:
        """So many nodes, each of which may need earlier ones."""
        names = [NodeId(f"n{number}") for number in range(count)]
        return tuple(self._node(name, names[:number], depth=depth) for number, name in enumerate(names))

    def _node(self, name: NodeId, earlier: Sequence[NodeId], *, depth: int) -> NodeSpec:
        rng = self.rng
        needs = {one: rng.choice((*[Wanted.JOIN] * 5, *Wanted)) for one in earlier if rng.random() < 2 / len(earlier)}
        spec = NodeSpec(
            id=name,
            kind="do",
            needs=needs,
            join=rng.choice(JOINS),
            condition=self._condition(list(needs)),
            continue_on_error=rng.random() < 0.2,
            pools=("p",) if rng.random() < 0.2 else (),
            timeout=2.5 if rng.random() < 0.2 else 0.0,
            retry=PATIENT if rng.random() < 0.4 else RetryPolicy(max_transient=2),
        )
        small: tuple[_Make, ...] = (*[self._plain] * 5, self._spread, self._spread, self._gate)
        every: tuple[_Make, ...] = (*small, self._loop, self._loop, self._call)
        return rng.choice(small if depth > 1 else every)(spec, depth)

    def _condition(self, needs: Sequence[NodeId]) -> str:
        if not needs or self.rng.random() < 0.5:
            return ""
        need = self.rng.choice(needs)
        of_results = ["always()", "failure()", "success()", f"needs.{need}.result == 'succeeded'", "!cancelled()"]
        return self.rng.choice(of_results if self.stops else [*of_results, f"needs.{need}.outputs.value > 0"])

    def _plain(self, spec: NodeSpec, _depth: int) -> NodeSpec:
        return spec

    def _gate(self, spec: NodeSpec, _depth: int) -> NodeSpec:
        return replace(spec, timeout=0.0, kind="gate", body={"prompt": "may I?"}, retry=RetryPolicy())

    def _spread(self, spec: NodeSpec, _depth: int) -> NodeSpec:
        lists = ["fromJSON('[0, 1, 2]')", "fromJSON('[]')", "fromJSON('[5]')"]
        if spec.needs and not self.stops:
            lists.append(f"needs.{next(iter(spec.needs))}.outputs.list")
        stop = self.stops and self.rng.random() < 0.5
        enough = -1 if self.stops else self.rng.choice((-1, 1))
        items = self.rng.choice(lists)
        each = Foreach(items=items, max_parallel=self.rng.randrange(3), fail_fast=stop, min_success=enough)
        return replace(spec, timeout=0.0, foreach=each, outputs={"value": ""})

    def _loop(self, spec: NodeSpec, depth: int) -> NodeSpec:
        children = self.graph(self.rng.randrange(1, 3), depth=depth + 1)
        last = children[-1].id
        untils = [f"nodes.{last}.result == 'succeeded'", "loop.iteration >= 2", "false"]
        if not self.stops:
            untils += [f"nodes.{last}.outputs.value > 1", "loop.no-progress"]
        body: dict[str, JsonValue] = {"until": self.rng.choice(untils), "max_iterations": self.rng.randrange(1, 4)}
        return replace(
            spec, timeout=0.0, kind="loop", children=children, body=body, outputs={"value": "${{ loop.iteration }}"}
        )

    def _call(self, spec: NodeSpec, depth: int) -> NodeSpec:
        children = self.graph(self.rng.randrange(1, 4), depth=depth + 1)
        outputs = {"value": f"${{{{ needs.{children[-1].id}.outputs.value }}}}"}
        body: dict[str, JsonValue] = {"source": "w.yaml", "outputs": outputs, "max_parallel": self.rng.randrange(3)}
        return replace(spec, timeout=0.0, kind="workflow", children=children, body=body)


class CrashError(Exception):
    """The engine's process is gone."""


@dataclass
class World:
    """What the nodes of a program have done to the outside, and the journal that survives its engines.

    Attributes:
        performed: (node, attempt) of everything that was done, in order.
        redone: for each crash, how many of the attempts before it were lost, their ends included.
    """

    program: Program
    rng: random.Random
    journal: MemoryJournal = field(default_factory=MemoryJournal)
    performed: list[tuple[str, int]] = field(default_factory=list)
    redone: list[int] = field(default_factory=list)
    _over: set[str] = field(default_factory=set)
    _running: list[NodeSpec] = field(default_factory=list)

    def finish(self, crashes: int = 0) -> RunStatus:
        """Run to the end, answering every question; engines die at random events, so often at most."""
        while True:
            crash_at = self.rng.randrange(1, 40) if crashes else 0
            status = self._engine(crash_at)
            crashes -= status is None
            if status is not None and (status != RunStatus.BLOCKED or not self._answer()):
                return status

    def ends(self) -> dict[str, object]:
        """How every node ended: status, outputs, and whether it failed by itself."""
        recovered = fold(self.journal.events)
        assert recovered is not None
        found = {name: record.end for name, record in recovered.nodes.items()}
        return {name: (end.status, end.outputs, end.kind) if end else None for name, end in found.items()}

    def _engine(self, crash_at: int) -> RunStatus | None:
        """One engine's work; ``None`` where it died."""
        done = len(self.performed)
        self._over = {one.node for one in self.journal.events if isinstance(one, NodeEnded)}
        recovered = fold(self.journal.events)
        crashed = False

        def emit(event: Event) -> None:
            nonlocal crash_at, crashed
            if not crashed:
                self.journal.append(event)
            if self.rng.random() < 0.2:
                self.journal.commit()
            crash_at -= 1
            crashed = crashed or not crash_at
            if crashed:  # whoever else wants to tell something now is as dead
                raise CrashError

        try:
            status = run_virtual(lambda: Engine(self._setup(emit, recovered)).run())
        except (CrashError, ExceptionGroup) as error:
            if isinstance(error, ExceptionGroup) and error.split(CrashError)[1]:
                raise
            self._crash(self.performed[done:])
            return None
        self.journal.commit()
        return status

    def _crash(self, performed: Sequence[tuple[str, int]]) -> None:
        lost = len(self.journal.events) - self.journal.committed
        self.journal = self.journal.crash(lucky=self.rng.randrange(lost + 1))
        ended = {one.node for one in self.journal.events if isinstance(one, NodeEnded)}
        failed = {(one.node, one.attempt) for one in self.journal.events if isinstance(one, AttemptFailed)}
        self.redone.append(sum(one[0] not in ended and one not in failed for one in performed))

    def _setup(self, emit: Callable[[Event], None], recovered: Recovered | None) -> RunSetup:
        handlers: dict[str, Handler] = {**KINDS, "do": self._do}
        return RunSetup(
            run=RunId("r1"),
            plan=self.program.plan,
            inputs={},
            workers=self.program.workers,
            services=Services(
                runner=NoRunner(),
                workplace=lambda: nullcontext("/"),
                env={},
                scratch="/",
                durable=self.journal.durable,
            ),
            clock=FakeClock(1_800_000_000.0 + 10_000 * len(self.redone)),
            chance=self.rng.random,
            emit=emit,
            handlers=handlers,
            recovered=recovered,
        )

    async def _do(self, task: Task) -> Outcome:
        """What the node's id and the program's seed say, within every limit."""
        assert task.spec.id not in self._over, f"{task.spec.id} had ended, and is performed again"
        await task.services.durable()
        assert (task.spec.id, task.attempt) not in self.performed, "every attempt has its own number"
        self.performed.append((task.spec.id, task.attempt))
        self._running.append(task.spec)
        assert sum("p" in spec.pools for spec in self._running) <= self.program.plan.pools["p"]
        rng = random.Random(f"{self.program.seed} {task.spec.id}")
        try:
            await anyio.sleep(rng.choice((0, 0, 1, 2, 3)))
        finally:
            self._running.remove(task.spec)
        return _outcome(rng, task)

    def _answer(self) -> bool:
        """Answer every gate that asks; whether there was one."""
        blocked = [one.node for one in self.journal.events if isinstance(one, NodeEnded)]
        answered = False
        for node in dict.fromkeys(blocked):
            recovered = fold(self.journal.events)
            assert recovered is not None
            record = recovered.nodes.get(node)
            if record and record.status == NodeStatus.BLOCKED:
                approve = random.Random(f"{self.program.seed} {node}").random() < 0.7
                self.journal.append(Answered(1.0, node, approve, "", reopened(node, recovered.nodes)))
                answered = True
        self.journal.commit()
        return answered


def _outcome(rng: random.Random, task: Task) -> Outcome:
    """Some nodes fail as often as their policies forgive, and never an attempt more."""
    outputs: dict[str, JsonValue] = {"value": rng.randrange(3), "list": list(range(rng.randrange(3)))}
    how, before = rng.random(), [failure.kind for failure in task.failures]
    if how < 0.15:
        return Failed("always", FailureKind.VALIDATION, outputs)
    if how < 0.3 and before.count(FailureKind.VALIDATION) < task.spec.retry.max_attempts - 1:
        return Failed("still", FailureKind.VALIDATION)
    if how > 0.9 and before.count(FailureKind.TRANSIENT) < task.spec.retry.max_transient:
        return Failed("busy", FailureKind.TRANSIENT)
    return Succeeded(outputs)
