"""Runs one plan: joins the machine, the policies and the handlers, and tells every step as an event."""

import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from orchestrator.domain.events import (
    Answer,
    Answered,
    AttemptFailed,
    Event,
    NodeEnded,
    NodeExpanded,
    NodeReleased,
    NodeStarted,
    RunEnded,
    RunInterrupted,
    RunResumed,
    RunStarted,
)
from orchestrator.domain.ids import NodeId, RunId
from orchestrator.domain.jsonvalue import JsonObject, JsonValue
from orchestrator.domain.node import Join, NodeSpec
from orchestrator.domain.outcome import Blocked, Expanded, Failed, Outcome, Skipped, Succeeded
from orchestrator.domain.plan import Plan
from orchestrator.domain.recovered import Recovered
from orchestrator.domain.retry import FailureKind, RetryPolicy
from orchestrator.domain.status import NodeStatus, RunStatus
from orchestrator.domain.usage import Usage
from orchestrator.errors import ExpressionError
from orchestrator.executor.admission import admit, asks, survives
from orchestrator.executor.board import Board, local_name
from orchestrator.executor.expansion import Expansion, child_of, refusal
from orchestrator.executor.fanout import perform_foreach
from orchestrator.executor.kinds import KINDS
from orchestrator.executor.loop import Loop
from orchestrator.executor.machine import Admit, Child, Ended, Machine
from orchestrator.executor.overlap import taking_turns
from orchestrator.executor.policy import RunEnd, Tries, over_limit, retry_wait, run_status
from orchestrator.executor.restore import OUT_OF_MINUTES, limit_hit, restore, standing_failures
from orchestrator.executor.transitions import BLOCKED, CANCELLED, FAILED, SKIPPED, STATUS, SUCCEEDED
from orchestrator.expressions import Scope, parse_template
from orchestrator.graph import bottom_levels
from orchestrator.ports import Clock
from orchestrator.task import ChildEnd, Handler, Services, Task


async def nothing_landed() -> bool:
    """The end of a run that edits nothing."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSetup:
    """What an engine needs to know.

    Attributes:
        run: the run's id.
        inputs: bound and typed.
        workers: how many nodes run at once.
        clock: time.
        chance: uniform random numbers in [0, 1), for jitter.
        emit: told every event, in order; must not block.
        pools: slots of the pools that the plan does not declare itself.
        seconds: node id -> expected seconds, from earlier runs; unknown nodes count as the mean of the known, or 1.
        handlers: kind -> handler.
        conclude: awaited when all is over, before the run's end is told; hands over what has landed, and says
            whether anything has.
        recovered: where earlier engines left this run (its plan and inputs are those above); ``None`` for a new one.
    """

    run: RunId
    plan: Plan
    inputs: JsonObject
    workers: int
    services: Services
    clock: Clock
    chance: Callable[[], float]
    emit: Callable[[Event], object]
    pools: Mapping[str, int] = field(default_factory=dict)
    seconds: Mapping[NodeId, float] = field(default_factory=dict)
    handlers: Mapping[str, Handler] = field(default_factory=lambda: KINDS)
    conclude: Callable[[], Awaitable[bool]] = nothing_landed
    recovered: Recovered | None = None


class Engine:
    """One run of one plan. Use it once: :meth:`run`, and :meth:`drain` or :meth:`halt` to interrupt it."""

    def __init__(self, setup: RunSetup) -> None:
        self._setup = setup
        self._wall = setup.clock.wall
        self._emit = setup.emit
        self._expansions: dict[int, Expansion] = {}
        self._tries: dict[int, Tries] = {}
        self._failures: dict[int, tuple[AttemptFailed, ...]] = {}
        self._facts: dict[int, tuple[Event, ...]] = {}
        self._answers: Mapping[NodeId, Answered] = _answers(setup.recovered)
        self._services = replace(setup.services, record=self._record)
        self._spent = setup.recovered.spent if setup.recovered else Usage()
        self._stopped = ""
        self._exhausted = ""
        self._left_undone = limit_hit(setup.recovered) if setup.recovered else ""
        self._interrupted = False
        self._machine = _machine(setup, lambda number: admit(self._board, number))
        self._board = Board(phases=self._machine.phases, contexts=_contexts(setup), is_stopping=self._is_stopping)
        queue = self._machine.queue
        self._pools = {name: queue.add_pool(slots) for name, slots in {**setup.pools, **setup.plan.pools}.items()}
        turns = self._turns(setup.plan.nodes)
        for spec in setup.plan.nodes:
            number = self._board.add(spec)
            if spec.condition or spec.join == Join.ALL_DONE:
                self._machine.mark(number, asks=asks(spec), survives=survives(spec))
            if spec.pools or spec.id in turns:
                queue.assign(number, (*self._pools_of(spec), *turns.get(spec.id, ())))
        self._loop: Loop[Outcome] = Loop(self._machine, self, workers=setup.workers)
        self._settlers: Mapping[type[Outcome], Callable[[int, Any], None]] = {
            Succeeded: self._settle_succeeded,
            Failed: self._settle_failed,
            Blocked: self._settle_blocked,
            Skipped: self._settle_skipped,
            Expanded: self._settle_expanded,
        }

    @property
    def board(self) -> Board:
        """What is known of every node."""
        return self._board

    async def run(self) -> RunStatus:
        """Run to the end: every node has ended, or waits behind a blocked one or an interrupt."""
        limits = self._setup.plan.limits
        self._begin()
        seconds = limits.minutes * 60 or math.inf
        await self._loop.run(seconds, lambda: self._exhaust(f"{OUT_OF_MINUTES}{limits.minutes:g} minutes are over"))
        self._machine.check_over()
        landed = await self._setup.conclude()
        status = self._status(landed=landed)
        self._emit(RunEnded(self._wall(), status, self._exhausted or self._left_undone))
        return status

    def _begin(self) -> None:
        setup = self._setup
        if setup.recovered is None:
            isolation = setup.services.runner.isolation
            self._emit(RunStarted(self._wall(), setup.run, setup.plan, setup.inputs, setup.workers, isolation))
            self._machine.start()
        else:
            self._tries = restore(setup.recovered, machine=self._machine, board=self._board, expand=self.expand)
            for record in setup.recovered.nodes.values():
                self._failures[self._board.numbers[record.spec.id]] = tuple(record.failures)
                if record.recovered:
                    self._facts[self._board.numbers[record.spec.id]] = tuple(record.facts)
            self._emit(RunResumed(self._wall()))
            self._go_on(setup.recovered)

    def _go_on(self, recovered: Recovered) -> None:
        """What stopped the run, or a part of it, still does; only its minutes begin anew."""
        failed = [self._board.numbers[node] for node in standing_failures(recovered)]
        self._exhausted = over_limit(self._setup.plan.limits, self._spent)
        # Known before the machine decides: conditions may ask for it.
        self._stopped = self._exhausted or next((self._failure_of(one) for one in failed if self._stops_run(one)), "")
        self._machine.resume()
        if self._stopped:
            self._machine.stop(self._stopped)
        for node in failed:
            self._fail_fast(node)

    def drain(self) -> None:
        """Start nothing more; :meth:`run` returns, interrupted, when what runs has ended."""
        self._interrupted = True
        self._emit(RunInterrupted(self._wall()))
        self._loop.drain()

    def halt(self) -> None:
        """Drain, and give back unfinished what runs."""
        self._interrupted = True
        self._emit(RunInterrupted(self._wall(), hard=True))
        self._loop.halt()

    # -- the loop's questions (see Work) -----------------------------------------------------------------

    def seconds_for(self, node: int) -> float:
        """The node's timeout."""
        return self._board.specs[node].timeout or math.inf

    async def perform(self, node: int) -> Outcome:
        """One step of one attempt, told as started."""
        spec = self._board.specs[node]
        expansion = self._expansions.get(node)
        step = expansion.step if expansion else 0
        tries = self._tries.get(node)
        attempt = tries.number + 1 if tries else 1
        if not step:
            self._emit(NodeStarted(self._wall(), spec.id, attempt))
        handler = self._setup.handlers[spec.kind] if spec.foreach is None else perform_foreach
        task = Task(
            spec=spec,
            attempt=attempt,
            step=step,
            scope=lambda extra: self._board.scope(node, extra),
            services=self._services,
            notes=expansion.notes if expansion else _NO_NOTES,
            children=self._children(expansion) if expansion else (),
            answer=self._answers.get(spec.id),
            failures=self._failures.get(node, ()),
            facts=self._facts.pop(node, ()),
        )
        try:
            return await handler(task)
        except ExpressionError as error:
            return Failed(str(error), FailureKind.ERROR)

    def settle(self, node: int, outcome: Outcome) -> None:
        """Turn the outcome into a transition."""
        self._settlers[type(outcome)](node, outcome)

    def settle_stopped(self, node: int, *, halted: bool) -> None:
        """Cancelled by a stop, given back by a halt, or out of time."""
        if reason := self._machine.reason_to_stop(node):
            self._end(node, CANCELLED, reason=reason)
        elif halted:
            self._emit(NodeReleased(self._wall(), self._board.specs[node].id, "interrupted"))
            self._machine.release(node)
        else:
            seconds = self._board.specs[node].timeout
            self.settle(node, Failed(f"no end within {seconds:g} s", FailureKind.TIMEOUT))

    def announce(self, command: Ended) -> None:
        """The machine ended a node by itself."""
        self._say_ended(command.node, command.phase, reason=command.reason)
        if command.phase == FAILED:
            self._fail_fast(command.node)

    # -- outcomes ----------------------------------------------------------------------------------------

    def _settle_succeeded(self, node: int, outcome: Succeeded) -> None:
        if outcome.outputs:
            self._board.outputs[node] = outcome.outputs
        self._emit(
            NodeEnded(self._wall(), self._board.specs[node].id, NodeStatus.SUCCEEDED, outcome.note, outcome.outputs)
        )
        self._machine.end(node, SUCCEEDED)

    def _settle_failed(self, node: int, outcome: Failed) -> None:
        spec = self._board.specs[node]
        tries = self._tries.get(node, _UNTRIED).after(outcome.kind)
        self._tries[node] = tries
        wait = retry_wait(
            _capped(spec, self._setup.plan.limits.attempts), outcome.kind, tries=tries, chance=self._setup.chance()
        )
        if wait is None:
            self._board.outputs[node] = outcome.outputs
            self._end(node, FAILED, reason=outcome.reason, outcome=outcome)
            self._fail_fast(node)
            return
        failure = AttemptFailed(self._wall(), spec.id, tries.number, outcome.kind, outcome.reason, wait, outcome.detail)
        self._emit(failure)
        self._failures[node] = (*self._failures.get(node, ()), failure)
        self._expansions.pop(node, None)
        self._machine.delay(node, self._loop.now() + wait)

    def _settle_blocked(self, node: int, outcome: Blocked) -> None:
        self._end(node, BLOCKED, reason=outcome.question)

    def _settle_skipped(self, node: int, outcome: Skipped) -> None:
        self._end(node, SKIPPED, reason=outcome.reason)

    def _settle_expanded(self, node: int, outcome: Expanded) -> None:
        if why := refusal(self._board, node, children=outcome.children, limits=self._setup.plan.limits):
            self.settle(node, Failed(why, FailureKind.ERROR))
            return
        step = self._expansions[node].step + 1 if node in self._expansions else 1
        self._emit(
            NodeExpanded(
                self._wall(),
                self._board.specs[node].id,
                step,
                outcome.children,
                outcome.max_parallel,
                outcome.fail_fast,
                outcome.notes,
            )
        )
        self.expand(node, step, outcome)

    def expand(self, node: int, step: int, outcome: Expanded) -> None:
        """Add the children of the running ``node``, which has been told."""
        own = (self._machine.queue.add_pool(outcome.max_parallel),) if outcome.max_parallel else ()
        turns = self._turns(outcome.children)
        numbers = [self._board.add(spec, node) for spec in outcome.children]
        children: list[Child] = []
        for spec in outcome.children:
            pools = (*self._pools_of(spec), *own, *turns.get(spec.id, ()))
            children.append(child_of(spec, self._board.numbers, pools=pools, weight=self._expected))
        self._expansions[node] = Expansion(step, numbers, outcome.fail_fast, outcome.notes)
        self._machine.expand(node, children)

    # -- ends --------------------------------------------------------------------------------------------

    def _end(self, node: int, phase: int, *, reason: str, outcome: Failed | None = None) -> None:
        self._say_ended(node, phase, reason=reason, outcome=outcome)
        self._machine.end(node, phase)

    def _say_ended(self, node: int, phase: int, *, reason: str, outcome: Failed | None = None) -> None:
        self._board.reasons[node] = reason
        event = NodeEnded(self._wall(), self._board.specs[node].id, STATUS[phase], reason)
        if outcome:
            event = replace(event, outputs=outcome.outputs, kind=outcome.kind, detail=outcome.detail)
        elif phase == FAILED:
            event = replace(event, kind=FailureKind.ERROR)
        self._emit(event)

    def _fail_fast(self, node: int) -> None:
        """A failure that is not tolerated stops its siblings, or the run, where that was asked for."""
        if self._stops_run(node):
            if not self._stopped:
                self._stopped = self._failure_of(node)
                self._machine.stop(self._stopped)
            return
        parent = self._board.parents.get(node)
        is_tolerated = self._board.specs[node].continue_on_error
        if parent is not None and self._expansions[parent].fail_fast and not is_tolerated:
            self._machine.stop(self._failure_of(node), within=parent)

    def _stops_run(self, node: int) -> bool:
        is_top = node not in self._board.parents
        return self._setup.plan.fail_fast and is_top and not self._board.specs[node].continue_on_error

    def _failure_of(self, node: int) -> str:
        return f"fail-fast: {self._board.specs[node].id} failed"

    def _exhaust(self, reason: str) -> None:
        if not self._exhausted:
            self._exhausted = self._stopped = reason
            self._machine.stop(reason)

    def _record(self, event: Event) -> None:
        """An event that a node tells of itself; a reply's price counts against the run's limits at once."""
        self._emit(event)
        if isinstance(event, Answer):
            self._spent += event.reply.usage
            if reason := over_limit(self._setup.plan.limits, self._spent):
                self._exhaust(reason)
                self._loop.carry_out()

    def _is_stopping(self) -> bool:
        """An interrupt does not count: what it leaves undone is decided when the run goes on."""
        return bool(self._stopped)

    def _status(self, *, landed: bool) -> RunStatus:
        tops = [number for number in range(len(self._setup.plan.nodes)) if not self._board.is_tolerated(number)]
        unfinished = self._machine.unfinished()
        return run_status(
            RunEnd(
                statuses=[self._board.status(number) for number in tops] + self._blocked_below(),
                interrupted=self._interrupted and bool(unfinished),
                exhausted=self._exhausted or self._left_undone,
                landed=landed,
            )
        )

    def _blocked_below(self) -> list[NodeStatus]:
        """A blocked child leaves its ancestors open, so it counts for the run."""
        return [NodeStatus.BLOCKED] if BLOCKED in self._machine.phases else []

    # -- small things ------------------------------------------------------------------------------------

    def _children(self, expansion: Expansion) -> tuple[ChildEnd, ...]:
        board = self._board
        return tuple(board.child_end(number, _child_name(board.specs[number].id)) for number in expansion.children)

    def _pools_of(self, spec: NodeSpec) -> tuple[int, ...]:
        """A node that only spreads over items takes no slot: its children do."""
        return tuple(self._pools[name] for name in spec.pools) if spec.foreach is None else ()

    def _turns(self, specs: Sequence[NodeSpec]) -> dict[NodeId, tuple[int, ...]]:
        """A pool of one slot for each group of nodes that would write the same files."""
        turns: dict[NodeId, tuple[int, ...]] = {}
        for group in taking_turns(specs):
            pool = self._machine.queue.add_pool(1)
            turns.update((specs[index].id, (pool,)) for index in group if specs[index].foreach is None)
        return turns

    def _expected(self, node: NodeId) -> float:
        return self._setup.seconds.get(node, 1.0)


_NO_NOTES: JsonObject = {}
_UNTRIED = Tries()


def _child_name(node: NodeId) -> str:
    """What a parent calls its child: the item's key, or the id inside the sub-graph."""
    name = local_name(node)
    return name.rpartition("[")[2].removesuffix("]") if name.endswith("]") else name


def _machine(setup: RunSetup, admit: Admit) -> Machine:
    nodes = setup.plan.nodes
    numbers = {spec.id: number for number, spec in enumerate(nodes)}
    successors: list[list[int]] = [[] for _ in nodes]
    for number, spec in enumerate(nodes):
        for need in spec.needs:
            successors[numbers[need]].append(number)
    known = [setup.seconds[spec.id] for spec in nodes if spec.id in setup.seconds]
    usual = sum(known) / len(known) if known else 1.0
    weights = [setup.seconds.get(spec.id, usual) for spec in nodes]
    return Machine(successors, priorities=bottom_levels(successors, weights), admit=admit)


def _contexts(setup: RunSetup) -> JsonObject:
    contexts: dict[str, JsonValue] = {"inputs": setup.inputs, "vars": setup.plan.vars, "run": {"id": setup.run}}
    env: dict[str, JsonValue] = {}
    for name, template in setup.plan.env.items():
        env[name] = parse_template(template).evaluate(Scope(contexts={**contexts, "env": env}))
    return {**contexts, "env": env}


def _answers(recovered: Recovered | None) -> dict[NodeId, Answered]:
    records = recovered.nodes.items() if recovered else ()
    return {node: record.answer for node, record in records if record.answer}


def _capped(spec: NodeSpec, attempts: int) -> RetryPolicy:
    """The node's own policy, within the run's limit of attempts (0: none)."""
    if not attempts or spec.retry.max_attempts <= attempts:
        return spec.retry
    return replace(spec.retry, max_attempts=attempts)
