"""The jury of a run, opened when somebody first asks for it: a run that edits by scripts alone pays nothing for it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import anyio
import anyio.to_thread

from orchestrator.app.confinement import Confinement
from orchestrator.app.copyrooms import open_copy_rooms
from orchestrator.app.generated import generated_in
from orchestrator.app.jury import PackJury
from orchestrator.app.packs import own_packs
from orchestrator.app.roomworkshop import RoomWorkshops
from orchestrator.app.trialbench import TrialBenches
from orchestrator.app.trialrooms import TrialRooms
from orchestrator.config import Settings
from orchestrator.config.validate import stage_overrides
from orchestrator.domain.assessment import Scope
from orchestrator.domain.fixing import FixOrder
from orchestrator.domain.intent import Guarded, IntentOrder
from orchestrator.domain.judgement import Target
from orchestrator.domain.survey import Survey
from orchestrator.domain.tree import CommitId
from orchestrator.domain.verdict import Verdict
from orchestrator.fixers.fixer import OrderBench
from orchestrator.fixers.intents.workshop import Workshop
from orchestrator.ports import Check, Judged, ProjectCheck
from orchestrator.validation.packs import detect
from orchestrator.validation.pipeline import Bench
from orchestrator.workspace.repository import RunRepository
from orchestrator.workspace.train import Judge


@dataclass(slots=True, kw_only=True)
class Court:
    """Implements :class:`orchestrator.ports.Jury` and :class:`orchestrator.fixers.fixer.Benches`.

    And :class:`orchestrator.ports.Examiner`. See :func:`open_court`.

    Attributes:
        scratch: a folder of the run's own.
    """

    repository: RunRepository
    confinement: Confinement
    settings: Settings
    env: Mapping[str, str]
    scratch: Path
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _opening: anyio.Lock = field(default_factory=anyio.Lock)
    _jury: PackJury | None = None

    async def survey(self, commit: CommitId, scope: Scope) -> Survey:
        """See the port."""
        return await (await self._opened()).survey(commit, scope)

    async def judge(
        self,
        base: CommitId,
        candidate: CommitId,
        *,
        targets: Sequence[Target],
        below: str = "",
        permits: frozenset[Guarded] = frozenset(),
    ) -> Judged:
        """See the port."""
        return await (await self._opened()).judge(base, candidate, targets=targets, below=below, permits=permits)

    async def examine(self, base: CommitId, candidate: CommitId, *, stages: frozenset[str]) -> Verdict:
        """See the port :class:`orchestrator.ports.Examiner`."""
        return await (await self._opened()).examine(base, candidate, stages=stages)

    async def rubric(self) -> str:
        """What a reviewer is to look for, by the packs of the projects that the run began from."""
        jury = await self._opened()
        packs = dict.fromkeys(project.pack for project in jury.projects)
        return "\n\n".join(filter(None, map(jury.bench.packs.rubric, packs)))

    def open(self, order: FixOrder) -> AbstractAsyncContextManager[OrderBench]:
        """See the protocol."""
        return self._bench(order)

    @asynccontextmanager
    async def _bench(self, order: FixOrder) -> AsyncIterator[OrderBench]:
        async with TrialBenches(jury=await self._opened()).open(order) as bench:
            yield bench

    def workshop(self, order: IntentOrder) -> AbstractAsyncContextManager[Workshop]:
        """See :class:`orchestrator.fixers.intents.workshop.Workshops`."""
        return self._workshop(order)

    @asynccontextmanager
    async def _workshop(self, order: IntentOrder) -> AsyncIterator[Workshop]:
        async with RoomWorkshops(jury=await self._opened()).workshop(order) as shop:
            yield shop

    async def close(self) -> None:
        """Remove what was opened."""
        await self._stack.aclose()

    async def _opened(self) -> PackJury:
        async with self._opening:
            if self._jury is None:
                self._jury = await self._open()
            return self._jury

    async def _open(self) -> PackJury:
        rooms = await self._stack.enter_async_context(
            open_copy_rooms(self.repository, self.confinement, scratch=self.scratch)
        )
        packs = await anyio.to_thread.run_sync(own_packs, rooms.root, self.env)
        projects = detect(rooms.files, rooms.read, packs=packs)
        if self.repository.facts.common_dir and self.repository.facts.work_tree:
            git, root = self.repository.store.git, self.repository.facts.work_tree
            rooms = replace(rooms, generated=await generated_in(git, root, known=lambda: (projects, packs)))
        trials = TrialRooms(rooms=rooms)
        self._stack.push_async_callback(trials.close)
        return PackJury(
            repository=self.repository,
            rooms=rooms,
            trials=trials,
            bench=Bench(packs=packs, overrides=stage_overrides(self.settings.validation)),
            projects=projects,
        )


def judge_of_court(court: Court, scripts: Judge) -> Judge:
    """Judges for the merge train: the projects' own checks by ``court``, everything else by ``scripts``."""

    async def judge(commit: CommitId, checks: Sequence[Check | ProjectCheck]) -> Verdict:
        verdict: Verdict | None = None
        for check in checks:
            if isinstance(check, ProjectCheck):
                verdict = await _said(court, commit, check=check)
                if verdict.status != "passed":
                    return verdict
        rest = [check for check in checks if isinstance(check, Check)]
        return await scripts(commit, rest) if rest or verdict is None else verdict

    return judge


async def _said(court: Court, commit: CommitId, *, check: ProjectCheck) -> Verdict:
    if check.stages:
        return await court.examine(check.base, commit, stages=check.stages)
    judged = await court.judge(check.base, commit, targets=check.targets, below=check.below, permits=check.permits)
    return judged.verdict


@asynccontextmanager
async def open_court(
    repository: RunRepository, confinement: Confinement, *, settings: Settings, env: Mapping[str, str], scratch: Path
) -> AsyncIterator[Court]:
    """The jury of ``repository``'s run; nothing is done before it is asked for the first time."""
    court = Court(repository=repository, confinement=confinement, settings=settings, env=env, scratch=scratch)
    try:
        yield court
    finally:
        with anyio.CancelScope(shield=True):
            await court.close()
