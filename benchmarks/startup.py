"""CPU that it takes to start: ``rung --help`` and ``import orchestrator``, beside a Python that does nothing.

``python -m benchmarks.startup [--runs 15]``. CPU is user and system time of the whole child process, as the
kernel counts it; the variants take turns, after one turn that is not counted.
"""

import argparse
import platform
import statistics

from benchmarks.processtree import python_cpu

COMMANDS = {
    "rung --help": ("-m", "orchestrator", "--help"),
    "import orchestrator": ("-c", "import orchestrator"),
    "python -c pass": ("-c", "pass"),
}
PLAIN = "python -c pass"


def measure(runs: int) -> dict[str, list[float]]:
    """Milliseconds of CPU of each run, by name of the command."""
    turns = [{name: python_cpu(*arguments) * 1000 for name, arguments in COMMANDS.items()} for _ in range(runs + 1)]
    return {name: [turn[name] for turn in turns[1:]] for name in COMMANDS}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    options = parser.parse_args()
    took = measure(options.runs)
    print(f"CPU ms of the whole process, {options.runs} runs, Python {platform.python_version()}")
    print(f"{'command':20} {'median':>8} {'min':>8} {'max':>8} {'over plain':>11}")
    for name, times in took.items():
        median = statistics.median(times)
        over = median - statistics.median(took[PLAIN])
        print(f"{name:20} {median:8.1f} {min(times):8.1f} {max(times):8.1f} {over:11.1f}")


if __name__ == "__main__":
    main()
