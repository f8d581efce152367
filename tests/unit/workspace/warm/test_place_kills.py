"""The engine is killed while commands run in places of overlays: nothing lives on, and the next one finds no trace."""

import json
import os
import random
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from orchestrator.sandbox.cgroups import find_cgroups
from orchestrator.testing.repo import TempRepo
from tests.unit.sandbox.processes import MARK, bearing, eventually, marked, pids, read
from tests.unit.workspace.warm.bench import Setting, bench_on

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("sandbox")]

ENGINE = """
import json, sys
from dataclasses import replace
from pathlib import Path
import anyio
from orchestrator.domain.command import Command
from orchestrator.sandbox import SandboxRunner
from orchestrator.testing.repo import TempRepo
from tests.unit.workspace.warm.bench import Setting, bench_on

DAEMON = "(setsid sh -c 'trap \\"\\" TERM HUP; exec sleep 1000' >/dev/null 2>&1 &)"
SCRIPT = f"{DAEMON}; echo b > a.txt; echo up >&2; sleep 1001"


async def one(bench, number):
    async with bench.places.place(await bench.candidate({"a.txt": f"{number}\\n"})) as placed:
        print("placed", flush=True)
        runner = SandboxRunner(placed.place.policy(bench.policy))
        command = Command(argv=("sh", "-c", SCRIPT), cwd=placed.place.mount)
        await runner.run(command, lambda name, line: print(line, flush=True))


async def main(project, state, run, variables):
    async with bench_on(TempRepo.at(Path(project)), Path(state), Setting(tools=()), run) as bench:
        bench.policy = replace(bench.policy, variables=json.loads(variables))
        print(json.dumps(sorted(path.name for path in Path(state, "warm", "layers").glob("*"))), flush=True)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(one, bench, 1)
            tasks.start_soon(one, bench, 2)


anyio.run(main, *sys.argv[1:])
"""


@dataclass
class Engine:
    """An engine in a process of its own, with a command in each of two places."""

    project: Path
    state: Path
    run: str
    env: dict[str, str] = field(default_factory=marked)

    def __post_init__(self) -> None:
        variables = json.dumps({MARK: self.env[MARK]})
        path = os.pathsep.join(path for path in sys.path if path)
        self.process = subprocess.Popen(
            [sys.executable, "-c", ENGINE, str(self.project), str(self.state), self.run, variables],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": path},
        )

    def says(self) -> str:
        assert self.process.stdout is not None
        line: str = self.process.stdout.readline()
        assert line, "the engine ended early"
        return line.strip()

    def wait_for(self, word: str, times: int) -> None:
        while times:
            times -= self.says() == word

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def survivors(self) -> list[bytes]:
        """All that bears its mark, was started with a path of its, or sees a mount of one."""
        mine = str(self.state).encode()
        theirs = (pid for pid in pids() if pid not in (self.process.pid, os.getpid()))
        seeing = {pid for pid in theirs if mine in read(pid, "cmdline") or mine in read(pid, "mountinfo")}
        return [read(pid, "cmdline") for pid in (*seeing, *bearing(self.env))]

    def groups(self) -> list[Path]:
        """The control groups that it made."""
        parents = find_cgroups().parents.values()  # which removes those of engines that are gone
        return [folder for parent in parents for folder in parent.glob(f"rung-{self.process.pid}-*")]

    def is_gone(self) -> bool:
        return not self.survivors() and not self.groups()


def mounts() -> set[str]:
    return set(Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines())


async def kill_again_and_again(tmp_path: Path, state: Path, *, kills: int, seed: int) -> None:
    """Half of them when both commands run, the others at any moment from the making of the places on."""
    repo = TempRepo(tmp_path / "project").commit({"a.txt": "a\n"})
    chance, before = random.Random(seed), mounts()
    for number in range(kills):
        engine = Engine(repo.folder, state, f"run{number}")
        assert json.loads(engine.says()) == [], "what the last one left is gone"
        engine.wait_for("placed", 1)
        if number % 2:
            engine.wait_for("up", 2)
            assert len(bearing(engine.env)) >= 4, "both commands run, each with its daemon"
            assert len(engine.survivors()) > 6, "and can be seen"
        else:
            with suppress(subprocess.TimeoutExpired):
                engine.process.wait(chance.uniform(0, 0.1))
        engine.kill()
        assert eventually(engine.is_gone), (engine.survivors(), engine.groups())
        assert mounts() == before
    async with bench_on(repo, state, Setting(tools=()), "last") as bench:
        assert [*(state / "warm" / "layers").iterdir()] == []
        assert await bench.output(await bench.candidate({"a.txt": "c\n"}), "cat a.txt") == "c\n"
    assert [*(state / "warm" / "layers").iterdir()] == []
    assert [path for path in repo.git_dir.rglob("*.lock") if path.is_file()] == []
    assert (repo.folder / "a.txt").read_text(encoding="utf-8") == "a\n"
    assert mounts() == before


@pytest.mark.timeout(120)
async def test_nothing_is_left_of_ten_engines_that_were_killed_in_their_places(tmp_path: Path, state: Path) -> None:
    await kill_again_and_again(tmp_path, state, kills=10, seed=21)


@pytest.mark.soak
@pytest.mark.timeout(1_200)
async def test_nothing_is_left_of_a_hundred_and_twenty(tmp_path: Path, state: Path) -> None:
    await kill_again_and_again(tmp_path, state, kills=120, seed=22)
