"""What a validation costs besides the project's own tools: planning, reading, judging, remembering.

Run: ``python -m benchmarks.validate [--files N] [--repeat N]``. CPU seconds of this process alone: what tools and
launchers use is theirs. ``own`` is a whole assessment of a small project, packs loaded already; ``parsers`` and
``packs`` are loading those once for a process, and ``yaml`` what the packs would take without what they were compiled
to; ``cached`` is wall clock of an assessment that this process remembers, ``stored`` of one that an earlier call of
``rung validate`` has left on the disk; ``syntax`` is the wall clock of the syntax stage of
one file of 40 lines, and ``tool`` that of the same command started by itself.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from functools import partial
from importlib import import_module
from pathlib import Path

import anyio

from orchestrator.app.verdicts import Verdicts
from orchestrator.resources import Places
from orchestrator.sandbox import LocalRunner
from orchestrator.validation.packs import Packs, load_packs
from orchestrator.validation.packs.compiled import compiled_text
from orchestrator.validation.pipeline import Bench, Memory, Room, assess

SOURCE = "".join(f"def f{number}(x):\n    return x + {number}\n" for number in range(20))
TEST = (
    "import unittest\nimport m0\n\nclass T(unittest.TestCase):\n"
    "    def test_f(self):\n        self.assertEqual(m0.f1(1), 2)\n"
)


def room(folder: Path, count: int) -> Room:
    """A project with ``count`` modules of 40 lines and one test."""
    tree, desk = folder / "tree", folder / "desk"
    files = {**{f"m{number}.py": SOURCE for number in range(count)}, "test_m.py": TEST}
    for path in (tree, desk):
        path.mkdir()
    for name, text in files.items():
        (tree / name).write_text(text, encoding="utf-8")
    return Room(
        files=tuple(sorted(files)), read=files.get, folder=str(tree), root=str(tree), desk=str(desk),
        desk_inside=str(desk), runner=LocalRunner(), env=dict(os.environ),
    )  # fmt: skip


def loading() -> tuple[dict[str, float], Packs]:
    """CPU seconds of what is loaded once, and the packs."""
    figures = {}
    started = time.process_time()
    import_module("orchestrator.validation.parsers.table")
    figures["parsers"] = time.process_time() - started
    started = time.process_time()
    packs = load_packs(Places(), trusted=False)
    figures["packs"] = time.process_time() - started
    started = time.process_time()
    compiled_text()
    figures["yaml"] = time.process_time() - started
    return figures, packs


async def measure(count: int, *, repeat: int) -> dict[str, float]:
    """The figures, in milliseconds."""
    figures, packs = loading()
    with tempfile.TemporaryDirectory() as folder:
        here = room(Path(folder), count)
        memory, make = Memory(), partial(assess, here, Bench(packs=packs))
        verdicts = Verdicts(Path(folder, "state"))
        first = await verdicts.recall("0" * 64, partial(memory.recall, "warm-up", make))
        assert (await verdicts.recall("0" * 64, make)).stages[0].cached, verdicts.faults
        own, cached, stored, syntax, tool = [], [], [], [], []
        for number in range(repeat):
            cpu = time.process_time()
            found = await memory.recall(str(number), make)
            own.append(time.process_time() - cpu)
            assert found.status == first.status == "passed", found
            clock = time.perf_counter()
            again = await memory.recall(str(number), make)
            cached.append(time.perf_counter() - clock)
            assert all(stage.cached for stage in again.stages)
            clock = time.perf_counter()
            again = await verdicts.recall("0" * 64, make)
            stored.append(time.perf_counter() - clock)
            assert all(stage.cached for stage in again.stages), verdicts.faults
            stage = found.stages[0]
            assert stage.name == "syntax"
            syntax.append(stage.seconds)
            clock = time.perf_counter()
            await anyio.run_process(stage.command, cwd=here.folder)
            tool.append(time.perf_counter() - clock)
    for name, values in {"own": own, "cached": cached, "stored": stored, "syntax": syntax, "tool": tool}.items():
        figures[name] = statistics.median(values)
    return {name: round(1000 * seconds, 2) for name, seconds in figures.items()}


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=7)
    chosen = parser.parse_args()
    figures = anyio.run(partial(measure, chosen.files, repeat=chosen.repeat))
    sys.stdout.write(json.dumps({"files": chosen.files, "milliseconds": figures}) + "\n")


if __name__ == "__main__":
    main()
