"""A run in virtual time: real engine, scripted work."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, TypeVar

import anyio

from orchestrator.domain.command import Command, CommandResult
from orchestrator.domain.events import AttemptFailed, Event, NodeEnded, NodeStarted
from orchestrator.domain.ids import NodeId, RunId
from orchestrator.domain.jsonvalue import JsonObject
from orchestrator.domain.node import NodeSpec, Wanted
from orchestrator.domain.outcome import Failed, Outcome, Succeeded
from orchestrator.domain.plan import Plan
from orchestrator.domain.status import RunStatus
from orchestrator.executor.engine import Engine, RunSetup
from orchestrator.executor.kinds import KINDS
from orchestrator.journal.replay import fold
from orchestrator.ports import LineSink, Person
from orchestrator.task import Handler, Services, Task
from orchestrator.testing.clock import FakeClock
from orchestrator.testing.virtual import run_virtual

EventT = TypeVar("EventT", bound=Event)
Script = Callable[[Task], Awaitable[Outcome]]


class NoRunner:
    """These runs start no command."""

    isolation = "none"

    async def run(self, command: Command, on_line: LineSink | None = None) -> CommandResult:
        raise AssertionError(command, on_line)


@dataclass
class Ran:
    """What a run left behind."""

    status: RunStatus
    events: list[Event]
    engine: Engine
    ended: dict[str, NodeEnded] = field(init=False)

    def __post_init__(self) -> None:
        self.ended = {event.node: event for event in self.all(NodeEnded)}

    def all(self, kind: type[EventT]) -> list[EventT]:
        return [event for event in self.events if isinstance(event, kind)]

    def started(self) -> list[str]:
        return [event.node for event in self.all(NodeStarted)]

    def statuses(self) -> dict[str, str]:
        board = self.engine.board
        return {spec.id: str(board.status(number)) for number, spec in enumerate(board.specs)}

    def failures(self) -> list[tuple[str, int, float]]:
        return [(event.node, event.attempt, event.retry_in) for event in self.all(AttemptFailed)]


def node(id_: str, *needs: str, kind: str = "do", **keys: object) -> NodeSpec:
    """A node of the scripted kind ``do`` unless another is named."""
    wanted = {NodeId(need): Wanted.JOIN for need in needs}
    return NodeSpec(id=NodeId(id_), kind=kind, **{"needs": wanted, **keys})  # type: ignore[arg-type]  # checked when run


def do(seconds: float = 0.0, outcome: Outcome | None = None) -> Script:
    """A script: sleep, then end so."""

    async def script(_task: Task) -> Outcome:
        await anyio.sleep(seconds)
        return outcome or Succeeded()

    return script


def fail(reason: str = "broken") -> Script:
    """A script that fails at once."""
    return do(outcome=Failed(reason))


def play(
    *nodes: NodeSpec,
    scripts: Mapping[str, Script] | None = None,
    workers: int = 4,
    inputs: JsonObject | None = None,
    person: Person | None = None,
    meanwhile: Callable[[Engine], Coroutine[Any, Any, None]] | None = None,
    after: Sequence[Event] = (),
    **plan: object,
) -> Ran:
    """Run ``nodes``; a node of kind ``do`` does what its script says, by its id, and else succeeds at once.

    Where there are events of earlier engines, go on ``after`` these, an hour later; their plan and inputs hold.
    """
    events: list[Event] = []
    recovered = fold(after)

    async def scripted(task: Task) -> Outcome:
        return await (scripts or {}).get(task.spec.id, do())(task)

    handlers: dict[str, Handler] = {**KINDS, "do": scripted}
    setup = RunSetup(
        run=RunId("r1"),
        plan=recovered.started.plan if recovered else Plan(name="test", nodes=nodes, **plan),  # type: ignore[arg-type]  # checked when run
        inputs=recovered.started.inputs if recovered else inputs or {},
        workers=workers,
        services=Services(runner=NoRunner(), workplace=lambda: nullcontext("/"), env={}, scratch="/", person=person),
        clock=FakeClock(after[-1].at + 3_600) if after else FakeClock(),
        chance=lambda: 0.5,
        emit=events.append,
        handlers=handlers,
        recovered=recovered,
    )

    async def main() -> Ran:
        engine = Engine(setup)
        async with anyio.create_task_group() as group:
            if meanwhile:
                group.start_soon(meanwhile, engine)
            status = await engine.run()
            group.cancel_scope.cancel()
        return Ran(status, events, engine)

    return run_virtual(main)
