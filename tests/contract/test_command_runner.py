"""What every command runner does: the ones that start processes and the one that follows a script."""

import math
from pathlib import Path

import anyio
import pytest

from orchestrator.domain.command import Command
from orchestrator.ports import CommandRunner
from orchestrator.sandbox import LAUNCHERS, Launcher, LocalRunner, probe
from orchestrator.testing.runner import FakeRunner, Reply

pytestmark = pytest.mark.anyio

SCRIPTS = {
    "echo one; echo two; exit 3": Reply(stdout="one\ntwo\n", exit_code=3),
    "echo out; echo err >&2": Reply(stdout="out\n", stderr="err\n"),
    "true": Reply(),
    "kill -KILL $$": Reply(exit_code=137),
    "echo up; exec sleep 1000": Reply(stdout="up\n", seconds=math.inf),
}
"""What the commands of these tests do, as shell scripts and as replies."""


def fake() -> CommandRunner:
    runner = FakeRunner().when(
        lambda argv: argv[0] == "no-such-program", Reply(error=FileNotFoundError("no-such-program"))
    )
    for script, reply in SCRIPTS.items():
        runner.when(lambda argv, script=script: argv[-1] == script, reply)  # type: ignore[misc]  # a lambda's default has no type
    return runner


def local(launcher: Launcher) -> CommandRunner:
    if fault := probe(launcher):
        pytest.skip(f"{launcher.name} does not work here: {fault}")
    return LocalRunner(launcher)


@pytest.fixture(params=[None, *LAUNCHERS], ids=lambda launcher: launcher.name if launcher else "fake")
def runner(request: pytest.FixtureRequest) -> CommandRunner:
    return local(request.param) if request.param else fake()


def shell(script: str, cwd: Path, *, idle_timeout: float = 0.0) -> Command:
    assert script in SCRIPTS
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
    return Command(argv=("sh", "-c", script), cwd=str(cwd), env=env, idle_timeout=idle_timeout)


def test_the_isolation_is_one_of_the_known_words(runner: CommandRunner) -> None:
    assert runner.isolation in {"bubblewrap", "unshare", "process-group"}


async def test_output_and_exit_code_come_back(runner: CommandRunner, tmp_path: Path) -> None:
    result = await runner.run(shell("echo one; echo two; exit 3", tmp_path))
    assert (result.exit_code, result.stdout, result.stderr) == (3, "one\ntwo\n", "")
    assert (result.dropped_bytes, result.idle) == (0, False)


async def test_the_sink_gets_each_line_with_the_name_of_its_stream(runner: CommandRunner, tmp_path: Path) -> None:
    got: list[tuple[str, str]] = []
    await runner.run(shell("echo one; echo two; exit 3", tmp_path), lambda *line: got.append(line))
    assert got == [("stdout", "one"), ("stdout", "two")]
    got.clear()
    result = await runner.run(shell("echo out; echo err >&2", tmp_path), lambda *line: got.append(line))
    assert sorted(got) == [("stderr", "err"), ("stdout", "out")]
    assert (result.stdout, result.stderr) == ("out\n", "err\n")


async def test_a_silent_command_calls_no_sink(runner: CommandRunner, tmp_path: Path) -> None:
    got: list[tuple[str, str]] = []
    result = await runner.run(shell("true", tmp_path), lambda *line: got.append(line))
    assert (result.exit_code, got) == (0, [])


async def test_a_signal_counts_from_128(runner: CommandRunner, tmp_path: Path) -> None:
    assert (await runner.run(shell("kill -KILL $$", tmp_path))).exit_code == 137


async def test_a_program_that_does_not_exist_is_an_error(runner: CommandRunner, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no-such-program"):
        await runner.run(Command(argv=("no-such-program",), cwd=str(tmp_path)))


async def test_silence_beyond_the_idle_timeout_ends_the_command(runner: CommandRunner, tmp_path: Path) -> None:
    result = await runner.run(shell("echo up; exec sleep 1000", tmp_path, idle_timeout=0.2))
    assert (result.idle, result.exit_code, result.stdout) == (True, 143, "up\n")


async def test_a_cancellation_ends_the_command_and_is_raised_again(runner: CommandRunner, tmp_path: Path) -> None:
    up, ended = anyio.Event(), []

    async def run() -> None:
        try:
            await runner.run(shell("echo up; exec sleep 1000", tmp_path), lambda *_line: up.set())
        finally:
            ended.append("raised")

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run)
        await up.wait()
        tasks.cancel_scope.cancel()
    assert ended == ["raised"]


async def test_one_runner_runs_commands_side_by_side(runner: CommandRunner, tmp_path: Path) -> None:
    up = anyio.Event()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(runner.run, shell("echo up; exec sleep 1000", tmp_path), lambda *_line: up.set())
        await up.wait()
        assert (await runner.run(shell("true", tmp_path))).exit_code == 0
        tasks.cancel_scope.cancel()
