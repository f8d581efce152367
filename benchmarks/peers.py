"""CPU per no-op node of other engines, of ours and of bare asyncio, on the same graphs.

``python -m benchmarks.peers [--nodes 1000] [--shapes chain,fan,layered] [--repeat 5] [--seconds 300] [ENGINE ...]``.
Each engine has a process of its own, and runs the graph once uncounted, then up to REPEAT times (but no longer
than 15 s a shape). After every run it is checked that each node ran once, after those that it needs. CPU is that of
the whole process tree (worker processes, a server) during a run; starting it and building the graph are not
counted, which is kinder to the others than to ours, who make their machine or engine in the run. An engine that is
not installed is said to be absent: ``pip install --group peers`` installs them all.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError
from typing import IO, Any

from benchmarks.engines.table import ENGINES, OWN, Engine
from benchmarks.graphs import SHAPES
from benchmarks.processtree import kill_tree, python_cpu

ABSENT = "absent (install the dependency group `peers`)"
IMPORT_RUNS = 3
Found = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What is asked for; see the command line."""

    nodes: int
    shapes: tuple[str, ...]
    repeat: int
    seconds: float


@dataclass(slots=True)
class Result:
    """What came of one engine: ``shapes`` as far as it got, and ``note``, why it got no further (or ``""``)."""

    shapes: dict[str, Found] = field(default_factory=dict)
    note: str = ""

    @property
    def has_failed(self) -> bool:
        """Stopped, or a shape failed."""
        return bool(self.note) or any("failed" in found for found in self.shapes.values())


def measure(name: str, options: Options) -> Result:
    """Run one engine in a process of its own, with a temporary folder that is removed after it."""
    nodes = size_for(ENGINES[name], options.nodes)
    arguments = [name, str(nodes), str(options.repeat), *options.shapes]
    command = [sys.executable, "-m", "benchmarks.engines.runner", *arguments]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, tempfile.TemporaryFile("w+") as errors:
        out, note = run_within(options.seconds, command, env={**os.environ, "TMPDIR": folder}, errors=errors)
        lines = [json.loads(line) for line in out.splitlines()]
        return Result({found["shape"]: found for found in lines}, note)


def run_within(seconds: float, command: list[str], *, env: dict[str, str], errors: IO[str]) -> tuple[str, str]:
    """What the command printed, and why it did not end well (or ``""``). Nothing of it is left running."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=env)
    try:
        out, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        kill_tree(process.pid)
        return process.communicate()[0], f"no end within {seconds:g} s"
    if process.returncode:
        errors.seek(0)
        last = (errors.read().strip().splitlines() or ["it said nothing"])[-1]
        return out, f"ended with {process.returncode}: {last}"
    return out, ""


def import_seconds(module: str) -> float:
    """CPU seconds of a fresh Python that imports ``module``, over one that does nothing; median of three."""
    pairs = [(python_cpu("-c", f"import {module}"), python_cpu("-c", "pass")) for _ in range(IMPORT_RUNS)]
    return statistics.median(seconds - plain for seconds, plain in pairs)


def size_for(engine: Engine, nodes: int) -> int:
    """The asked size, or the greatest that the engine ends in a reasonable time."""
    return min(nodes, engine.most_nodes or nodes)


def cell(found: Found | None) -> str:
    """One shape of one engine."""
    if found is None:
        return "-"
    return "failed" if "failed" in found else f"{found['us']:.1f} (x{found['ratio']:.1f})"


def row(name: str, options: Options) -> bool:
    """Measure one engine and print its line, and what went wrong below it. Returns whether it failed."""
    engine = ENGINES[name]
    try:
        version = engine.version()
    except PackageNotFoundError:
        print(f"{name:16} {ABSENT}", flush=True)
        return False
    imported = import_seconds(engine.imports)
    result = measure(name, options)
    build = max((found.get("build", 0.0) for found in result.shapes.values()), default=0.0)
    cells = " ".join(f"{cell(result.shapes.get(shape)):>19}" for shape in options.shapes)
    size = size_for(engine, options.nodes)
    print(f"{name:16} {version:10} {imported:8.2f} {build:8.2f} {size:6} {cells}", flush=True)
    for shape, found in result.shapes.items():
        if "failed" in found:
            print(f"{'':16} {shape}: {found['failed']}")
    if result.note:
        print(f"{'':16} {result.note}")
    return result.has_failed


def parse(arguments: list[str]) -> tuple[list[str], Options]:
    """The engines to measure and the options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engines", nargs="*", metavar="ENGINE", help=f"default: all of {', '.join(ENGINES)}")
    parser.add_argument("--nodes", type=int, default=1000)
    parser.add_argument("--shapes", default="chain,fan,layered")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=300.0, help="for one engine, all shapes")
    found = parser.parse_args(arguments)
    shapes = tuple(found.shapes.split(","))
    for known, asked in ((ENGINES, found.engines), (SHAPES, shapes)):
        if unknown := [name for name in asked if name not in known]:
            parser.error(f"{', '.join(unknown)}: unknown; there are {', '.join(known)}")
    options = Options(nodes=found.nodes, shapes=shapes, repeat=found.repeat, seconds=found.seconds)
    return found.engines or list(ENGINES), options


def main() -> None:
    """Command line. Ends with 1 where bare asyncio or ours failed; another engine's failure stands in its line."""
    engines, options = parse(sys.argv[1:])
    print(
        f"CPU us per no-op node (in brackets: over bare asyncio in the same process), median of up to "
        f"{options.repeat}; build: of the slowest shape"
    )
    heads = " ".join(f"{shape:>19}" for shape in options.shapes)
    print(f"{'engine':16} {'version':10} {'import s':>8} {'build s':>8} {'nodes':>6} {heads}")
    failed = [name for name in engines if row(name, options)]
    sys.exit(1 if OWN.intersection(failed) else 0)


if __name__ == "__main__":
    main()
