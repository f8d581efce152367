"""Makespan of sleeping nodes over what no scheduler can beat, beside bare pools in the same run.

``python -m benchmarks.makespan [--nodes 2000] [--limit 32] [--repeat 5]``. The lower bound is
max(critical path, total work / limit). ``sleep`` has independent nodes only; ``sleepcp`` hides a chain
of 62 nodes behind all others, which first-in-first-out order finds too late.
"""

import argparse
import asyncio
import math
import random
import statistics
import time
from collections.abc import Callable, Coroutine
from typing import Any

from benchmarks.bare import bare_pool
from benchmarks.graphs import Successors
from orchestrator.executor.loop import Loop
from orchestrator.executor.machine import Ended, Machine
from orchestrator.graph import bottom_levels

CHAIN = 62
Main = Callable[[], Coroutine[Any, Any, None]]


def independent(count: int) -> tuple[Successors, list[float]]:
    """``count`` nodes of 10 to 50 ms without needs."""
    rng = random.Random(7)
    return [[] for _ in range(count)], [rng.uniform(0.010, 0.050) for _ in range(count)]


def hidden_chain(count: int) -> tuple[Successors, list[float]]:
    """The same, the last 62 of them a chain whose length alone is nearly the lower bound."""
    successors, seconds = independent(count)
    for node in range(count - CHAIN, count - 1):
        successors[node].append(node + 1)
    rest = sum(seconds[: count - CHAIN]) / 31
    for node in range(count - CHAIN, count):
        seconds[node] = rest / CHAIN
    return successors, seconds


class Sleeping:
    """Work that sleeps."""

    def __init__(self, machine: Machine, seconds: list[float]) -> None:
        self._machine, self._seconds = machine, seconds

    def seconds_for(self, _node: int) -> float:
        return math.inf

    async def perform(self, node: int) -> None:
        await asyncio.sleep(self._seconds[node])

    def settle(self, node: int, _outcome: None) -> None:
        self._machine.end(node)

    def settle_stopped(self, node: int, *, halted: bool) -> None:
        raise AssertionError(node, halted)

    def announce(self, command: Ended) -> None:
        raise AssertionError(command)


def rung(successors: Successors, seconds: list[float], limit: int) -> Main:
    """Our executor, durations known."""

    async def main() -> None:
        machine = Machine([list(one) for one in successors], priorities=bottom_levels(successors, seconds))
        machine.start()
        await Loop(machine, Sleeping(machine, seconds), workers=limit).run()

    return main


def pool(successors: Successors, seconds: list[float], limit: int, *, by_path: bool) -> Main:
    """A bare pool, critical path first or first in first out."""
    priorities = bottom_levels(successors, seconds) if by_path else [0.0] * len(seconds)
    return lambda: bare_pool(successors, lambda node: asyncio.sleep(seconds[node]), priorities, limit)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=2000)
    parser.add_argument("--limit", type=int, default=32)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    print(
        f"makespan over the lower bound, {options.nodes} nodes of 10 to 50 ms, limit {options.limit}, "
        f"median of {options.repeat} (min to max)"
    )
    for name, make in (("sleep", independent), ("sleepcp", hidden_chain)):
        successors, seconds = make(options.nodes)
        bound = max(*bottom_levels(successors, seconds), sum(seconds) / options.limit)
        schemes: dict[str, Main] = {
            "rung": rung(successors, seconds, options.limit),
            "bare pool, critical path first": pool(successors, seconds, options.limit, by_path=True),
            "bare pool, first in first out": pool(successors, seconds, options.limit, by_path=False),
        }
        over: dict[str, list[float]] = {scheme: [] for scheme in schemes}
        for _ in range(options.repeat):
            for scheme, start in schemes.items():
                began = time.perf_counter()
                asyncio.run(start())
                over[scheme].append(((time.perf_counter() - began) / bound - 1) * 100)
        for scheme, percents in over.items():
            print(
                f"{name:8} {scheme:32} +{statistics.median(percents):5.1f} %"
                f"  (+{min(percents):.1f} to +{max(percents):.1f})",
                flush=True,
            )


if __name__ == "__main__":
    main()
