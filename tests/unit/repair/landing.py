"""Agent nodes whose candidates land in a real repository, judged by real commands; only the model is scripted."""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import anyio

from orchestrator.domain.events import Event
from orchestrator.domain.ids import RunId
from orchestrator.domain.model import Prompt, Reply
from orchestrator.domain.status import RunStatus
from orchestrator.domain.tree import CommitId
from orchestrator.executor.engine import Engine, RunSetup
from orchestrator.executor.kinds import KINDS
from orchestrator.models.tiers import Ladder
from orchestrator.repair.attempt import Repair
from orchestrator.repair.checking import Checking
from orchestrator.sandbox import LocalRunner
from orchestrator.task import Services
from orchestrator.testing.clock import FakeClock
from orchestrator.testing.examiner import ScriptedExaminer
from orchestrator.testing.journal import MemoryJournal
from orchestrator.testing.repo import TempRepo
from orchestrator.validation.commands import CommandValidator
from orchestrator.workflow import loads
from orchestrator.workspace.adapter import RunWorkspace
from orchestrator.workspace.repository import RunRepository
from orchestrator.workspace.train import Train, judge_of

RUN = RunId("r1")
WORKERS = 4


@dataclass
class Editor:
    """A model that answers by what it is asked; the first ``together`` calls are answered when all of them were made.

    Attributes:
        prompts: what it was asked, in that order.
    """

    answer: Callable[[str], str]
    together: int
    prompts: list[str] = field(default_factory=list)
    _all: anyio.Event = field(default_factory=anyio.Event)

    async def complete(self, prompt: Prompt) -> Reply:
        self.prompts.append(prompt.user)
        if len(self.prompts) == self.together:
            self._all.set()
        await self._all.wait()
        return Reply(text=self.answer(prompt.user), model=prompt.model)


@dataclass(frozen=True)
class Landed:
    """How a run ended, and the repository that it leaves: bare, with the run's references."""

    status: RunStatus
    events: Sequence[Event]
    repository: TempRepo
    base: CommitId
    head: CommitId

    def changed(self) -> set[str]:
        return set(self.repository.git("diff", "--name-only", self.base, self.head).splitlines())

    def text(self, path: str) -> str:
        return self.repository.blob(self.head, path).decode()

    def holds(self, commit: str) -> bool:
        return commit in self.repository.git("rev-list", self.head).splitlines()

    def line(self) -> list[str]:
        """The commits by which the head came about, the base left out, oldest first."""
        return self.repository.git("rev-list", "--first-parent", "--reverse", f"{self.base}..{self.head}").splitlines()

    def kept(self) -> set[str]:
        """Every candidate."""
        refs = f"refs/rung/{RUN}/candidates"
        return set(self.repository.git("for-each-ref", "--format=%(objectname)", refs).splitlines())


async def land(folder: Path, files: Mapping[str, str], *, workflow: str, editor: Editor) -> Landed:
    """Run the workflow on a new repository with these files, four nodes at a time."""
    project = TempRepo(folder / "project").commit(dict(files))
    journal = MemoryJournal()
    async with await RunRepository.create(project.folder, RUN) as repository:
        workspace = RunWorkspace(repository)
        validator = CommandValidator(LocalRunner(), {"PATH": os.environ["PATH"]})
        clock = FakeClock(1_800_000_000.0)
        repair = Repair(
            workspace=workspace,
            merger=Train(workspace, judge_of(workspace, validator)),
            models=editor,
            router=Ladder({"local-fast": ["editor"]}),
            checking=Checking(workspace=workspace, validator=validator, examiner=ScriptedExaminer()),
            clock=clock,
        )
        services = Services(
            runner=LocalRunner(),
            workplace=lambda: nullcontext("/"),
            env={},
            scratch="/",
            record=journal.append,
            durable=journal.durable,
        )
        setup = RunSetup(
            run=RUN,
            plan=loads(workflow, source="fix.yaml", base=None),
            inputs={},
            workers=WORKERS,
            services=services,
            clock=clock,
            chance=lambda: 0.5,
            emit=journal.append,
            handlers={**KINDS, "agent": repair.perform},
            conclude=workspace.has_landed,
        )
        status = await Engine(setup).run()
        private = TempRepo.at(repository.store.git_dir)
        return Landed(status, journal.events, private, repository.facts.base, await workspace.head())
