"""Code under repair runs in the sandbox, in a copy where that is off, and never on the user's files."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest

from orchestrator.app.confinement import SWITCHED_OFF, confine
from orchestrator.app.placing import Placing, open_placing
from orchestrator.config import Settings
from orchestrator.config.settings import SandboxSettings
from orchestrator.domain.command import Command, CommandResult
from orchestrator.domain.ids import RunId
from orchestrator.domain.sandbox import SandboxRecord
from orchestrator.domain.tree import CommitId
from orchestrator.domain.verdict import Verdict, VerdictStatus
from orchestrator.errors import IsolationError, SandboxUnavailableError
from orchestrator.ports import Check, CommandRunner
from orchestrator.sandbox import LocalRunner
from orchestrator.testing.repo import TempRepo
from orchestrator.validation.commands import CommandValidator
from orchestrator.workspace.adapter import RunWorkspace
from orchestrator.workspace.edits.values import FileChange
from orchestrator.workspace.repository import RunRepository
from orchestrator.workspace.warm import WarmUp

pytestmark = pytest.mark.anyio
OFF = SandboxSettings(mode="off")


class Bench:
    """A run's places over a repository with two files, and the user's environment with a secret in it."""

    def __init__(self, repository: RunRepository, placing: Placing, scratch: Path) -> None:
        self.repository, self.placing, self.scratch = repository, placing, scratch
        self.workspace = RunWorkspace(repository, placing.places)
        self.validator = CommandValidator(placing.runner, dict(os.environ), scripts=str(scratch))

    async def candidate(self, text: str) -> CommitId:
        change = FileChange(path="a.txt", before=None, after=text)
        tree = await self.repository.write_tree(self.repository.facts.tree, [change])
        return await self.repository.commit(tree, [self.repository.facts.base], message="candidate")

    async def judge(self, commit: CommitId, script: str) -> Verdict:
        async with self.workspace.checkout(commit) as folder:
            return await self.validator.judge(folder, [Check(name="check", script=script)])

    async def run(self, script: str, *, writes: tuple[str, ...] = (), **variables: str) -> CommandResult:
        env = {**os.environ, **variables}
        async with self.workspace.checkout(self.repository.facts.base) as folder:
            return await self.placing.runner.run(
                Command(argv=("sh", "-c", script), cwd=folder, env=env, writes=writes, own=tuple(variables))
            )


@asynccontextmanager
async def bench(
    tmp_path: Path, sandbox: SandboxSettings | None = None, host: CommandRunner | None = None
) -> AsyncIterator[Bench]:
    repo = TempRepo(tmp_path / "project").commit({"a.txt": "user\n", "d/b.txt": "b\n"})
    state, scratch = tmp_path / "state", tmp_path / "state" / "scratch"
    scratch.mkdir(parents=True)
    settings = Settings(sandbox=sandbox or SandboxSettings())
    try:
        confinement = await confine(
            settings, cwd=repo.folder, host=host or LocalRunner(), env=dict(os.environ), scratch=str(scratch)
        )
    except SandboxUnavailableError as error:
        pytest.skip(str(error))
    async with (
        await RunRepository.create(repo.folder, RunId("r"), state_dir=state) as repository,
        open_placing(repository, state, confinement=confinement, warm_up=WarmUp()) as placing,
    ):
        yield Bench(repository, placing, scratch)
    assert (repo.folder / "a.txt").read_text() == "user\n"


MODES = pytest.mark.parametrize("sandbox", [None, OFF], ids=["sandbox", "off"])


@MODES
async def test_the_candidate_is_judged(tmp_path: Path, sandbox: SandboxSettings | None) -> None:
    async with bench(tmp_path, sandbox) as ours:
        good = await ours.candidate("good\n")
        verdict = await ours.judge(good, "grep -qx good a.txt; test -f d/b.txt; echo > new")
        assert verdict.status == VerdictStatus.PASSED, verdict.findings
        verdict = await ours.judge(good, "cat a.txt; grep -qx bad a.txt")
        assert verdict.status == VerdictStatus.FAILED
        assert verdict.findings[0].detail == "good"


async def test_in_the_sandbox_it_is_seen_at_the_users_path_and_nothing_else_of_the_user_is(tmp_path: Path) -> None:
    (tmp_path / "private").write_text("secret\n")
    script = f'test "$PWD" = {tmp_path}/project; ! cat {tmp_path}/private; ! touch /usr/x'
    async with bench(tmp_path) as ours:
        assert ours.placing.runner.isolation == "sandbox"
        verdict = await ours.judge(await ours.candidate("x\n"), script)
    assert verdict.status == VerdictStatus.PASSED, verdict.findings


class Wrapped:
    """A runner that is not the engine's own."""

    isolation = "own"
    run = LocalRunner().run


async def test_a_runner_of_the_callers_own_is_used_only_without_a_sandbox(tmp_path: Path) -> None:
    script = f'test "$PWD" != {tmp_path}/project; grep -qx good a.txt; test -n "$PYTHONPYCACHEPREFIX"'
    async with bench(tmp_path, OFF, Wrapped()) as ours:
        verdict = await ours.judge(await ours.candidate("good\n"), script)
        assert verdict.status == VerdictStatus.PASSED, verdict.findings
        assert ours.placing.runner.isolation == "own"
    with pytest.raises(SandboxUnavailableError, match="a runner of the caller's own"):
        await confine(Settings(), cwd=tmp_path, host=Wrapped(), env={}, scratch=str(tmp_path))


@MODES
async def test_a_folder_outside_of_the_copy_is_refused(tmp_path: Path, sandbox: SandboxSettings | None) -> None:
    touched = tmp_path / "touched"
    async with bench(tmp_path, sandbox) as ours:
        for folder in (tmp_path, tmp_path / "project"):
            with pytest.raises(IsolationError, match="outside of the run's copy"):
                await ours.placing.runner.run(Command(argv=("touch", str(touched)), cwd=str(folder)))
    assert not touched.exists()


@MODES
async def test_a_command_changes_the_files_that_it_was_given_and_no_others(
    tmp_path: Path, sandbox: SandboxSettings | None
) -> None:
    async with bench(tmp_path, sandbox) as ours:
        given, other = ours.scratch / "given", ours.scratch / "other"
        given.touch()
        other.write_text("private\n")
        result = await ours.run(f"echo said >> {given}; cat {other}; rm -f {given}", writes=(str(given),))
        if sandbox is None:
            assert given.read_text() == "said\n", "nobody can put another one in its place"
            assert "private" not in result.stdout


@MODES
async def test_variables_that_a_workflow_sets_arrive_and_of_the_users_own_only_harmless_ones(
    tmp_path: Path, sandbox: SandboxSettings | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_THE_USER", "mine")
    monkeypatch.setenv("OF_THE_WORKFLOW", "ours")
    async with bench(tmp_path, sandbox) as ours:
        told = await ours.run('echo "$OF_THE_WORKFLOW,$OF_THE_USER"', OF_THE_WORKFLOW="ours")
    assert told.stdout == ("ours,\n" if sandbox is None else "ours,mine\n")


@MODES
async def test_a_command_that_takes_longer_than_the_cap_is_ended_and_says_so(
    tmp_path: Path, sandbox: SandboxSettings | None
) -> None:
    wanted = SandboxSettings(mode=sandbox.mode if sandbox else "auto", seconds=1)
    async with bench(tmp_path, wanted) as ours:
        told = await ours.run("echo begun; echo so far >&2; exec sleep 1000")
    assert (told.exit_code, told.stdout) == (143, "begun\n")
    assert told.stderr == "so far\n[limit reached: seconds = 1]\n"


async def test_limits_of_the_configuration_hold_inside(tmp_path: Path) -> None:
    async with bench(tmp_path, SandboxSettings(processes=20)) as ours:
        bomb = "for n in $(seq 60); do sleep 1000 & done; wait"
        told = await ours.run(bomb)
    assert told.exit_code != 0


async def test_candidates_are_judged_side_by_side(tmp_path: Path) -> None:
    verdicts: dict[int, Verdict] = {}
    async with bench(tmp_path) as ours:

        async def one(number: int) -> None:
            commit = await ours.candidate(f"{number}\n")
            verdicts[number] = await ours.judge(commit, f"echo {number} >> a.txt; test $(sort -u a.txt) = {number}")

        async with anyio.create_task_group() as tasks:
            for number in range(4):
                tasks.start_soon(one, number)
    assert [verdicts[number].status for number in range(4)] == [VerdictStatus.PASSED] * 4
    assert list((tmp_path / "state" / "warm" / "layers").glob("*")) == []


async def confined(folder: Path, sandbox: SandboxSettings) -> SandboxRecord:
    settings, env = Settings(sandbox=sandbox), dict(os.environ)
    try:
        found = await confine(settings, cwd=folder, host=LocalRunner(), env=env, scratch=str(folder))
    except SandboxUnavailableError as error:
        pytest.skip(str(error))
    told = found.told(5.0)
    assert (told.at, told.isolation, told.why, told.record) == (5.0, "sandbox", "", found.record)
    assert found.record is not None
    return found.record


async def test_what_is_told_of_the_sandbox_is_what_the_configuration_wants(tmp_path: Path) -> None:
    wanted = SandboxSettings(memory_mb=300, processes=40, seconds=9000, network="all")
    record = await confined(tmp_path, wanted)
    limits = {limit.name: limit.value for limit in record.limits}
    assert (limits["memory_mb"], limits["processes"], limits["seconds"]) == (300, 40, 9000)
    assert limits["cpu_seconds"] == 9000, "the clock decides, and no smaller number beside it"
    assert record.network == "none", "it is only for setting dependencies up"
    assert "seconds" not in {limit.name for limit in (await confined(tmp_path, SandboxSettings(seconds=0))).limits}


async def test_only_setting_up_has_the_network_that_was_asked_for(tmp_path: Path) -> None:
    seen = []
    async with (
        bench(tmp_path, SandboxSettings(network="all")) as ours,
        ours.workspace.checkout(ours.repository.facts.base) as folder,
    ):
        command = Command(argv=("readlink", "/proc/self/ns/net"), cwd=folder, env=dict(os.environ))
        for runner in (ours.placing.set_up, ours.placing.runner):
            told = await runner.run(command)
            seen.append(told.stdout.strip())
    host = os.readlink("/proc/self/ns/net")  # noqa: PTH115  # it is no path of a file
    assert seen[0] == host
    assert seen[1] != host
    assert seen[1].startswith("net:")


async def test_without_a_sandbox_that_was_not_switched_off_nothing_is_confined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide_bubblewrap(tmp_path / "bin", monkeypatch)
    host, env = LocalRunner(), dict(os.environ)
    with pytest.raises(SandboxUnavailableError, match=r"bubblewrap \(bwrap\) is not installed") as caught:
        await confine(Settings(), cwd=tmp_path, host=host, env=env, scratch=str(tmp_path))
    assert caught.value.exit_code == 2
    off = await confine(Settings(sandbox=OFF), cwd=tmp_path, host=host, env=env, scratch=str(tmp_path))
    told = off.told(5.0)
    assert (told.isolation, told.record, told.why) == (host.isolation, None, SWITCHED_OFF)


def hide_bubblewrap(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A PATH with everything else that is needed."""
    folder.mkdir()
    for tool in ("git", "sh", "unshare", "mount"):
        (folder / tool).symlink_to(str(shutil.which(tool)))
    monkeypatch.setenv("PATH", str(folder))
