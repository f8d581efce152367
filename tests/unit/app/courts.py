"""Real courts over small repositories: the run's repository, the sandbox where there is one, and the shipped packs."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestrator.app.confinement import confine
from orchestrator.app.court import Court, open_court
from orchestrator.app.jury import PackJury
from orchestrator.config import Settings
from orchestrator.config.settings import SandboxSettings
from orchestrator.domain.ids import RunId
from orchestrator.domain.tree import CommitId
from orchestrator.errors import SandboxUnavailableError
from orchestrator.sandbox import LocalRunner
from orchestrator.testing.repo import TempRepo
from orchestrator.workspace.edits.values import FileChange
from orchestrator.workspace.repository import RunRepository


@dataclass(frozen=True)
class Bench:
    """A run on a repository, and what judges it."""

    repository: RunRepository
    court: Court
    jury: PackJury

    @property
    def base(self) -> CommitId:
        """What the run began from."""
        return self.repository.facts.base

    async def candidate(self, changes: Mapping[str, str | None]) -> CommitId:
        """A commit on the base with these files written, or removed."""
        edits = [
            FileChange(path=path, before="" if text is None else None, after=text) for path, text in changes.items()
        ]
        tree = await self.repository.write_tree(self.repository.facts.tree, edits)
        return await self.repository.commit(tree, [self.base], message="candidate")


@asynccontextmanager
async def a_bench(repo: TempRepo, folder: Path, *, mode: str = "auto") -> AsyncIterator[Bench]:
    """A run on ``repo`` that keeps what it makes in ``folder``; nothing of it is left there at the end."""
    scratch, state = folder / "scratch", folder / "state"
    scratch.mkdir()
    settings, env = Settings(sandbox=SandboxSettings.model_validate({"mode": mode})), dict(os.environ)
    try:
        held = await confine(settings, cwd=repo.folder, host=LocalRunner(), env=env, scratch=str(scratch))
    except SandboxUnavailableError as error:
        pytest.skip(str(error))
    async with await RunRepository.create(repo.folder, RunId("r"), state_dir=state) as repository:
        before = sorted(scratch.iterdir())
        async with open_court(repository, held, settings=settings, env=env, scratch=scratch) as court:
            yield Bench(repository, court, await court._opened())
        assert sorted(scratch.iterdir()) == before
        assert list((repository.store.folder / "scratch").glob("*")) == []
