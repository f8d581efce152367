"""Candidates of a run are judged by packs where they lie: over the warm base in the sandbox, or in their copies."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from orchestrator.app.confinement import confine
from orchestrator.app.placing import open_placing
from orchestrator.app.rooms import Rooms
from orchestrator.config import Settings
from orchestrator.config.settings import SandboxSettings
from orchestrator.domain.assessment import Assessment, Scope
from orchestrator.domain.ids import RunId
from orchestrator.domain.judgement import Decision
from orchestrator.domain.tree import CommitId
from orchestrator.domain.verdict import VerdictStatus
from orchestrator.errors import IsolationError, SandboxUnavailableError
from orchestrator.sandbox import LocalRunner
from orchestrator.testing.repo import TempRepo
from orchestrator.validation.judgement import judged
from orchestrator.validation.pipeline import Bench, PackAssessor
from orchestrator.workspace.adapter import RunWorkspace
from orchestrator.workspace.edits.values import FileChange
from orchestrator.workspace.repository import RunRepository
from orchestrator.workspace.warm import WarmUp
from tests.unit.validation.packs.projects import SHIPPED

pytestmark = pytest.mark.anyio

WRONG = "def count(text):\n    return 1\n"
RIGHT = "def count(text):\n    return len(text.split())\n"
TESTS = (
    "import unittest\nfrom words import count\n\nclass Words(unittest.TestCase):\n"
    "    def test_one(self):\n        self.assertEqual(count('a'), 1)\n"
    "    def test_two(self):\n        self.assertEqual(count('a b'), 2)\n"
)


class Run:
    """A run on a repository whose one test fails, and the assessor of its candidates."""

    def __init__(self, repository: RunRepository, workspace: RunWorkspace, assessor: PackAssessor) -> None:
        self.repository, self.workspace, self.assessor = repository, workspace, assessor

    @property
    def base(self) -> CommitId:
        return self.repository.facts.base

    async def candidate(self, path: str, text: str | None, *, before: str | None = WRONG) -> CommitId:
        change = FileChange(path=path, before=before, after=text)
        tree = await self.repository.write_tree(self.repository.facts.tree, [change])
        return await self.repository.commit(tree, [self.base], message="candidate")

    async def assess(self, commit: CommitId, scope: Scope = Scope()) -> Assessment:  # noqa: B008  # a frozen value
        async with self.workspace.checkout(commit) as folder:
            return await self.assessor.assess(folder, scope)


@asynccontextmanager
async def running(tmp_path: Path, mode: str) -> AsyncIterator[Run]:
    files = {"words.py": WRONG, "test_words.py": TESTS, "old.py": "X = 1\n"}
    repo = TempRepo(tmp_path / "project").commit(files)
    state, scratch, base = (tmp_path / name for name in ("state", "scratch", "base"))
    scratch.mkdir()
    settings = Settings(sandbox=SandboxSettings.model_validate({"mode": mode}))
    try:
        confinement = await confine(
            settings, cwd=repo.folder, host=LocalRunner(), env=dict(os.environ), scratch=str(scratch)
        )
    except SandboxUnavailableError as error:
        pytest.skip(str(error))
    async with (
        await RunRepository.create(repo.folder, RunId("r"), state_dir=state) as repository,
        open_placing(repository, state, confinement=confinement, warm_up=WarmUp()) as placing,
    ):
        await repository.check_out(repository.facts.tree, base)
        rooms = Rooms(places=placing.places, confinement=confinement, base=base)
        assessor = PackAssessor(bench=Bench(packs=SHIPPED), open_room=rooms.open)
        yield Run(repository, RunWorkspace(repository, placing.places), assessor)
    assert (repo.folder / "words.py").read_text() == WRONG


@pytest.mark.parametrize("mode", ["auto", "off"])
async def test_a_candidate_is_judged_beside_the_base_of_its_run(tmp_path: Path, mode: str) -> None:
    async with running(tmp_path, mode) as run:
        base = await run.assess(run.base, Scope(tree="base"))
        assert base.status is VerdictStatus.FAILED, base
        right = await run.assess(await run.candidate("words.py", RIGHT), Scope(tree="right", known=frozenset()))
        assert judged(base, right).decision is Decision.ACCEPTED, right
        assert [stage.cached for stage in (await run.assess(run.base, Scope(tree="base"))).stages] == [True, True]
        assert judged(base, base).decision is Decision.REJECTED


async def test_what_a_candidate_removes_is_not_there_and_its_findings_have_its_lines(tmp_path: Path) -> None:
    async with running(tmp_path, "auto") as run:
        gone = await run.assess(
            await run.candidate("old.py", None, before="X = 1\n"), Scope(stages=frozenset({"syntax"}))
        )
        assert gone.status is VerdictStatus.PASSED, gone
        broken = await run.assess(await run.candidate("words.py", "def f(:\n"), Scope(stages=frozenset({"syntax"})))
        (stage,) = broken.stages
        assert [(one.file, one.line) for one in stage.errors] == [("words.py", 1)]


async def test_how_a_candidate_is_judged_is_read_from_the_base(tmp_path: Path) -> None:
    config = "[tool.pytest.ini_options]\naddopts = '--collect-only'\n"
    async with running(tmp_path, "auto") as run:
        candidate = await run.candidate("pyproject.toml", config, before=None)
        found = await run.assess(candidate)
        tests = [stage for stage in found.stages if stage.name == "test"]
        assert len(tests[0].failed_tests) == 1, found


async def test_no_room_is_opened_outside_of_the_runs_places(tmp_path: Path) -> None:
    async with running(tmp_path, "auto") as run:
        with pytest.raises(IsolationError, match="outside of the run's copy"):
            await run.assessor.assess(str(tmp_path / "project"), Scope())
