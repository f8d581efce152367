"""Running a workflow, or going on with a run: the engine, its journal, its commands and its reporters, wired."""

import os
import random
import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import anyio
import anyio.to_thread

from orchestrator.app.caching import StoredResults
from orchestrator.app.clock import SystemClock
from orchestrator.app.confinement import confine
from orchestrator.app.durations import Stopwatch, expected_seconds, record_seconds
from orchestrator.app.editing import Beginning, Editing, Outside, editing
from orchestrator.app.handover import Ended, Handed, Handover, Way, hand_over
from orchestrator.app.isolation import PRIVATE, Apart, needs_copy
from orchestrator.config import Settings
from orchestrator.domain.events import Event, NodeOutput
from orchestrator.domain.ids import NodeId, RunId
from orchestrator.domain.jsonvalue import JsonObject
from orchestrator.domain.plan import Limits, Plan
from orchestrator.domain.recovered import Recovered
from orchestrator.domain.status import EXIT_CODES, RunStatus
from orchestrator.errors import InputError, JournalDamagedError, RungError, SandboxUnavailableError
from orchestrator.executor.engine import Engine, RunSetup
from orchestrator.executor.kinds import KINDS
from orchestrator.journal.layout import store_of
from orchestrator.journal.replay import fold
from orchestrator.journal.writer import create_writer, open_writer
from orchestrator.ports import CommandRunner, Journal, Person, Reporter
from orchestrator.sandbox import LocalRunner
from orchestrator.task import Handler, Services
from orchestrator.workflow import load
from orchestrator.workflow.compiler import edits as edits_files
from orchestrator.workspace.values import Uncommitted


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """A run that somebody asks for.

    Attributes:
        plan: what to run.
        inputs: bound and typed (see :func:`orchestrator.workflow.bind_inputs`).
        cwd: where commands run; absolute.
        settings: the configuration; the plan's own limits narrow it.
        state: the folder that keeps the run (see :func:`orchestrator.app.state_root`).
        max_parallel: of the command line, above the plan's and the configuration's; 0 means not given.
        reporters: told every event in order.
        person: who answers gates; ``None`` where nobody is there.
        env: what commands inherit; ``None`` means this process's environment.
        runner: runs commands; ``None`` means on this machine, isolated as well as it can. A run that edits can have
            another one only where the sandbox is switched off.
        take: the uncommitted work that a run that edits begins with; where there is no commit, all is taken.
        handover: what becomes of the result of a run that edits, beside its branch.
    """

    plan: Plan
    inputs: JsonObject
    cwd: Path
    settings: Settings
    state: Path
    max_parallel: int = 0
    reporters: Sequence[Reporter] = ()
    person: Person | None = None
    env: Mapping[str, str] | None = None
    runner: CommandRunner | None = None
    take: Uncommitted = Uncommitted.NONE
    handover: Handover = Handover()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """How a run ended, and what became of its result.

    Attributes:
        exit_code: the status's; 1 where the run succeeded and its result could not be handed over as wished.
    """

    run: RunId
    status: RunStatus
    handed: Handed = Handed()
    exit_code: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "exit_code", EXIT_CODES[self.status] or int(bool(self.handed.fault)))


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
    """Run it to its end. The first SIGINT, SIGTERM or SIGHUP lets what runs end, the second stops it.

    Raises:
        JournalError: the run cannot be written down; everything that ran has been stopped.
        InputError: the result could not be handed over as wished; nothing has run.
        SandboxUnavailableError: it edits, and there is no sandbox; nothing has run, and there is no such run.
    """
    request.handover.check(is_new=True)
    run = new_run_id(time.time())
    store = store_of(request.state, run)
    header = {"workflow": request.plan.name, "source": request.plan.source, "cwd": str(request.cwd)}
    async with _new_journal(store, run, header=header) as journal:
        return await _run(request, run, journal=journal)


@asynccontextmanager
async def _new_journal(store: Path, run: RunId, *, header: Mapping[str, str]) -> AsyncIterator[Journal]:
    """That of a new run; where that is refused for its sandbox, and so nothing has begun, no run is left behind."""
    refused = False
    try:
        async with create_writer(store, run, header=header) as journal:
            try:
                yield journal
            except (SandboxUnavailableError, InputError):
                refused = not journal.read()
                raise
    finally:
        if refused:
            await anyio.to_thread.run_sync(shutil.rmtree, store)


async def resume(request: RunRequest, run: RunId) -> RunResult:
    """Go on with an earlier run where its engine left it. Its own plan and inputs hold, not the request's.

    Raises:
        JournalLockedError: another engine works on it.
        JournalError: it cannot be read or written.
        InputError: as :func:`execute`.
        SandboxUnavailableError: it edits, and there is no sandbox; nothing has run, and the run is as it was.
    """
    request.handover.check(is_new=False)
    store = store_of(request.state, run)
    async with open_writer(store, run) as journal:
        events = [recorded.event for recorded in await anyio.to_thread.run_sync(journal.read)]
        recovered = fold(events)
        if recovered is None:
            raise JournalDamagedError("the run never began", path=str(store), hint="start it again with: rung run")
        for event in events:
            _tell(request.reporters, event)
        started = recovered.started
        again = replace(request, plan=started.plan, inputs=started.inputs)
        return await _run(again, run, journal=journal, recovered=recovered)


async def _run(request: RunRequest, run: RunId, *, journal: Journal, recovered: Recovered | None = None) -> RunResult:
    watch = Stopwatch()

    def emit(event: Event) -> None:
        journal.append(event)
        watch.on_event(event)
        _tell(request.reporters, event)

    async with AsyncExitStack() as stack:
        stack.enter_context(_single_error())
        setup = _setup(
            request,
            run,
            scratch=stack.enter_context(_scratch(store_of(request.state, run))),
            emit=emit,
            journal=journal,
        )
        edits = None
        if needs_copy(request.plan):
            edits = await stack.enter_async_context(_editing(request, setup, is_new=recovered is None))
            setup = _with(edits, setup)
        expected = await anyio.to_thread.run_sync(expected_seconds, request.state, request.plan.name)
        engine = Engine(replace(setup, seconds=expected, recovered=recovered))
        async with _obeying_signals(engine):
            status = await engine.run()
        await journal.durable()
        await anyio.to_thread.run_sync(partial(record_seconds, request.state, request.plan.name, seconds=watch.seconds))
        handed = await _handed(request, edits, journal=journal, status=status)
    return RunResult(run=run, status=status, handed=handed)


async def _handed(request: RunRequest, edits: Editing | None, *, journal: Journal, status: RunStatus) -> Handed:
    """What becomes of the result, now that the end is on disk: an engine that dies here leaves no open run."""
    if edits is None and request.handover.way is not Way.PATCH:
        return Handed()
    events = [recorded.event for recorded in await anyio.to_thread.run_sync(journal.read)]
    ended = Ended(repository=edits.repository if edits else None, events=events, status=status)
    return await hand_over(ended, request.handover)


@asynccontextmanager
async def _editing(request: RunRequest, setup: RunSetup, *, is_new: bool) -> AsyncIterator[Editing]:
    settings, services = request.settings, setup.services
    host, env, scratch = services.runner, services.env, services.scratch
    confinement = await confine(settings, cwd=request.cwd, host=host, env=env, scratch=scratch)
    wish = request.handover.way if edits_files(request.plan.nodes) else None
    begins = Beginning(request.take, wish) if is_new else None
    outside = Outside(
        settings=settings, confinement=confinement, env=env, scratch=scratch, clock=setup.clock, emit=setup.emit
    )
    async with editing(setup.run, request.cwd, state=request.state, begins=begins, outside=outside) as edits:
        yield edits


def _with(edits: Editing, setup: RunSetup) -> RunSetup:
    """The setup of a run that works on a copy: in a repository of its own, with the kinds that edit, its code held."""
    services = setup.services
    assert services.cache is not None, "as set up below"
    placed = replace(
        services,
        runner=edits.placing.runner,
        workplace=edits.workplace,
        cache=edits.remembering(services.cache),
    )
    handlers: dict[str, Handler] = {**KINDS, **edits.handlers}
    if setup.plan.isolation != PRIVATE:
        placed, handlers["run"] = services, Apart(placed).perform_run
    return replace(setup, services=placed, handlers=handlers, conclude=edits.conclude, emit=edits.emit)


_SCRATCH = "scratch-"


@contextmanager
def _scratch(store: Path) -> Iterator[str]:
    """A folder in the run's own that only this user can enter, whatever the umask.

    It goes with the engine; what one that was killed has left is cleared away by the next.
    """
    for left in store.glob(f"{_SCRATCH}*"):
        shutil.rmtree(left, ignore_errors=True)  # what a command has locked up stays until the run is removed
    with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=store, ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o700)
        yield folder


@contextmanager
def _single_error() -> Iterator[None]:
    """Of an expected failure inside task groups only the failure itself is told, not the groups around it."""
    try:
        yield
    except BaseExceptionGroup as group:
        expected, _ = group.split(RungError)
        while isinstance(expected, BaseExceptionGroup):
            expected = expected.exceptions[0]  # type: ignore[assignment]  # a leaf is the RungError that was split for
        if expected is None:
            raise
        raise expected from group


@asynccontextmanager
async def _obeying_signals(engine: Engine) -> AsyncIterator[None]:
    async with anyio.create_task_group() as group:
        group.start_soon(_obey_signals, engine)
        yield
        group.cancel_scope.cancel()


async def _obey_signals(engine: Engine) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM, signal.SIGHUP) as signals:
        interrupts = (engine.drain, engine.halt)
        asked = 0
        async for _ in signals:
            interrupts[min(asked, 1)]()
            asked += 1


def _setup(
    request: RunRequest, run: RunId, *, scratch: str, emit: Callable[[Event], None], journal: Journal
) -> RunSetup:
    clock = SystemClock()
    workers = request.max_parallel or request.plan.max_parallel or request.settings.limits.max_parallel

    def on_line(node: NodeId, stream: str, line: str) -> None:
        emit(NodeOutput(clock.wall(), node, stream, line))

    services = Services(
        runner=request.runner or LocalRunner(),
        workplace=lambda: _as_it_is(str(request.cwd)),
        env=dict(os.environ) if request.env is None else request.env,
        scratch=scratch,
        person=request.person,
        on_line=on_line,
        cache=StoredResults(request.state, clock),
        record=emit,
        durable=journal.durable,
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


@asynccontextmanager
async def _as_it_is(folder: str) -> AsyncIterator[str]:
    """The user's own folder."""
    yield folder


def _tell(reporters: Sequence[Reporter], event: Event) -> None:
    for reporter in reporters:
        reporter.on_event(event)


def _narrowed(limits: Limits, settings: Settings) -> Limits:
    """The plan's limits, no wider than the configuration's (0 means no cap)."""
    return replace(
        limits,
        minutes=_narrower(limits.minutes, settings.limits.minutes),
        nodes=int(_narrower(limits.nodes, settings.limits.nodes)),
    )


def _narrower(first: float, second: float) -> float:
    return min(first, second) if first and second else first or second
