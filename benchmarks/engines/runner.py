"""Measures one engine in a process of its own: ``python -m benchmarks.engines.runner NAME NODES REPEAT SHAPE...``.

Prints one JSON object for each shape as soon as it is known: ``shape``, ``build`` (CPU seconds of this process until
the first run can start), ``us`` (CPU microseconds per node, of this process and its descendants), ``ratio`` (to bare
asyncio, run in turn with the engine in this process), ``rounds``; or ``shape`` and ``failed``, with the reason.
``us`` and ``ratio`` are medians over the rounds.
"""

import json
import os
import statistics
import sys
import time
from typing import TextIO

from benchmarks.engines import plain
from benchmarks.engines.protocol import Prepare, Run, check
from benchmarks.engines.table import ENGINES
from benchmarks.graphs import SHAPES, Successors
from benchmarks.processtree import tree_cpu

SECONDS = 15.0
"""No new round of a shape starts later than this; one is always made."""
BASELINE_RUNS = 5
"""The baseline of a round is the median of so many runs: each takes milliseconds only."""


def baseline(run: Run, successors: Successors) -> float:
    """CPU seconds of bare asyncio, on this thread alone: an engine may have others that are still busy."""
    took = []
    for _ in range(BASELINE_RUNS):
        began = time.thread_time()
        order = run()
        took.append(time.thread_time() - began)
        check(order, successors)
    return statistics.median(took)


def measure(prepare: Prepare, successors: Successors, repeat: int) -> dict[str, float]:
    """All rounds of one shape, after one that is checked as the others are, but not counted."""
    began = time.process_time()
    runs = prepare(successors)
    run = next(runs)
    build = time.process_time() - began
    check(run(), successors)
    bare = next(plain.prepare(successors))
    until, rounds = time.monotonic() + SECONDS, list[tuple[float, float]]()
    while not rounds or (len(rounds) < repeat and time.monotonic() < until):
        run = next(runs)
        plain_seconds = baseline(bare, successors)
        seconds, order = tree_cpu(run)
        check(order, successors)
        rounds.append((seconds, seconds / plain_seconds))
    return {
        "build": build,
        "us": statistics.median(seconds for seconds, _ in rounds) / len(successors) * 1e6,
        "ratio": statistics.median(ratio for _, ratio in rounds),
        "rounds": len(rounds),
    }


def measure_all(name: str, nodes: int, *, repeat: int, shapes: list[str], out: TextIO) -> None:
    """Measure the shapes one after another; one that fails does not keep the next from being tried."""
    with ENGINES[name].load_session()() as prepare:
        for shape in shapes:
            found: dict[str, object] = {"shape": shape}
            try:
                found |= measure(prepare, SHAPES[shape](nodes), repeat)
            except Exception as error:  # noqa: BLE001  # any engine may raise anything; its row says what
                found["failed"] = f"{type(error).__name__}: {error}"
            print(json.dumps(found), file=out, flush=True)


def own_output() -> TextIO:
    """What was standard output, for us alone: what engines print joins standard error."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return out


def main() -> None:
    """Command line; only ``benchmarks.peers`` uses it."""
    name, nodes, repeat, *shapes = sys.argv[1:]
    with own_output() as out:
        measure_all(name, int(nodes), repeat=int(repeat), shapes=shapes, out=out)


if __name__ == "__main__":
    main()
