"""What it costs to start a command under each launcher, and how fast its output is read.

Run: ``python -m benchmarks.run_node [--runs N] [--megabytes N]``.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial

import anyio

from orchestrator.domain.command import Command
from orchestrator.ports import LineSink
from orchestrator.sandbox import LAUNCHERS, LocalRunner, probe

ENV = {"PATH": "/usr/bin:/bin"}
TRUE = Command(argv=("true",), cwd="/", env=ENV)
LINE = "x" * 79


async def plain() -> None:
    """The same command with nothing around it: asyncio's own subprocess."""
    await anyio.run_process(TRUE.argv, env=ENV, cwd="/", stdin=subprocess.DEVNULL)


def cpu_seconds() -> float:
    """Processor time of this process and of all that it has waited for."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


async def start_ms(once: Callable[[], Awaitable[object]], runs: int) -> tuple[float, float, float]:
    """Median and 95th percentile of ``runs`` runs, and processor time of one, in milliseconds; after five more."""
    for _ in range(5):
        await once()
    times, cpu = [], cpu_seconds()
    for _ in range(runs):
        began = time.perf_counter()
        await once()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times), statistics.quantiles(times, n=20)[-1], (cpu_seconds() - cpu) / runs * 1000


def print_start(name: str, figures: tuple[float, float, float]) -> None:
    """One line of the first table."""
    print(f"{name:24}" + "".join(f" {figure:8.1f}" for figure in figures))


async def throughput(runner: LocalRunner, megabytes: int, on_line: LineSink | None) -> float:
    """Megabytes per second from a program that prints 80-byte lines as fast as they are taken."""
    printer = f"yes {LINE} | head -c {megabytes}000000"
    command = Command(argv=("sh", "-c", printer), cwd="/", env=ENV)
    result = await runner.run(command, on_line)
    assert result.dropped_bytes == megabytes * 1_000_000 - command.keep_bytes, result
    return megabytes / result.seconds


async def measure(runs: int, megabytes: int) -> None:
    """Print both tables."""
    print(f"{'start of `true`, ms':24} {'median':>8} {'p95':>8} {'cpu':>8}   ({runs} runs)")
    print_start("plain", await start_ms(plain, runs))
    usable = [launcher for launcher in LAUNCHERS if not probe(launcher)]
    for launcher in usable:
        runner = LocalRunner(launcher)
        print_start(launcher.name, await start_ms(partial(runner.run, TRUE), runs))
    print(f"\n{'output, MB/s':24} {'kept':>8} {'lines':>8}   ({megabytes} MB in 80-byte lines)")
    for launcher in usable:
        runner = LocalRunner(launcher)
        kept = await throughput(runner, megabytes, None)
        lines = await throughput(runner, megabytes, lambda _name, _line: None)
        print(f"{launcher.name:24} {kept:8.0f} {lines:8.0f}")
    print(f"\npeak memory of the engine: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=60, help="commands per launcher (default: %(default)s)")
    parser.add_argument("--megabytes", type=int, default=200, help="output to read (default: %(default)s)")
    options = parser.parse_args()
    print(f"Python {sys.version.split()[0]}")
    anyio.run(measure, options.runs, options.megabytes)


if __name__ == "__main__":
    main()
