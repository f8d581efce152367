"""What a run that edits files needs beside the engine: its repository, its models, its judge, and handing over."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from orchestrator.config import Settings
from orchestrator.domain.events import Event, ResultPublished
from orchestrator.domain.ids import RunId
from orchestrator.errors import RepositoryError
from orchestrator.models.registry import ModelEntry, Registry, ladder_of
from orchestrator.ports import Clock, CommandRunner
from orchestrator.repair.attempt import Repair
from orchestrator.resources import config_home
from orchestrator.task import Handler
from orchestrator.validation.commands import CommandValidator
from orchestrator.workspace.adapter import RunWorkspace
from orchestrator.workspace.discovery import find_repository
from orchestrator.workspace.git import Git
from orchestrator.workspace.repository import RunRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """The parts that the pieces below share.

    Attributes:
        emit: takes an event for the journal and the reporters.
        env: what checks inherit.
    """

    settings: Settings
    runner: CommandRunner
    env: Mapping[str, str]
    clock: Clock
    emit: Callable[[Event], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Editing:
    """One run's editing."""

    workspace: RunWorkspace
    outside: Outside

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """The kinds that edit."""
        models = model_entries(self.outside.settings, self.outside.env)
        repair = Repair(
            workspace=self.workspace,
            models=Registry(models),
            router=ladder_of(models),
            validator=CommandValidator(self.outside.runner, self.outside.env),
            clock=self.outside.clock,
        )
        return {"agent": repair.perform}

    def workplace(self) -> AbstractAsyncContextManager[str]:
        """A copy of what has landed so far, thrown away afterwards."""
        return self._workplace()

    @asynccontextmanager
    async def _workplace(self) -> AsyncIterator[str]:
        async with self.workspace.checkout(await self.workspace.head()) as folder:
            yield folder

    async def conclude(self) -> bool:
        """Publish what has landed; whether anything has."""
        if not await self.workspace.has_landed():
            return False
        branch, commit = await self.workspace.publish()
        self.outside.emit(ResultPublished(self.outside.clock.wall(), branch, commit))
        return True


@asynccontextmanager
async def editing(run: RunId, cwd: Path, *, state: Path, is_new: bool, outside: Outside) -> AsyncIterator[Editing]:
    """The run's own repository, made or opened again.

    Raises:
        RepositoryError: there is no commit to put a result on, or the user's repository cannot be worked with.
        GitVersionError, GitError: git is missing, too old, or failed.
    """
    found = await find_repository(await Git.find(), cwd)
    if found is None or found.head is None:
        what = f"{cwd} has no commit that edits could be made on"
        raise RepositoryError(what, hint="git init, git add and git commit first")
    begin = RunRepository.create if is_new else RunRepository.open
    async with await begin(cwd, run, state_dir=state) as repository:
        yield Editing(workspace=RunWorkspace(repository), outside=outside)


def model_entries(settings: Settings, environ: Mapping[str, str]) -> Sequence[ModelEntry]:
    """The configured models; a relative ``script`` is in the user's configuration folder."""
    home = config_home(environ) or Path()
    return [
        ModelEntry(name=one.name, tier=one.tier, provider=one.provider, script=home / Path(one.script).expanduser())
        for one in settings.models
    ]
