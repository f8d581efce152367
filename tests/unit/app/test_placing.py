"""Checks judge a candidate in the sandbox where there is one, and never the user's own files."""

import os
from pathlib import Path

import anyio
import pytest

from orchestrator.app.placing import Placing, open_placing
from orchestrator.domain.ids import RunId
from orchestrator.domain.tree import CommitId
from orchestrator.domain.verdict import Verdict, VerdictStatus
from orchestrator.ports import Check, CommandRunner
from orchestrator.sandbox import LocalRunner
from orchestrator.testing.repo import TempRepo
from orchestrator.validation.commands import CommandValidator
from orchestrator.workspace.adapter import RunWorkspace
from orchestrator.workspace.edits.values import FileChange
from orchestrator.workspace.repository import RunRepository
from orchestrator.workspace.warm import WarmUp

pytestmark = pytest.mark.anyio


class Bench:
    def __init__(self, repository: RunRepository, placing: Placing) -> None:
        self.repository, self.placing = repository, placing
        self.workspace = RunWorkspace(repository, placing.places)
        self.validator = CommandValidator(placing.runner, dict(os.environ), scripts=placing.scripts)

    async def candidate(self, text: str) -> CommitId:
        change = FileChange(path="a.txt", before=None, after=text)
        tree = await self.repository.write_tree(self.repository.facts.tree, [change])
        return await self.repository.commit(tree, [self.repository.facts.base], message="candidate")

    async def judge(self, commit: CommitId, script: str) -> Verdict:
        async with self.workspace.checkout(commit) as folder:
            return await self.validator.judge(folder, [Check(name="check", script=script)])


async def judged(tmp_path: Path, text: str, script: str, host: CommandRunner | None = None) -> tuple[Verdict, Placing]:
    repo = TempRepo(tmp_path / "project").commit({"a.txt": "user\n", "d/b.txt": "b\n"})
    state = tmp_path / "state"
    async with (
        await RunRepository.create(repo.folder, RunId("r"), state_dir=state) as repository,
        open_placing(repository, state, host=host or LocalRunner(), env=dict(os.environ), warm_up=WarmUp()) as placing,
    ):
        bench = Bench(repository, placing)
        verdict = await bench.judge(await bench.candidate(text), script)
        assert (repo.folder / "a.txt").read_text() == "user\n"
        return verdict, placing


async def test_the_candidate_is_judged(tmp_path: Path) -> None:
    good, _ = await judged(tmp_path / "good", "good\n", "grep -qx good a.txt; test -f d/b.txt; echo > new")
    assert good.status == VerdictStatus.PASSED, good.findings
    bad, _ = await judged(tmp_path / "bad", "bad\n", "cat a.txt; grep -qx good a.txt")
    assert bad.status == VerdictStatus.FAILED
    assert bad.findings[0].detail == "bad"


async def test_in_the_sandbox_it_is_seen_at_the_users_path_and_nothing_else_of_the_user_is(tmp_path: Path) -> None:
    (tmp_path / "private").write_text("secret\n")
    script = f'test "$PWD" = {tmp_path}/project; ! cat {tmp_path}/private; ! touch /usr/x'
    verdict, placing = await judged(tmp_path, "x\n", script)
    if placing.why:
        pytest.skip(placing.why)
    assert placing.isolation == "sandbox"
    assert verdict.status == VerdictStatus.PASSED, verdict.findings


async def test_a_runner_of_the_callers_own_is_left_alone(tmp_path: Path) -> None:
    script = f'test "$PWD" != {tmp_path}/project; grep -qx good a.txt; test -n "$PYTHONPYCACHEPREFIX"'

    class Wrapped:
        isolation = "own"
        run = LocalRunner().run

    verdict, placing = await judged(tmp_path, "good\n", script, Wrapped())
    assert verdict.status == VerdictStatus.PASSED, verdict.findings
    assert placing.isolation == "own"


async def test_candidates_are_judged_side_by_side(tmp_path: Path) -> None:
    repo = TempRepo(tmp_path / "project").commit({"a.txt": "user\n"})
    state = tmp_path / "state"
    verdicts: dict[int, Verdict] = {}
    async with (
        await RunRepository.create(repo.folder, RunId("r"), state_dir=state) as repository,
        open_placing(repository, state, host=LocalRunner(), env=dict(os.environ), warm_up=WarmUp()) as placing,
    ):
        bench = Bench(repository, placing)

        async def one(number: int) -> None:
            commit = await bench.candidate(f"{number}\n")
            verdicts[number] = await bench.judge(commit, f"echo {number} >> a.txt; test $(sort -u a.txt) = {number}")

        async with anyio.create_task_group() as tasks:
            for number in range(4):
                tasks.start_soon(one, number)
    assert [verdicts[number].status for number in range(4)] == [VerdictStatus.PASSED] * 4
    assert list((state / "warm" / "layers").glob("*")) == []
