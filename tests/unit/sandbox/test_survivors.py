"""Nothing of a command is left: after its end, a cancellation, a silence, or the death of the engine."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import anyio
import pytest

from orchestrator.domain.command import Command
from orchestrator.errors import IsolationError
from orchestrator.sandbox import Launcher, LocalRunner, execution
from tests.unit.sandbox.processes import bearing, descendants, eventually, marked, pids, read, state

pytestmark = pytest.mark.anyio

DAEMONS = """
(setsid sh -c 'trap "" TERM HUP INT; echo keeps the pipes; while :; do sleep 1000; done' &)
(setsid sh -c '(trap "" TERM HUP; exec sleep 1001) </dev/null >/dev/null 2>&1 &' &)
sleep 1002 &
"""
"""Three ways to stay: two double forks into sessions of their own, deaf, with and without the pipes; one plain."""


class Started:
    """A sink that knows when the command has said that all is up."""

    def __init__(self) -> None:
        self.event = anyio.Event()
        self.lines: list[str] = []

    def __call__(self, _name: str, line: str) -> None:
        self.lines.append(line)
        if line == "up":
            self.event.set()


def command(script: str, cwd: Path, env: Mapping[str, str], *, idle_timeout: float = 0.0) -> Command:
    return Command(argv=("sh", "-c", script), cwd=str(cwd), env=env, idle_timeout=idle_timeout)


def daemons_up(env: Mapping[str, str]) -> bool:
    lines = [read(pid, "cmdline") for pid in bearing(env)]
    return {b"sleep\0%d\0" % number for number in (1000, 1001, 1002)} <= set(lines)


async def test_the_end_of_a_command_is_the_end_of_its_daemons(runner: LocalRunner, tmp_path: Path) -> None:
    env = marked()
    fifo = tmp_path / "go"
    os.mkfifo(fifo)

    def let_go(_name: str, line: str) -> None:
        if line == "up":
            assert eventually(lambda: daemons_up(env), 10)
            fifo.write_text("on\n")

    result = await runner.run(command(DAEMONS + "echo up; read word < go; exit 4", tmp_path, env), let_go)
    assert result.exit_code == 4
    assert bearing(env) == []


async def test_a_grandchild_that_keeps_the_pipes_does_not_keep_the_reader(runner: LocalRunner, tmp_path: Path) -> None:
    env = marked()
    result = await runner.run(command("sleep 1000 & echo done", tmp_path, env))
    assert (result.exit_code, result.stdout) == (0, "done\n")
    assert bearing(env) == []


async def cancel_when_up(
    runner: LocalRunner, ordered: Command, *, ready: Callable[[], bool] = lambda: True
) -> list[str]:
    """Cancel it once it has said that it is up and ``ready`` agrees; the lines that it printed until its end."""
    sink = Started()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(runner.run, ordered, sink)
        await sink.event.wait()
        assert eventually(ready, 10)
        assert bearing(ordered.env)
        tasks.cancel_scope.cancel()
    return sink.lines


async def test_a_cancelled_command_is_asked_first_and_may_clean_up(runner: LocalRunner, tmp_path: Path) -> None:
    env = marked()
    script = "trap 'echo cleaned > mark; echo bye; exit 0' TERM; echo up; while :; do sleep 0.01; done"
    lines = await cancel_when_up(runner, command(script, tmp_path, env))
    assert (tmp_path / "mark").read_text() == "cleaned\n"
    assert lines[-1] == "bye"
    assert bearing(env) == []


async def test_what_it_prints_while_cleaning_up_does_not_block_it(runner: LocalRunner, tmp_path: Path) -> None:
    env = marked()
    script = "trap 'head -c 1000000 /dev/zero; echo > mark; exit' TERM; echo up; while :; do sleep 0.01; done"
    await cancel_when_up(runner, command(script, tmp_path, env))
    assert (tmp_path / "mark").exists()


async def test_a_stopped_command_gets_to_see_the_request(runner: LocalRunner, tmp_path: Path) -> None:
    env = marked()
    script = "trap 'echo > mark; exit' TERM; echo up; kill -STOP $$; while :; do sleep 0.01; done"
    await cancel_when_up(runner, command(script, tmp_path, env), ready=lambda: state(*bearing(env)) == "T")
    assert (tmp_path / "mark").exists()


async def test_one_that_does_not_listen_is_killed_with_all_its_kin(launcher: Launcher, tmp_path: Path) -> None:
    env = marked()
    script = "trap '' TERM;" + DAEMONS + "echo up; while :; do sleep 1003; done"
    await cancel_when_up(LocalRunner(launcher, grace=0.1), command(script, tmp_path, env))
    assert bearing(env) == []


async def test_cancellation_leaves_no_daemon(runner: LocalRunner, tmp_path: Path) -> None:
    env = marked()
    ordered = command(DAEMONS + "echo up; wait", tmp_path, env)
    await cancel_when_up(runner, ordered, ready=lambda: daemons_up(env))
    assert bearing(env) == []


async def test_cancellation_comes_back_as_cancellation(runner: LocalRunner, tmp_path: Path) -> None:
    env, sink = marked(), Started()
    ended: list[str] = []

    async def run() -> None:
        try:
            await runner.run(command("echo up; sleep 1000", tmp_path, env), sink)
        except anyio.get_cancelled_exc_class():
            ended.append("cancelled")
            assert bearing(env) == []
            raise

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run)
        await sink.event.wait()
        tasks.cancel_scope.cancel()
    assert ended == ["cancelled"]


async def test_a_cancellation_before_anything_runs_leaves_nothing(runner: LocalRunner, tmp_path: Path) -> None:
    env, before = marked(), descendants(os.getpid())
    with anyio.CancelScope() as scope:
        scope.cancel()
        await runner.run(command("echo > mark; sleep 1000", tmp_path, env))
    assert scope.cancelled_caught
    assert bearing(env) == []
    assert not (tmp_path / "mark").exists()
    assert descendants(os.getpid()) == before


async def test_the_idle_timeout_leaves_no_daemon(launcher: Launcher, tmp_path: Path) -> None:
    env = marked()
    runner = LocalRunner(launcher, grace=0.1)
    script = "trap '' TERM;" + DAEMONS + "echo up; while :; do sleep 1003; done"
    result = await runner.run(command(script, tmp_path, env, idle_timeout=0.5))
    assert (result.idle, result.exit_code) == (True, 137)
    assert bearing(env) == []


async def test_a_command_cannot_end_its_supervisor_from_inside(
    runner: LocalRunner, launcher: Launcher, tmp_path: Path
) -> None:
    if not launcher.contains:
        pytest.skip("without a namespace it can, and pid 1 is the machine's own")
    env = marked()
    result = await runner.run(command("kill -INT 1; kill -TERM 1; kill -KILL 1; echo here; exit 5", tmp_path, env))
    assert (result.exit_code, result.stdout) == (5, "here\n")


def is_supervisor(cmdline: bytes) -> bool:
    return cmdline.startswith(sys.executable.encode()) and b"/supervisor." in cmdline


async def test_a_supervisor_that_is_killed_takes_the_command_along(runner: LocalRunner, tmp_path: Path) -> None:
    env, sink = marked(), Started()

    async def shoot() -> None:
        await sink.event.wait()
        (supervisor,) = (pid for pid in descendants(os.getpid()) if is_supervisor(read(pid, "cmdline")))
        obeying = Path(f"/proc/{supervisor}/task")
        assert eventually(lambda: len(list(obeying.iterdir())) > 1, 10)
        os.kill(supervisor, signal.SIGKILL)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(shoot)
        with pytest.raises(IsolationError, match="the command's supervisor was killed"):
            await runner.run(command("echo up; sleep 1000", tmp_path, env), sink)
    assert eventually(lambda: bearing(env) == [])


async def test_a_command_may_be_run_beside_others(runner: LocalRunner, tmp_path: Path) -> None:
    env, results = marked(), []

    async def run(code: int) -> None:
        results.append((await runner.run(command(f"exit {code}", tmp_path, env))).exit_code)

    async with anyio.create_task_group() as tasks:
        for code in range(8):
            tasks.start_soon(run, code)
    assert sorted(results) == list(range(8))


async def test_a_process_elsewhere_that_holds_the_pipe_does_not_keep_the_reader(
    runner: LocalRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "_DRAIN", 0.2)
    give_away = "import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); "
    give_away += "socket.send_fds(s, [b'x'], [1, 2]); print('done')"
    path = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()
        ordered = Command(argv=(sys.executable, "-I", "-S", "-c", give_away, path), cwd=str(tmp_path))
        result = await runner.run(ordered)
    assert (result.exit_code, result.stdout) == (0, "done\n")


@dataclass(frozen=True)
class Broken:
    """A launcher whose process does not end: it runs the supervisor, or not even that."""

    script: str
    name: str = "broken"
    contains: bool = False

    def wrap(self, argv: Sequence[str]) -> tuple[str, ...]:
        return ("sh", "-c", self.script, "sh", *argv)


LINGERS = Broken('"$@" & exec sleep 1000')
HANGS = Broken("exec sleep 1000")


async def test_a_launcher_that_does_not_end_is_killed_and_that_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "_LAST_RESORT", 0.1)
    before = descendants(os.getpid())
    with pytest.raises(IsolationError, match="broken: not all processes of the command could be killed"):
        await LocalRunner(LINGERS).run(command("exit 0", tmp_path, marked()))
    assert descendants(os.getpid()) == before


async def test_a_launcher_that_hangs_is_killed_when_the_time_is_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "_LAST_RESORT", 0.1)
    before = descendants(os.getpid())
    with pytest.raises(IsolationError, match="broken"):
        await LocalRunner(HANGS, grace=0.1).run(command("exit 0", tmp_path, marked(), idle_timeout=0.1))
    assert descendants(os.getpid()) == before


ENGINE = """
import json, sys
import anyio
from orchestrator.domain.command import Command
from orchestrator.sandbox import LAUNCHERS, LocalRunner

name, script, cwd, env, sys.executable = sys.argv[1:]
(launcher,) = (one for one in LAUNCHERS if one.name == name)
command = Command(argv=("sh", "-c", script), cwd=cwd, env=json.loads(env))
print("engine", flush=True)
anyio.run(LocalRunner(launcher).run, command, lambda name, line: print(line, flush=True))
"""


class Engine:
    """An engine in a process of its own that runs one command; what it starts bears its mark.

    Launcher and supervisor have no environment: they are known by the path of their interpreter.
    """

    def __init__(self, launcher: Launcher, script: str, folder: Path) -> None:
        self.env = marked()
        self._python = folder / "python"
        self._python.symlink_to(Path(sys.executable).resolve())
        arguments = (launcher.name, script, str(folder), json.dumps(self.env), str(self._python))
        self.process = subprocess.Popen(
            [sys.executable, "-c", ENGINE, *arguments],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        )

    def wait_for(self, line: str) -> None:
        assert self.process.stdout is not None
        while (got := self.process.stdout.readline()) != f"{line}\n":
            assert got, "the engine ended early"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def left(self) -> list[bytes]:
        """The command lines of all that it started and that is not dead."""
        mine = str(self._python).encode()
        others = [line for pid in pids() if pid != self.process.pid and mine in (line := read(pid, "cmdline"))]
        return [*others, *(read(pid, "cmdline") for pid in bearing(self.env))]


def test_nothing_survives_a_killed_engine(launcher: Launcher, tmp_path: Path) -> None:
    engine = Engine(launcher, "trap '' TERM;" + DAEMONS + "echo up; while :; do sleep 1003; done", tmp_path)
    engine.wait_for("up")
    assert eventually(lambda: daemons_up(engine.env), 10)
    assert len(engine.left()) >= 6
    engine.kill()
    assert eventually(lambda: engine.left() == []), engine.left()


@pytest.mark.parametrize("milliseconds", [0, 5, 9, 13, 18, 30])
def test_nothing_survives_whenever_the_engine_is_killed(launcher: Launcher, tmp_path: Path, milliseconds: int) -> None:
    engine = Engine(launcher, "(setsid sleep 1000 >/dev/null 2>&1 &); sleep 1001", tmp_path)
    engine.wait_for("engine")
    with suppress(subprocess.TimeoutExpired):
        engine.process.wait(milliseconds / 1000)
    engine.kill()
    assert eventually(lambda: engine.left() == []), engine.left()
