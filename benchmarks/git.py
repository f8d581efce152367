"""What git costs a run, on a generated repository of 5,000 files and 20 MB.

Run: ``python -m benchmarks.git [FOLDER]``: FOLDER is on the disk to measure (default: a temporary one).
"""

import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio

from orchestrator.domain.ids import NodeId, RunId
from orchestrator.testing.repo import TempRepo
from orchestrator.workspace.edits.values import FileChange
from orchestrator.workspace.repository import RunRepository
from orchestrator.workspace.values import Merged, Uncommitted

FOLDERS, FILES, LINES = 100, 50, 140
ROUNDS = 30


def generate(folder: Path) -> TempRepo:
    """The same 5,000 files of about 4 kB every time."""
    chosen = random.Random(1)
    names = [f"src/p{one:03}/m{two:02}.py" for one in range(FOLDERS) for two in range(FILES)]
    lines = (f"value_{number} = {chosen.random()}\n" for number in range(LINES * len(names)))
    return TempRepo(folder).commit({name: "".join(next(lines) for _ in range(LINES)) for name in names})


def edit(number: int, text: str) -> FileChange:
    """One file's first line is new."""
    return FileChange(path=f"src/p{number:03}/m00.py", before="", after=text)


async def timed(name: str, rounds: int, *, one: Callable[[int], Awaitable[object]]) -> None:
    """Run ``one`` with the number of each round and print how long it took, in milliseconds."""
    taken = []
    for number in range(rounds):
        started = time.perf_counter()
        await one(number)
        taken.append((time.perf_counter() - started) * 1_000)
    taken.sort()
    print(f"{name:<44} {statistics.median(taken):>8.1f} {taken[0]:>8.1f} {taken[-1]:>8.1f}  ({rounds} rounds)")


async def measure(folder: Path) -> None:
    """The whole table."""
    repo = generate(folder / "project")
    print(f"{'milliseconds':<44} {'median':>8} {'least':>8} {'most':>8}")
    await timed("git version (what a process costs)", ROUNDS, one=lambda _: anyio.run_process(("git", "version")))

    async def create(number: int) -> None:
        (await RunRepository.create(repo.folder, RunId(f"c{number}"))).close()

    async def snapshot(number: int) -> None:
        (await RunRepository.create(repo.folder, RunId(f"s{number}"), take=Uncommitted.ALL)).close()

    await timed("create a run", 10, one=create)
    repo.write({"src/p000/m01.py": "changed = 1\n", "new.py": "new = 1\n"})
    await timed("create a run from uncommitted work", 5, one=snapshot)
    repo.git("checkout", "--", "src")
    async with await RunRepository.create(repo.folder, RunId("r")) as run:
        await measure_trees(run)
        await measure_files(run, folder)


async def measure_trees(run: RunRepository) -> None:
    """What is made on objects."""
    base = run.facts.tree
    await run.write_tree(base, [edit(1, "warm = 1\n")])
    ours = [await run.write_tree(base, [edit(1, f"ours = {number}\n")]) for number in range(ROUNDS)]
    theirs = [await run.write_tree(base, [edit(2, f"theirs = {number}\n")]) for number in range(ROUNDS)]

    async def merge(number: int) -> None:
        merged = await run.merge(base, ours=ours[number], theirs=theirs[number])
        assert isinstance(merged, Merged)

    async def keep(number: int) -> None:
        commit = await run.commit(ours[number], [run.facts.base], message="candidate")
        await run.keep(NodeId("node"), commit, attempt=number)

    async def cold(number: int) -> None:
        shutil.rmtree(run.store.folder / "indexes")
        await run.write_tree(base, [edit(4, f"cold = {number}\n")])

    await timed("write_tree, one file", ROUNDS, one=lambda n: run.write_tree(base, [edit(3, f"third = {n}\n")]))
    await timed("write_tree, first one on its base", 10, one=cold)
    await timed("merge on objects", ROUNDS, one=merge)
    await timed("diff of two trees", ROUNDS, one=lambda n: run.diff(base, ours[n]))
    await timed("commit and keep a candidate, flushed", ROUNDS, one=keep)


async def measure_files(run: RunRepository, folder: Path) -> None:
    """What needs files."""
    base = run.facts.tree
    made = []

    async def check_out(number: int) -> None:
        made.append(await run.check_out(base, folder / f"out{number}"))

    async def collect(number: int) -> None:
        (made[0].folder / "src" / "p005" / "m00.py").write_text(f"collected = {number}\n", encoding="utf-8")
        await made[0].collect()

    async def copy(number: int) -> None:
        await anyio.run_process(("cp", "-r", str(made[0].folder), str(folder / f"copy{number}")))

    await timed("plain checkout", 3, one=check_out)
    await timed("(cp -r of the same files)", 3, one=copy)
    await timed("collect one changed file", 10, one=collect)


def main() -> None:
    """Measure in the folder that is named, or in a temporary one."""
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as folder:
        print(subprocess.run(("git", "version"), capture_output=True, text=True, check=True).stdout.strip())
        anyio.run(measure, Path(folder))


if __name__ == "__main__":
    main()
