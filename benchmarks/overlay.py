"""What a place for a candidate costs, and what a build in it costs beside one in the user's own folder.

And what the build of the project's pack costs after one edit: from nothing, as for a verdict, and in a room for trials.

Run: ``python -m benchmarks.overlay [FOLDER]``: FOLDER is on the disk to measure (default: a temporary one).
Needs the sandbox with overlays; builds are left out where make or cargo are not installed.
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import anyio

from benchmarks.git import edit, generate
from orchestrator.app.confinement import confine
from orchestrator.app.copyrooms import open_copy_rooms
from orchestrator.app.trialrooms import TrialRooms
from orchestrator.config import Settings
from orchestrator.domain.assessment import Scope
from orchestrator.domain.command import Command
from orchestrator.domain.ids import RunId
from orchestrator.domain.sandbox import SandboxPolicy
from orchestrator.domain.tree import CommitId
from orchestrator.resources import Places as Shelves
from orchestrator.sandbox import LocalRunner, SandboxRunner
from orchestrator.sandbox.layers import fault_of_overlays
from orchestrator.sandbox.toolchains import find_toolchain
from orchestrator.testing.repo import TempRepo
from orchestrator.validation.packs import load_packs
from orchestrator.validation.pipeline import Bench, Room, assess
from orchestrator.workspace.edits.values import FileChange
from orchestrator.workspace.repository import RunRepository
from orchestrator.workspace.warm import Place, Places, Terms, WarmUp, open_places

ROUNDS = 30
BUILDS = 7
CHECKS = 5
FUNCTIONS, UNITS, CRATES = 40, 120, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """A project, the command that builds it, and the file that is edited; ``{n}`` in it is another number each time."""

    name: str
    files: Mapping[str, str]
    edited: str
    command: str
    tools: Sequence[str] = ()


def c_project() -> Build:
    """One object for each of many files of some size."""
    names = [f"unit{number:03}" for number in range(UNITS)]
    bodies = "".join(f"int f{one}_NAME(int x) {{ return x * {one} + {{n}}; }}\n" for one in range(FUNCTIONS))
    files = {f"{name}.c": bodies.replace("NAME", name) for name in names}
    objects = " ".join(f"{name}.o" for name in names)
    main = "int main(void) { return 0; }\n"
    makefile = f"CFLAGS = -O1\nprog: main.o {objects}\n\t$(CC) -o $@ $^\n"
    return Build(
        name="C, make", files={**files, "main.c": main, "Makefile": makefile}, edited="unit007.c", command="make -s"
    )


def cargo_project() -> Build:
    """A workspace of several crates, without dependencies on others."""
    names = [f"unit{number:02}" for number in range(CRATES)]
    body = "".join(
        f"pub fn f{one}(x: u64) -> u64 {{ (0..x).map(|y| y.wrapping_mul({one}).wrapping_add({{n}})).sum() }}\n"
        for one in range(10 * FUNCTIONS)
    )
    package = '[package]\nname = "{}"\nversion = "0.1.0"\nedition = "2021"\n'
    files = {f"{name}/src/lib.rs": body for name in names}
    files |= {f"{name}/Cargo.toml": package.format(name) for name in names}
    needed = "".join(f'{name} = {{ path = "{name}" }}\n' for name in names)
    calls = " + ".join(f"{name}::f1(1)" for name in names)
    files["src/main.rs"] = f'fn main() {{ println!("{{}}", {calls}); }}\n'
    files["Cargo.toml"] = f"{package.format('sized')}\n[dependencies]\n{needed}\n[workspace]\n"
    return Build(
        name="Rust, cargo",
        files=files,
        edited="unit07/src/lib.rs",
        command="cargo build --offline --quiet",
        tools=("cargo",),
    )


def told(name: str, taken: Sequence[float]) -> float:
    """Print a row of milliseconds; the median."""
    middle = statistics.median(taken)
    print(f"{name:<52} {middle:>9.1f} {min(taken):>9.1f} {max(taken):>9.1f}  ({len(taken)} rounds)")
    return middle


async def timed(rounds: int, one: Callable[[int], Awaitable[object]]) -> list[float]:
    """Milliseconds of each round."""
    taken = []
    for number in range(rounds):
        started = time.perf_counter()
        await one(number)
        taken.append((time.perf_counter() - started) * 1_000)
    return taken


def terms(*, overlays: bool = True) -> Terms:
    """In the sandbox, with overlays or as if there were none."""
    return Terms(
        sandboxed=True, fault_of=lambda one: fault_of_overlays([one]) if overlays else "left out", env=dict(os.environ)
    )


async def candidate(run: RunRepository, change: FileChange) -> CommitId:
    """One commit on the base."""
    tree = await run.write_tree(run.facts.tree, [change])
    return await run.commit(tree, [run.facts.base], message="candidate")


async def measure_places(folder: Path) -> None:
    """How long until a candidate can be worked on, in a repository of 5,000 files and 20 MB."""
    repo = generate(folder / "project")
    async with await RunRepository.create(repo.folder, RunId("places"), state_dir=folder / "state") as run:
        made = [await candidate(run, edit(number, f"value = {number}\n")) for number in range(ROUNDS)]
        for name, with_overlays, rounds in (("overlay ready", True, ROUNDS), ("plain cold checkout ready", False, 5)):
            warm = folder / f"warm-{with_overlays}"
            async with open_places(run, warm, warm_up=WarmUp(), terms=terms(overlays=with_overlays)) as places:
                await measure_ready(name, places, made[:rounds])
        async with open_places(run, folder / "warm-True", warm_up=WarmUp(), terms=terms()) as places:
            await measure_start(places, made[0])


async def measure_ready(name: str, places: Places, made: Sequence[CommitId]) -> None:
    """Until the place is there, the first one apart: it makes the warm base."""
    ready = []

    async def first(_: int) -> None:
        async with places.place(made[0]):
            pass

    told(f"{name}, first of all (makes or finds the base)", await timed(1, first))
    for commit in made:
        started = time.perf_counter()
        async with places.place(commit):
            ready.append((time.perf_counter() - started) * 1_000)
    told(name, ready)


async def measure_start(places: Places, commit: CommitId) -> None:
    """What the sandbox adds to a command."""
    async with places.place(commit) as placed:
        bare = SandboxPolicy(tree="/", mount="/")
        for name, policy in (
            ("in the overlay", placed.place.policy(bare)),
            ("in a plain folder", _plain(placed.place)),
        ):
            told(f"sandbox start and end, {name}", await _starts(policy))


async def _starts(policy: SandboxPolicy) -> list[float]:
    runner = SandboxRunner(policy)
    print(f"  {runner.record.launcher}")

    async def start(_: int) -> None:
        await runner.run(Command(argv=("true",), cwd=policy.mount))

    return await timed(ROUNDS, start)


def _plain(place: Place) -> SandboxPolicy:
    return SandboxPolicy(tree=place.overlays[0].lower, mount=place.mount)


@dataclass(frozen=True, slots=True)
class Taken:
    """What one build took, by the clock of the shell that ran it.

    Attributes:
        wall: milliseconds from beginning to end.
        cpu: milliseconds of processor time, user and system.
    """

    wall: float
    cpu: float


async def measure_build(folder: Path, build: Build) -> None:
    """A build after one edit, in turn in the user's own folder and as a candidate on a warm base."""
    program = build.command.split()[0]
    if not shutil.which(program):
        print(f"{build.name}: {program} is not installed")
        return
    begun = {path: text.replace("{n}", "0") for path, text in build.files.items()}
    repo = TempRepo(folder / "project").commit(begun | {".gitignore": "*.o\nprog\ntarget/\nCargo.lock\n"})
    rounds = await _in_turn(repo, folder, build)
    cold = [_cold_build(folder / f"cold{number}", repo.folder, build).wall for number in range(2)]
    mine = told(f"{build.name}: the user's own folder", [own.wall for own, _, _ in rounds])
    inside = told(f"{build.name}: in the overlay, the build itself", [placed.wall for _, placed, _ in rounds])
    told(f"{build.name}: the same with place and sandbox", [whole for _, _, whole in rounds])
    own_cpu = told(f"{build.name}: processor time, own folder", [own.cpu for own, _, _ in rounds])
    inside_cpu = told(f"{build.name}: processor time, in the overlay", [placed.cpu for _, placed, _ in rounds])
    told(f"{build.name}: cold", cold)
    print(
        f"  {inside / mine:.2f} times the user's own by the clock, {inside_cpu / own_cpu:.2f} times by processor time"
    )


async def _in_turn(repo: TempRepo, folder: Path, build: Build) -> list[tuple[Taken, Taken, float]]:
    """Of each round the user's own build, the candidate's, and the milliseconds of all that the latter needs."""
    template, text = _template(build), build.files[build.edited]

    async def perform(place: Place) -> Taken:
        runner = SandboxRunner(place.policy(template))
        command = Command(argv=_timed(build), cwd=place.mount, env={"PATH": os.environ["PATH"]})
        done = await runner.run(command)
        assert done.exit_code == 0, done.stderr
        return _read(done.stderr)

    async def warm(place: Place) -> None:
        await perform(place)

    async with (
        await RunRepository.create(repo.folder, RunId("build"), state_dir=folder / "state") as run,
        open_places(run, folder / "warm", warm_up=WarmUp(recipe=build.command, build=warm), terms=terms()) as places,
    ):
        taken = []
        for number in range(BUILDS + 1):
            own = _own_build(repo.folder, build, text.replace("{n}", str(number)))
            change = FileChange(path=build.edited, before=None, after=text.replace("{n}", str(100 + number)))
            commit = await candidate(run, change)
            started = time.perf_counter()
            async with places.place(commit) as placed:
                assert placed.place.how == "warm overlay", placed.place.why
                inside = await perform(placed.place)
            taken.append((own, inside, (time.perf_counter() - started) * 1_000))
        return taken[1:]


def _timed(build: Build) -> tuple[str, ...]:
    """The build in a shell that says at last what it took."""
    return ("bash", "--noprofile", "--norc", "-ec", f"TIMEFORMAT='%3R %3U %3S'; time ({build.command})")


def _read(said: str) -> Taken:
    wall, user, system = (float(number) * 1_000 for number in said.split()[-3:])
    return Taken(wall, user + system)


def _template(build: Build) -> SandboxPolicy:
    policy = SandboxPolicy(tree="/", mount="/")
    for tool in build.tools:
        if found := find_toolchain(tool, os.environ):
            policy = replace(policy, readonly=found.roots, overlays=found.caches, variables=found.variables)
    return policy


def _own_build(folder: Path, build: Build, text: str) -> Taken:
    (folder / build.edited).write_text(text, encoding="utf-8")
    return _built(folder, build)


def _cold_build(folder: Path, source: Path, build: Build) -> Taken:
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("*.o", "prog", "target", ".git"))
    return _built(folder, build)


def _built(folder: Path, build: Build) -> Taken:
    done = subprocess.run(_timed(build), cwd=folder, check=True, capture_output=True, text=True)
    return _read(done.stderr)


async def measure_trials(folder: Path, build: Build) -> None:
    """The packs' own build after one edit: in turn in a plain copy, and over the copy in which the base was judged."""
    if not shutil.which(build.command.split()[0]):
        return
    begun = {path: text.replace("{n}", "0") for path, text in build.files.items()}
    repo = TempRepo(folder / "project").commit(begun | {".gitignore": "*.o\nprog\ntarget/\nCargo.lock\n"})
    scratch, env = folder / "scratch", dict(os.environ)
    scratch.mkdir()
    held = await confine(Settings(), cwd=repo.folder, host=LocalRunner(), env=env, scratch=str(scratch))
    bench = Bench(packs=load_packs(Shelves(), trusted=False))
    async with (
        await RunRepository.create(repo.folder, RunId("trials"), state_dir=folder / "state") as run,
        open_copy_rooms(run, held, scratch=scratch) as rooms,
    ):
        trials = TrialRooms(rooms=rooms)
        built = Scope(stages=frozenset({"build"}))
        await trials.judged(run.facts.base, partial(assess, bench=bench, scope=built))
        for name, opened in (("from nothing", rooms.open), ("in a room for trials", trials.open)):
            taken = [await _checked(opened(run.facts.base), bench, build=build, number=one) for one in range(CHECKS)]
            told(f"{build.name}: the pack's build {name}", [one.wall for one in taken])
            told(f"{build.name}: the pack's build {name}, processor time", [one.cpu for one in taken])
        await trials.close()


async def _checked(opened: AbstractAsyncContextManager[Room], bench: Bench, *, build: Build, number: int) -> Taken:
    """Opening the room, one edit and the pack's build: what they took, this process included."""
    cpu, wall = _processor_time(), time.perf_counter()
    async with opened as room:
        room.rewrite(build.edited, build.files[build.edited].replace("{n}", str(100 + number)))
        found = await assess(room, bench, scope=Scope(stages=frozenset({"build"})))
        assert all(stage.status == "passed" for stage in found.stages if stage.name == "build"), found
    return Taken((time.perf_counter() - wall) * 1_000, (_processor_time() - cpu) * 1_000)


def _processor_time() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


async def measure(folder: Path) -> None:
    """The whole table."""
    print(f"load {' '.join(f'{one:.1f}' for one in os.getloadavg())} on {os.cpu_count()} processors")
    print(f"{'milliseconds':<52} {'median':>9} {'least':>9} {'most':>9}")
    await measure_places(folder / "places")
    for number, build in enumerate((c_project(), cargo_project())):
        await measure_build(folder / f"build{number}", build)
        await measure_trials(folder / f"trials{number}", build)
    print(f"load {' '.join(f'{one:.1f}' for one in os.getloadavg())}")


def main() -> None:
    """Measure in the folder that is named, or in a temporary one."""
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as folder:
        anyio.run(measure, Path(folder))


if __name__ == "__main__":
    main()
