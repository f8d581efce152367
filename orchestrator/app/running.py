"""The composition root: the only module that names concrete adapters and wires them to the engine."""

import os
import random
import secrets
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import anyio

from orchestrator.config import Settings
from orchestrator.domain.events import Event, NodeOutput
from orchestrator.domain.ids import NodeId, RunId
from orchestrator.domain.jsonvalue import JsonObject
from orchestrator.domain.plan import Limits, Plan
from orchestrator.domain.status import EXIT_CODES, RunStatus
from orchestrator.executor.engine import Engine, RunSetup
from orchestrator.executor.task import Services
from orchestrator.ports import CommandRunner, Person, Reporter
from orchestrator.sandbox import LocalRunner
from orchestrator.workflow import load

__all__ = ["RunRequest", "RunResult", "SystemClock", "execute", "load_plan", "new_run_id"]


class SystemClock:
    """The machine's own clocks; implements :class:`orchestrator.ports.Clock`."""

    def monotonic(self) -> float:
        """Seconds on the clock that never goes back."""
        return time.monotonic()

    def wall(self) -> float:
        """Seconds since the epoch."""
        return time.time()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """A run that somebody asks for.

    Attributes:
        plan: what to run.
        inputs: bound and typed (see :func:`orchestrator.workflow.bind_inputs`).
        cwd: where commands run.
        settings: the configuration; the plan's own limits narrow it.
        max_parallel: of the command line, above the plan's and the configuration's; 0 means not given.
        reporters: told every event in order.
        person: who answers gates; ``None`` where nobody is there.
        env: what commands inherit; ``None`` means this process's environment.
        runner: runs commands; ``None`` means on this machine, isolated as well as it can.
    """

    plan: Plan
    inputs: JsonObject
    cwd: Path
    settings: Settings
    max_parallel: int = 0
    reporters: Sequence[Reporter] = ()
    person: Person | None = None
    env: Mapping[str, str] | None = None
    runner: CommandRunner | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """How a run ended."""

    run: RunId
    status: RunStatus
    exit_code: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "exit_code", EXIT_CODES[self.status])


def load_plan(path: Path) -> Plan:
    """The workflow in ``path``, checked.

    Raises:
        WorkflowError: with every problem found.
    """
    return load(path)


def new_run_id(wall: float) -> RunId:
    """A new id that sorts by time: UTC date and time, then eight random hexadecimal digits."""
    return RunId(time.strftime("%Y%m%d-%H%M%S-", time.gmtime(wall)) + secrets.token_hex(4))


async def execute(request: RunRequest) -> RunResult:
    """Run it to its end. The first SIGINT, SIGTERM or SIGHUP lets what runs end, the second stops it."""
    run = new_run_id(time.time())
    with _private_folder() as scratch:
        engine = Engine(_setup(request, run, scratch=scratch))
        async with anyio.create_task_group() as group:
            group.start_soon(_obey_signals, engine)
            status = await engine.run()
            group.cancel_scope.cancel()
    return RunResult(run=run, status=status)


@contextmanager
def _private_folder() -> Iterator[str]:
    """A folder that only this user can enter, whatever the umask; removed in the end."""
    with tempfile.TemporaryDirectory(prefix="rung-") as folder:
        Path(folder).chmod(0o700)
        yield folder


async def _obey_signals(engine: Engine) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM, signal.SIGHUP) as signals:
        interrupts = (engine.drain, engine.halt)
        asked = 0
        async for _ in signals:
            interrupts[min(asked, 1)]()
            asked += 1


def _setup(request: RunRequest, run: RunId, *, scratch: str) -> RunSetup:
    clock, emit = SystemClock(), _teller(request.reporters)
    workers = request.max_parallel or request.plan.max_parallel or request.settings.limits.max_parallel

    def on_line(node: NodeId, stream: str, line: str) -> None:
        emit(NodeOutput(clock.wall(), node, stream, line))

    services = Services(
        runner=request.runner or LocalRunner(),
        cwd=str(request.cwd.absolute()),
        env=dict(os.environ) if request.env is None else request.env,
        scratch=scratch,
        person=request.person,
        on_line=on_line,
    )
    return RunSetup(
        run=run,
        plan=replace(request.plan, limits=_narrowed(request.plan.limits, request.settings)),
        inputs=request.inputs,
        workers=workers,
        services=services,
        clock=clock,
        chance=random.random,
        emit=emit,
        pools={"build": max(1, workers // 2)},
    )


def _teller(reporters: Sequence[Reporter]) -> Callable[[Event], None]:
    def tell(event: Event) -> None:
        for reporter in reporters:
            reporter.on_event(event)

    return tell


def _narrowed(limits: Limits, settings: Settings) -> Limits:
    """The plan's limits, no wider than the configuration's (0 means no cap)."""
    return replace(
        limits,
        minutes=_narrower(limits.minutes, settings.limits.minutes),
        nodes=int(_narrower(limits.nodes, settings.limits.nodes)),
    )


def _narrower(first: float, second: float) -> float:
    return min(first, second) if first and second else first or second
