"""CPU per no-op node, beside a bare asyncio scheduler in the same process.

``python -m benchmarks.overhead [--sizes 1000,10000,100000] [--repeat 5]`` prints one table, the growth exponents
and the peak memory at the largest fan.
"""

import argparse
import asyncio
import gc
import itertools
import math
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from contextlib import nullcontext
from typing import Any

from benchmarks.bare import bare_asyncio
from benchmarks.graphs import SHAPES, Successors
from orchestrator.domain.command import Command, CommandResult
from orchestrator.domain.events import Event
from orchestrator.domain.ids import NodeId, RunId
from orchestrator.domain.node import NodeSpec, Wanted
from orchestrator.domain.outcome import Outcome, Succeeded
from orchestrator.domain.plan import Limits, Plan
from orchestrator.domain.retry import RetryPolicy
from orchestrator.executor.engine import Engine, RunSetup
from orchestrator.executor.loop import Loop
from orchestrator.executor.machine import Ended, Machine
from orchestrator.ports import LineSink
from orchestrator.task import Services, Task

LIMIT = 32
DONE = Succeeded()


async def nothing(_node: int) -> None:
    """The body of a no-op node."""


class CoreWork:
    """The least work that the loop accepts: every node succeeds at once, under a cancel scope of its own."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def seconds_for(self, _node: int) -> float:
        return math.inf

    async def perform(self, node: int) -> None:
        await nothing(node)

    def settle(self, node: int, _outcome: None) -> None:
        self._machine.end(node)

    def settle_stopped(self, node: int, *, halted: bool) -> None:
        raise AssertionError(node, halted)

    def announce(self, command: Ended) -> None:
        raise AssertionError(command)


class WallClock:
    """The machine's clocks."""

    monotonic = staticmethod(time.monotonic)
    wall = staticmethod(time.time)


class NoRunner:
    """Stands where commands would be run; the benchmark has none."""

    isolation = "none"

    async def run(self, command: Command, on_line: LineSink | None = None) -> CommandResult:
        raise AssertionError(command, on_line)


async def noop(_task: Task) -> Outcome:
    """The handler of a no-op node."""
    return DONE


def plan_of(successors: Successors) -> Plan:
    """The graph as a plan whose nodes have a timeout, a retry policy and a pool."""
    needs: list[dict[NodeId, Wanted]] = [{} for _ in successors]
    for node, followers in enumerate(successors):
        for follower in followers:
            needs[follower][NodeId(f"n{node}")] = Wanted.JOIN
    retry = RetryPolicy(max_attempts=3)
    nodes = tuple(
        NodeSpec(id=NodeId(f"n{node}"), kind="noop", needs=wanted, timeout=600.0, retry=retry, pools=("tier",))
        for node, wanted in enumerate(needs)
    )
    return Plan(name="no-op", nodes=nodes, pools={"tier": LIMIT}, limits=Limits(nodes=0))


def setup_of(plan: Plan, emit: Callable[[Event], object]) -> RunSetup:
    """An engine's setup in memory, without a journal."""
    services = Services(runner=NoRunner(), workplace=lambda: nullcontext("/"), env={}, scratch="/")
    return RunSetup(
        run=RunId("benchmark"),
        plan=plan,
        inputs={},
        workers=LIMIT,
        services=services,
        clock=WallClock(),
        chance=lambda: 0.5,
        emit=emit,
        handlers={"noop": noop},
    )


def bare(successors: Successors) -> Callable[[], Coroutine[Any, Any, None]]:
    """A task for each node on plain asyncio."""
    return lambda: bare_asyncio(successors, nothing)


def core(successors: Successors) -> Callable[[], Coroutine[Any, Any, None]]:
    """Machine and loop, a cancel scope for each attempt, no events."""

    async def main() -> None:
        machine = Machine([list(followers) for followers in successors])
        machine.start()
        await Loop(machine, CoreWork(machine), workers=LIMIT).run()
        machine.check_over()

    return main


def full(successors: Successors) -> Callable[[], Coroutine[Any, Any, None]]:
    """The whole engine: typed events, a pool, a timeout and a retry policy on every node."""
    plan = plan_of(successors)

    async def main() -> None:
        told = itertools.count()
        await Engine(setup_of(plan, lambda _event: next(told))).run()
        assert next(told) == 2 * len(successors) + 2

    return main


SCHEMES = {"bare asyncio": bare, "core": core, "full": full}


def cpu_per_node(successors: Successors, scheme: str) -> float:
    """Microseconds of CPU for each node, graph and plan given."""
    main = SCHEMES[scheme](successors)
    gc.collect()
    start = time.process_time()
    asyncio.run(main())
    return (time.process_time() - start) / len(successors) * 1e6


def table(sizes: list[int], repeat: int) -> dict[tuple[str, str, int], float]:
    """Median microseconds by (shape, scheme, size); schemes take turns, so that drift hits them alike."""
    medians: dict[tuple[str, str, int], float] = {}
    print(
        f"CPU us per no-op node, limit {LIMIT}, median of {repeat} (in brackets: over bare asyncio, median of ratios)"
    )
    print(f"{'shape':8} {'nodes':>7} " + " ".join(f"{scheme:>18}" for scheme in SCHEMES))
    for shape, make in SHAPES.items():
        for size in sizes:
            successors = make(size)
            rows = [{scheme: cpu_per_node(successors, scheme) for scheme in SCHEMES} for _ in range(repeat + 1)][1:]
            cells = []
            for scheme in SCHEMES:
                medians[shape, scheme, size] = statistics.median(row[scheme] for row in rows)
                ratio = statistics.median(row[scheme] / row["bare asyncio"] for row in rows)
                cells.append(f"{medians[shape, scheme, size]:10.2f} (x{ratio:4.2f})")
            print(f"{shape:8} {size:7} " + " ".join(f"{cell:>18}" for cell in cells), flush=True)
    return medians


def growth(medians: dict[tuple[str, str, int], float], sizes: list[int]) -> None:
    """Print the exponent b of total CPU ~ nodes ** b between the smallest and the largest size."""
    low, high = min(sizes), max(sizes)
    for shape in SHAPES:
        for scheme in ("core", "full"):
            ratio = medians[shape, scheme, high] * high / (medians[shape, scheme, low] * low)
            print(f"growth exponent {low} -> {high}, {shape} {scheme}: {math.log(ratio) / math.log(high / low):.3f}")


def peak_memory(size: int, scheme: str) -> None:
    """In this process: run the fan once and print the peak of resident memory."""
    successors = SHAPES["fan"](size)
    main = SCHEMES[scheme](successors)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    asyncio.run(main())
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory, fan of {size}, {scheme}: {after:.0f} MB ({before:.0f} MB before the run)")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--memory", choices=SCHEMES, help="only print the peak memory of one scheme")
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    if options.memory:
        peak_memory(max(sizes), options.memory)
        return
    growth(table(sizes, options.repeat), sizes)
    for scheme in SCHEMES:
        command = [sys.executable, "-m", "benchmarks.overhead", "--memory", scheme, "--sizes", options.sizes]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
