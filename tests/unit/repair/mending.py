"""An agent node in virtual time: the real engine and the real attempts, with doubles around them."""

from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import anyio

from orchestrator.domain.command import Command, CommandResult
from orchestrator.domain.events import AttemptFailed, Event, NodeEnded
from orchestrator.domain.finding import Finding
from orchestrator.domain.ids import NodeId, RunId
from orchestrator.domain.status import RunStatus
from orchestrator.domain.verdict import Evidence, Verdict, VerdictStatus
from orchestrator.executor.engine import Engine, RunSetup
from orchestrator.executor.kinds import KINDS
from orchestrator.journal.replay import fold
from orchestrator.models.tiers import Ladder
from orchestrator.ports import Check, Critic, Diagnostician, LineSink, ModelClient, Validator, Workspace
from orchestrator.repair.attempt import Repair
from orchestrator.repair.checking import Checking
from orchestrator.repair.reviewing import Reviewing
from orchestrator.task import Services
from orchestrator.testing.clock import FakeClock
from orchestrator.testing.examiner import ScriptedExaminer
from orchestrator.testing.journal import MemoryJournal
from orchestrator.testing.model import Answer, ScriptedModel
from orchestrator.testing.virtual import run_virtual
from orchestrator.testing.workspace import MemoryWorkspace
from orchestrator.workflow import loads
from orchestrator.workspace.train import Train

EventT = TypeVar("EventT", bound=Event)

NODE = NodeId("mend")
FILES = {"calc.py": "def add(a, b):\n    return a - b\n", "other.py": "x = 1\n"}
GOOD = "def add(a, b):\n    return a + b\n"
LADDER = {"local-fast": ["small"], "local": ["middle"], "premium": ["large"]}
WORKFLOW = """\
nodes:
  mend:
    prompt: Mend ${{ run.id }}.
    files: [calc.py]
    validate: [{ name: tests, run: ./test }]
"""


def edit(operator: str, path: str = "calc.py") -> str:
    """A reply that puts ``operator`` between a and b."""
    return f"{path}\n<<<<<<< SEARCH\n    return a - b\n=======\n    return a {operator} b\n>>>>>>> REPLACE\n"


RIGHT, WRONG, NO_EDIT = edit("+"), edit("*"), "I cannot do that."


class Sum:
    """A validator that reads the file: nothing but a sum passes."""

    def __init__(self) -> None:
        self.judged: list[str] = []

    async def judge(self, folder: str, checks: Sequence[Check]) -> Verdict:
        assert [check.name for check in checks] == ["tests"]
        text = _read(folder)
        self.judged.append(text)
        if text == GOOD:
            return Verdict(status=VerdictStatus.PASSED, evidence=Evidence.EXIT_CODE, score=1.0)
        finding = Finding(tool="tests", message="tests: exit code 1", detail=f"wrong:\n{text}")
        return Verdict(status=VerdictStatus.FAILED, evidence=Evidence.EXIT_CODE, findings=[finding], seconds=0.5)


class Saying:
    """A validator that says the same of every tree."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict

    async def judge(self, _folder: str, _checks: Sequence[Check]) -> Verdict:
        return self.verdict


class NoRunner:
    """These runs start no command."""

    isolation = "none"

    async def run(self, command: Command, on_line: LineSink | None = None) -> CommandResult:
        raise AssertionError(command, on_line)


def _read(folder: str) -> str:
    return Path(folder, "calc.py").read_text()


@dataclass(kw_only=True)
class World:
    """What is there besides the engine, and outlives it."""

    models: ModelClient
    workspace: MemoryWorkspace = field(default_factory=lambda: MemoryWorkspace(FILES))
    validator: Validator = field(default_factory=Sum)
    examiner: ScriptedExaminer = field(default_factory=ScriptedExaminer)
    critic: Critic | None = None
    diagnostician: Diagnostician | None = None
    ladder: Mapping[str, Sequence[str]] = field(default_factory=lambda: LADDER)
    text: str = WORKFLOW
    journal: MemoryJournal = field(default_factory=MemoryJournal)

    async def landed(self) -> Mapping[str, str]:
        return await self.workspace.texts(await self.workspace.head(), ["calc.py", "other.py", "new.py"])


@dataclass(frozen=True)
class Ran:
    """How a run ended."""

    status: RunStatus
    events: Sequence[Event]

    def all(self, kind: type[EventT]) -> list[EventT]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def end(self) -> NodeEnded:
        return self.all(NodeEnded)[-1]

    @property
    def failures(self) -> list[tuple[int, str, str]]:
        return [(one.attempt, str(one.kind), one.reason) for one in self.all(AttemptFailed)]


def answering(**answers: Sequence[Answer]) -> World:
    """A world whose models answer like this."""
    return World(models=ScriptedModel(answers))


def keys(**retry: object) -> str:
    """The workflow with these keys of ``retry``."""
    words = ", ".join(f"{name.replace('_', '-')}: {value}" for name, value in retry.items())
    return f"{WORKFLOW}    retry: {{ {words} }}\n"


def asked(world: World) -> list[str]:
    """The models in the order in which they were asked."""
    assert isinstance(world.models, ScriptedModel)
    return [prompt.model for prompt in world.models.prompts]


def told(world: World) -> list[str]:
    """What they were told."""
    assert isinstance(world.models, ScriptedModel)
    return [prompt.user for prompt in world.models.prompts]


Meanwhile = Callable[[Engine, World], Coroutine[Any, Any, None]]


def run(
    world: World,
    *,
    meanwhile: Meanwhile | None = None,
    emit: Callable[[Event], object] | None = None,
    durable: Callable[[], Coroutine[Any, Any, None]] | None = None,
) -> Ran:
    """Run the world's workflow, or go on with it where its journal holds a run already."""
    recovered = fold(world.journal.events)
    emit = emit or world.journal.append
    clock = FakeClock(1_800_000_000.0 + len(world.journal.events))
    checking = Checking(workspace=world.workspace, validator=world.validator, examiner=world.examiner)
    repair = Repair(
        workspace=_as_port(world.workspace),
        merger=Train(world.workspace, checking.judge),
        models=world.models,
        router=Ladder(world.ladder),
        checking=checking,
        clock=clock,
        reviewing=Reviewing(critic=world.critic, diagnostician=world.diagnostician, models=world.models, clock=clock),
    )
    setup = RunSetup(
        run=RunId("r1"),
        plan=recovered.started.plan if recovered else loads(world.text, source="fix.yaml", base=None),
        inputs={},
        workers=2,
        services=Services(
            runner=NoRunner(),
            workplace=lambda: nullcontext("/"),
            env={},
            scratch="/",
            record=emit,
            durable=durable or world.journal.durable,
        ),
        clock=clock,
        chance=lambda: 0.5,
        emit=emit,
        handlers={**KINDS, "agent": repair.perform},
        recovered=recovered,
    )

    async def main() -> RunStatus:
        engine = Engine(setup)
        async with anyio.create_task_group() as group:
            if meanwhile:
                group.start_soon(meanwhile, engine, world)
            status = await engine.run()
            group.cancel_scope.cancel()
        return status

    return Ran(run_virtual(main), world.journal.events)


def _as_port(workspace: MemoryWorkspace) -> Workspace:
    return workspace


def kinds_of(events: Iterable[Event]) -> list[str]:
    """The names of the events' classes."""
    return [type(event).__name__ for event in events]
