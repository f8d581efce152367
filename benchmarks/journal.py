"""What the journal costs, beside the limit that SQLite itself sets on the same disk in the same run.

Run: ``python -m benchmarks.journal [FOLDER]``: FOLDER is on the disk to measure (default: a temporary one).
"""

import gc
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import anyio
import anyio.lowlevel

from orchestrator.domain.events import Event, NodeEnded, NodeStarted, RunStarted
from orchestrator.domain.ids import NodeId, RunId
from orchestrator.domain.node import NodeSpec, Wanted
from orchestrator.domain.plan import Plan
from orchestrator.domain.status import NodeStatus
from orchestrator.journal.codec import encode
from orchestrator.journal.reader import read
from orchestrator.journal.replay import fold
from orchestrator.journal.writer import create_writer

NODES = 10_000
WAITS = 300
RUN = RunId("benchmark")


def events() -> list[Event]:
    """A run of 10,000 nodes in a chain of pairs: the plan, a start and an end for each node."""
    names = [NodeId(f"node-{number}") for number in range(NODES)]
    specs = tuple(
        NodeSpec(
            id=name, kind="run", needs={names[number - 1]: Wanted.JOIN} if number % 2 else {}, body={"run": "true"}
        )
        for number, name in enumerate(names)
    )
    found: list[Event] = [RunStarted(1.5, RUN, Plan(name="benchmark", nodes=specs), {}, 32, "none")]
    for name in names:
        found.append(NodeStarted(1.5, name))
        found.append(NodeEnded(2.5, name, NodeStatus.SUCCEEDED, outputs={"exit": 0, "stdout": "x" * 80}))
    return found


async def appending(store: Path, all_events: list[Event], *, synchronous: str) -> None:
    """A loop that does nothing but append."""
    async with create_writer(store, RUN) as journal:
        journal._committer.connection.execute(f"PRAGMA synchronous = {synchronous}")  # noqa: SLF001  # to compare
        journal.append(all_events[0])  # the plan, 5 MB: not what an event costs
        await journal.durable()
        cpu, wall, mine = time.process_time(), time.perf_counter(), 0.0
        for start in range(1, len(all_events), 64):
            began = time.thread_time()
            for event in all_events[start : start + 64]:
                journal.append(event)
            mine += time.thread_time() - began
            await anyio.lowlevel.checkpoint()
        await journal.durable()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    count = len(all_events)
    print(
        f"append, {synchronous:6}: {mine / count * 1e6:5.2f} us per event on the loop's thread, "
        f"{cpu / count * 1e6:5.2f} us CPU and {wall / count * 1e6:5.2f} us wall in all"
    )


async def waiting(store: Path) -> None:
    """One event after another, each waited for."""
    took = []
    async with create_writer(store, RUN) as journal:
        for number in range(WAITS):
            began = time.perf_counter()
            journal.append(NodeStarted(1.5, NodeId(f"node-{number}")))
            await journal.durable()
            took.append(time.perf_counter() - began)
    print(f"durable: {quantiles(took)}")


def raw(path: Path, all_events: list[Event], *, group: int) -> None:
    """The limit: rows that are encoded already, inserted by the thread that has them."""
    rows = [encode(event) for event in all_events]
    took = []
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE event (seq INTEGER PRIMARY KEY, at, node, kind, body)")
        cpu, wall = time.process_time(), time.perf_counter()
        for start in range(0, len(rows), group):
            began = time.perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "INSERT INTO event (at, node, kind, body) VALUES (?, ?, ?, ?)", rows[start : start + group]
            )
            connection.execute("COMMIT")
            took.append(time.perf_counter() - began)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(
        f"SQLite, {group:4} rows a commit: {cpu / len(rows) * 1e6:5.2f} us CPU and "
        f"{wall / len(rows) * 1e6:6.2f} us wall per row; a commit {quantiles(took)}"
    )


def resuming(store: Path) -> None:
    """What stands between a kill and the first node that is started again."""

    def resume() -> None:
        recovered = fold(one.event for one in read(store))
        assert recovered is not None
        assert len(recovered.nodes) == NODES

    def step(what: str, work: Callable[[], object]) -> None:
        cpu = time.process_time()
        work()
        print(f"resume of {NODES} nodes, {what}: {time.process_time() - cpu:.3f} s CPU")

    gc.collect()
    step("read, decode and fold", resume)
    recorded = [one.event for one in read(store)]
    step("fold alone", partial(fold, recorded))


def quantiles(seconds: list[float]) -> str:
    """Median and 99th percentile, to print."""
    cut = statistics.quantiles(seconds, n=100)
    return f"p50 {cut[49] * 1e3:.2f} ms, p99 {cut[98] * 1e3:.2f} ms"


def main(folder: Path) -> None:
    """Measure everything in ``folder``."""
    all_events = events()
    for synchronous in ("NORMAL", "FULL"):
        anyio.run(partial(appending, folder / synchronous, all_events, synchronous=synchronous))
    raw(folder / "raw-groups.db", all_events[1:], group=1_000)
    anyio.run(waiting, folder / "waiting")
    raw(folder / "raw-single.db", all_events[1 : WAITS + 1], group=1)
    resuming(folder / "FULL")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if sys.argv[1:] else None) as made:
        main(Path(made))
