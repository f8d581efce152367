"""How well triage names the sort of failure and keeps the lines that matter, on recorded logs of real CI runs.

Run: ``python -m benchmarks.triage --data DIR`` (or ``RUNG_DATA``). DIR holds ``ci-logs/dev.*.jsonl.gz``, made from
chains-project/bump at 324d5513aa5c (MIT; Maven logs with a class each) and labri-progress/cidiff at 3cad9e8e4278
(Apache-2.0; logs whose error lines were marked by hand). A lone carriage return ends a line, as in the files that were
marked. The copies cut physical lines at 500 characters; where that took carriage returns away, the numbers of all
marks below are shifted, so such a log is left out.
"""

import argparse
import gzip
import hashlib
import io
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestrator.domain.finding import FailureClass
from orchestrator.validation.triage.judge import BUDGET, triage
from orchestrator.validation.triage.log import read_lines

LABELS: Mapping[str, FailureClass] = {
    "COMPILATION_FAILURE": FailureClass.COMPILE,
    "TEST_FAILURE": FailureClass.ASSERT,
    "ENFORCER_FAILURE": FailureClass.ENFORCER,
    "DEPENDENCY_LOCK_FAILURE": FailureClass.DEPENDENCY_LOCK,
    "DEPENDENCY_RESOLUTION_FAILURE": FailureClass.DEPENDENCY_RESOLUTION,
    "WERROR_FAILURE": FailureClass.WERROR,
}
KEYWORDS: Sequence[tuple[str, FailureClass]] = (
    ("-werror", FailureClass.WERROR),
    ("compilation error", FailureClass.COMPILE),
    ("enforcer rules have failed", FailureClass.ENFORCER),
    ("could not resolve dependencies", FailureClass.DEPENDENCY_RESOLUTION),
    ("test failures", FailureClass.ASSERT),
    ("lock", FailureClass.DEPENDENCY_LOCK),
)
"""What is compared with: the first word that occurs anywhere in the log."""
LAST = 40
CUT = 500
"""Where the copies cut a physical line."""


@dataclass(frozen=True)
class Labelled:
    """A log with its class."""

    project: str
    lines: Sequence[str]
    expected: FailureClass

    @property
    def fold(self) -> str:
        """Projects in two halves, so that no project is in both."""
        return "AB"[hashlib.sha256(self.project.encode()).digest()[0] % 2]


@dataclass(frozen=True)
class Marked:
    """A log with the ranges of lines that somebody marked, 1-based; none where the copy has shifted them."""

    name: str
    lines: Sequence[str]
    ranges: Sequence[tuple[int, int]]

    @property
    def marked(self) -> set[int]:
        """All lines of all ranges."""
        return {number for first, last in self.ranges for number in range(first, last + 1)}


def rows(path: Path) -> Iterator[dict[str, object]]:
    """The objects of a compressed file, one a line."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)


def lines_of(text: object) -> list[str]:
    """The lines of a recorded log, read as triage reads a file."""
    return read_lines(io.BytesIO(str(text).encode("utf-8", "replace")))


def labelled(data: Path) -> list[Labelled]:
    """The logs with a class."""
    found = rows(data / "ci-logs" / "dev.maven_labelled.jsonl.gz")
    return [Labelled(str(row["project"]), lines_of(row["log_tail"]), LABELS[str(row["label"])]) for row in found]


def marked(data: Path) -> list[Marked]:
    """The logs with marked lines."""
    found = []
    for row in rows(data / "ci-logs" / "dev.log_groundtruth.jsonl.gz"):
        text, given = str(row["log"]), row["gt_lines"]
        assert isinstance(given, list)
        is_shifted = any(len(line) >= CUT and "\r" in line for line in text.split("\n"))
        ranges = [] if is_shifted else [(int(first), int(last)) for first, last in given]
        found.append(Marked(str(row["id"]), lines_of(text), ranges))
    return found


def by_triage(lines: Sequence[str]) -> FailureClass:
    """What is measured."""
    return triage(lines).failure_class


def by_keywords(lines: Sequence[str]) -> FailureClass:
    """What it is compared with."""
    text = "\n".join(lines).lower()
    return next((kind for word, kind in KEYWORDS if word in text), FailureClass.UNKNOWN)


def without_goal(lines: Sequence[str]) -> FailureClass:
    """Triage where Maven's own last word is missing: how much the other evidence carries."""
    return by_triage([line for line in lines if "Failed to execute goal" not in line])


def share(logs: Iterable[Labelled], method: Callable[[Sequence[str]], FailureClass]) -> float:
    """Of the logs, how many get their class."""
    hits = [method(log.lines) is log.expected for log in logs]
    return sum(hits) / len(hits)


def kept_by_triage(lines: Sequence[str]) -> set[int]:
    """Numbers of the lines that triage keeps."""
    return {number for first, last in triage(lines).ranges for number in range(first, last + 1)}


def kept_at_the_end(count: int) -> Callable[[Sequence[str]], set[int]]:
    """Numbers of the last lines, however many."""
    return lambda lines: set(range(max(1, len(lines) - count + 1), len(lines) + 1))


def ranges_met(log: Marked, kept: set[int]) -> float:
    """Of the marked ranges, how many have a kept line."""
    return sum(any(first <= number <= last for number in kept) for first, last in log.ranges) / len(log.ranges)


def lines_met(log: Marked, kept: set[int]) -> float:
    """Of the marked lines, or of as many as the budget holds, how many are kept."""
    return len(log.marked & kept) / min(BUDGET, len(log.marked))


def mean(logs: Iterable[Marked], measure: Callable[[Marked, set[int]], float], kept: Callable[..., set[int]]) -> float:
    """Over the logs that have a mark."""
    return statistics.mean(measure(log, kept(log.lines)) for log in logs if log.ranges)


def print_classes(logs: Sequence[Labelled]) -> None:
    """The table of classes."""
    folds = {"all": logs, **{f"fold {name}": [log for log in logs if log.fold == name] for name in "AB"}}
    print(f"{'class named rightly':32}" + "".join(f"{name:>14}" for name in folds))
    methods = {"triage": by_triage, "triage without the goal's line": without_goal, "first keyword": by_keywords}
    for name, method in methods.items():
        print(f"{name:32}" + "".join(f"{share(part, method):>14.3f}" for part in folds.values()))
    print(f"{'logs':32}" + "".join(f"{len(part):>14}" for part in folds.values()))
    print()
    for kind in LABELS.values():
        part = [log for log in logs if log.expected is kind]
        print(f"  {kind.value:30}{share(part, by_triage):>14.3f}  of {len(part)}" if part else f"  {kind.value}: none")


def print_lines(logs: Sequence[Marked]) -> None:
    """The table of kept lines."""
    kept = {
        "triage": kept_by_triage,
        f"last {LAST} lines": kept_at_the_end(LAST),
        f"last {BUDGET} lines": kept_at_the_end(BUDGET),
    }
    unmarked = sum(not log.ranges for log in logs)
    print(f"{'marked lines that are kept':32}{'ranges met':>14}{'lines met':>14}   ({len(logs) - unmarked} logs)")
    for name, method in kept.items():
        print(f"{name:32}{mean(logs, ranges_met, method):>14.3f}{mean(logs, lines_met, method):>14.3f}")
    if unmarked:
        print(f"{unmarked} logs left out: their marks are shifted")


def print_speed(logs: Sequence[Marked]) -> None:
    """Megabytes per second, from bytes to verdict."""
    lines = [line for log in logs for line in log.lines]
    copies = 10_000_000 // sum(map(len, lines)) + 1
    data = "\n".join(f"{line} {copy}" for copy in range(copies) for line in lines).encode()  # no copy repeats another
    began = time.perf_counter()
    triage(read_lines(io.BytesIO(data)))
    print(f"{'speed':32}{len(data) / 1e6 / (time.perf_counter() - began):>11.1f} MB/s")


def main() -> int:
    """Print the tables; 2 where there is no data."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=os.environ.get("RUNG_DATA", ""), help="folder of recorded data")
    data = Path(parser.parse_args().data or "absent")
    if not (data / "ci-logs").is_dir():
        print("triage: no recorded logs here (--data DIR or RUNG_DATA; see the head of this file)", file=sys.stderr)
        return 2
    print_classes(labelled(data))
    print()
    print_lines(marked(data))
    print()
    print_speed(marked(data))
    return 0


if __name__ == "__main__":
    sys.exit(main())
