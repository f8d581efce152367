"""What it costs to start a command in the full sandbox, beside the same command with nothing around it.

Run: ``python -m benchmarks.sandbox [--runs N] [--files N] [--megabytes N]``.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import anyio

from benchmarks.run_node import plain, print_start, start_ms
from orchestrator.domain.command import Command
from orchestrator.domain.sandbox import GitView, Overlay, SandboxPolicy
from orchestrator.sandbox import LocalRunner, SandboxRunner

MOUNT = "/srv/people/project"
TRUE = Command(argv=("true",), cwd=MOUNT, env={"PATH": "/usr/bin:/bin"})
PER_FOLDER = 100
PARTS = {
    "bwrap alone": ("bwrap", "--unshare-all", "--ro-bind", "/", "/", "true"),
    "Python alone": (sys.executable, "-I", "-S", "-c", "import posix; posix._exit(0)"),
}
"""What a start cannot go below: the launcher with nothing to mount, and the supervisor's interpreter."""
RUNNERS = 200


def fill(folder: Path, *, files: int, megabytes: int) -> None:
    """A repository's worth of files."""
    content = b"x" * (megabytes * 1_000_000 // files)
    for number in range(files):
        place = folder / f"package{number // PER_FOLDER}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"module{number % PER_FOLDER}.py").write_bytes(content)


def policies(tree: Path, beside: Path) -> dict[str, SandboxPolicy]:
    """Row of the table -> what it measures."""
    kept = beside / "kept"
    objects = beside / "objects"
    for folder in (kept, objects):
        folder.mkdir(parents=True)
    base = SandboxPolicy(tree=str(tree), mount=MOUNT)
    git = GitView(head="0" * 40, branch="main", objects=(str(objects),))
    overlay = Overlay(lower=str(tree), target=MOUNT, kept=str(kept))
    return {
        "sandbox": base,
        "sandbox, git": SandboxPolicy(tree=str(tree), mount=MOUNT, git=git),
        "sandbox, tree overlaid": SandboxPolicy(tree="", mount=MOUNT, overlays=(overlay,)),
    }


async def part(argv: Sequence[str]) -> None:
    """One of the parts, as a process of its own."""
    await anyio.run_process(argv, env=TRUE.env, cwd="/", stdin=subprocess.DEVNULL)


def runner_ms(policy: SandboxPolicy) -> float:
    """Median milliseconds for another runner of a policy that was tried before, until its record is there."""
    taken = []
    for _ in range(RUNNERS):
        began = time.perf_counter()
        str(SandboxRunner(policy).record)
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


async def measure(runs: int, *, files: int, megabytes: int) -> None:
    """Print the table, and what held the limits."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder / "tree", files=files, megabytes=megabytes)
        print(f"a tree of {files} files, {megabytes} MB")
        print(f"{'start of `true`, ms':24} {'median':>8} {'p95':>8} {'cpu':>8}   ({runs} runs)")
        print_start("plain", await start_ms(plain, runs))
        for row, argv in PARTS.items():
            print_start(row, await start_ms(partial(part, argv), runs))
        local = LocalRunner()
        here = Command(argv=TRUE.argv, cwd="/", env=TRUE.env)
        print_start(local.isolation, await start_ms(partial(local.run, here), runs))
        held, another = "", {}
        for row, policy in policies(folder / "tree", folder / "beside").items():
            runner = SandboxRunner(policy)
            held = str(runner.record)
            print_start(row, await start_ms(partial(runner.run, TRUE), runs))
            another[row] = runner_ms(policy)
        print("\nanother runner, ms: " + ", ".join(f"{row} {taken:.2f}" for row, taken in another.items()))
        print(f"{held}\nload {' '.join(f'{one:.1f}' for one in os.getloadavg())}")


def main(argv: Sequence[str] | None = None) -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=60, help="commands per row (default: %(default)s)")
    parser.add_argument("--files", type=int, default=5000, help="files in the tree (default: %(default)s)")
    parser.add_argument("--megabytes", type=int, default=20, help="size of the tree (default: %(default)s)")
    options = parser.parse_args(argv)
    print(f"Python {sys.version.split()[0]}")
    anyio.run(partial(measure, options.runs, files=options.files, megabytes=options.megabytes))


if __name__ == "__main__":
    main()
