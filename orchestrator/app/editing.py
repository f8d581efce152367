"""What a run that edits files needs beside the engine: its repository, its models, its judge, and handing over."""

import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from orchestrator.app.confinement import Confinement
from orchestrator.app.court import Court, judge_of_court, open_court
from orchestrator.app.dependencies import seeing_dependencies
from orchestrator.app.handover import Way
from orchestrator.app.placedresults import PlacedResults
from orchestrator.app.placing import Placing, open_placing
from orchestrator.app.reviewing import ModelCritic, ModelDiagnostician, Redacting, model_of, review_policy
from orchestrator.app.warmups import seeing_generated
from orchestrator.config import Settings
from orchestrator.domain.events import Event, ResultPublished, RunResumed, RunStarted
from orchestrator.domain.ids import RunId
from orchestrator.errors import RepositoryError
from orchestrator.fixers.fixer import TierZero
from orchestrator.fixers.intents.performer import Performer
from orchestrator.models.registry import ModelEntry, Registry, ladder_of
from orchestrator.ports import Clock, ResultCache
from orchestrator.repair.attempt import Repair
from orchestrator.repair.checking import Checking
from orchestrator.repair.fixes import Fixes
from orchestrator.repair.fixing import Fixing
from orchestrator.repair.intending import Intending
from orchestrator.repair.reviewing import Reviewing
from orchestrator.repair.surveying import Surveying
from orchestrator.resources import config_home
from orchestrator.sandbox.redact import Redactor, secrets_of
from orchestrator.task import Handler
from orchestrator.validation.commands import CommandValidator
from orchestrator.workspace.adapter import RunWorkspace
from orchestrator.workspace.facts import Facts
from orchestrator.workspace.repository import RunRepository
from orchestrator.workspace.train import Train, judge_of
from orchestrator.workspace.values import Uncommitted


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """The parts that the pieces below share.

    Attributes:
        confinement: what holds the code under repair.
        env: what checks inherit.
        scratch: an absolute private folder, which is removed after the run.
        emit: takes an event for the journal and the reporters.
    """

    settings: Settings
    confinement: Confinement
    env: Mapping[str, str]
    scratch: str
    clock: Clock
    emit: Callable[[Event], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Editing:
    """One run's editing."""

    repository: RunRepository
    workspace: RunWorkspace
    placing: Placing
    court: Court
    outside: Outside

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """The kinds that edit."""
        models = model_entries(self.outside.settings, self.outside.env)
        validator = CommandValidator(self.placing.runner, self.outside.env, scripts=self.outside.scratch)
        workspace, court, clock = self.workspace, self.court, self.outside.clock
        merger = Train(workspace, judge_of_court(court, judge_of(workspace, validator)))
        repair = Repair(
            workspace=workspace,
            merger=merger,
            models=Registry(models),
            router=ladder_of(models),
            checking=Checking(workspace=workspace, validator=validator, examiner=court),
            clock=clock,
            reviewing=self._reviewing(models),
        )
        fixer = TierZero(benches=court, clock=clock)
        fixing = Fixing(workspace=workspace, merger=merger, fixer=fixer, jury=court, clock=clock)
        doer = Performer(workshops=court)
        intending = Intending(workspace=workspace, merger=merger, doer=doer, jury=court, clock=clock)
        surveying = Surveying(workspace=workspace, jury=court)
        return {
            "agent": repair.perform,
            "fix": Fixes(fixing=fixing, intending=intending).perform,
            "merge": surveying.merge,
            "test": surveying.survey,
        }

    def _reviewing(self, models: Sequence[ModelEntry]) -> Reviewing:
        redactor = Redactor(secrets_of(self.outside.env))
        return Reviewing(
            models=Redacting(Registry(models), redactor),
            clock=self.outside.clock,
            critic=self._critic(models),
            diagnostician=self._diagnostician(models, redactor),
        )

    def _critic(self, models: Sequence[ModelEntry]) -> ModelCritic | None:
        settings = self.outside.settings
        policy = review_policy(settings)
        if policy is None:
            return None
        return ModelCritic(
            repository=self.repository,
            model=model_of("reviewer", settings.roles.reviewer, models=models),
            policy=policy,
            rubric=self.court.rubric,
            marker=_marker,
        )

    def _diagnostician(self, models: Sequence[ModelEntry], redactor: Redactor) -> ModelDiagnostician | None:
        model = model_of("diagnoser", self.outside.settings.roles.diagnoser, models=models)
        made = ModelDiagnostician(repository=self.repository, model=model, marker=_marker, redactor=redactor)
        return made if model else None

    def workplace(self) -> AbstractAsyncContextManager[str]:
        """A place with what has landed so far, thrown away afterwards; only its runner can enter it."""
        return self._workplace()

    @asynccontextmanager
    async def _workplace(self) -> AsyncIterator[str]:
        async with self.workspace.checkout(await self.workspace.head()) as folder:
            yield folder

    def remembering(self, results: ResultCache) -> ResultCache:
        """``results``, for commands in such a place."""
        return PlacedResults(results, self.repository, self.placing.places)

    def emit(self, event: Event) -> None:
        """Take an event of the engine; as soon as it has begun, tell what holds the code under repair too."""
        self.outside.emit(event)
        if isinstance(event, RunStarted | RunResumed):
            self.outside.emit(self.outside.confinement.told(event.at))

    async def conclude(self) -> bool:
        """Publish what has landed, as a branch where there is a commit to put one on; whether anything has."""
        if not await self.workspace.has_landed():
            return False
        if self.repository.facts.head is None:
            branch, commit = "", await self.workspace.head()
        else:
            branch, commit = await self.workspace.publish()
        self.outside.emit(ResultPublished(self.outside.clock.wall(), branch, commit))
        return True


@dataclass(frozen=True, slots=True)
class Beginning:
    """How a new run begins: with which uncommitted work, and what becomes of its result (``None``: it has none)."""

    take: Uncommitted
    way: Way | None


def _marker() -> str:
    """A word that nobody can foresee."""
    return secrets.token_hex(16)


@asynccontextmanager
async def editing(
    run: RunId, cwd: Path, *, state: Path, begins: Beginning | None, outside: Outside
) -> AsyncIterator[Editing]:
    """The run's own repository: made, where it ``begins``, or opened again.

    Raises:
        RepositoryError: the result could not be handed over as wished, or the user's repository cannot be worked with.
        GitVersionError, GitError: git is missing, too old, or failed.
    """
    if begins is None:
        opening = RunRepository.open(cwd, run, state_dir=state)
    else:
        opening = RunRepository.create(cwd, run, state_dir=state, take=begins.take)
    async with await opening as repository:
        if begins:
            _check_way(cwd, repository.facts, way=begins.way)
        held = await seeing_dependencies(outside.confinement, repository)
        warm_up = await seeing_generated(repository, outside.env)
        async with open_placing(repository, state, confinement=held, warm_up=warm_up) as placing:
            scratch = Path(outside.scratch)
            async with open_court(
                repository, outside.confinement, settings=outside.settings, env=outside.env, scratch=scratch
            ) as court:
                workspace = RunWorkspace(repository, placing.places)
                yield Editing(repository=repository, workspace=workspace, placing=placing, court=court, outside=outside)


def _check_way(cwd: Path, facts: Facts, *, way: Way | None) -> None:
    """Better now than when models have been paid."""
    if way is Way.BRANCH and facts.head is None:
        what = f"{cwd} has no commit that a branch with the result could be put on"
        raise RepositoryError(what, hint="use --apply or --patch DIR, or git init, git add and git commit first")
    if way is Way.APPLY and facts.work_tree is None:
        raise RepositoryError(f"{cwd} is a bare repository: it has no files", hint="use --branch or --patch DIR")


def model_entries(settings: Settings, environ: Mapping[str, str]) -> Sequence[ModelEntry]:
    """The configured models; a relative ``script`` is in the user's configuration folder."""
    home = config_home(environ) or Path()
    return [
        ModelEntry(name=one.name, tier=one.tier, provider=one.provider, script=home / Path(one.script).expanduser())
        for one in settings.models
    ]
