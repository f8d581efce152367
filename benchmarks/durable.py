"""What a run costs when every event is journaled on disk, and how fast a large one is taken up again.

``python -m benchmarks.durable [--sizes 1000,10000,100000] [--repeat 5] [--folder DIR]``: DIR is on the disk to measure
(default: a temporary folder). CPU is that of the whole process, the thread that writes the journal included.
"""

import argparse
import asyncio
import gc
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path

import anyio

from benchmarks.bare import bare_asyncio
from benchmarks.graphs import Successors, layered
from benchmarks.overhead import DONE, noop, nothing, plan_of, setup_of
from orchestrator.domain.events import Event, NodeEnded, NodeStarted
from orchestrator.domain.ids import RunId
from orchestrator.domain.outcome import Outcome
from orchestrator.domain.plan import Plan
from orchestrator.domain.status import RunStatus
from orchestrator.executor.engine import Engine, RunSetup
from orchestrator.journal.replay import fold
from orchestrator.journal.writer import JournalWriter, create_writer, open_writer
from orchestrator.task import Handler, Task

LIMITS = (32, 4)
RUN = RunId("benchmark")
RESUMED = 10_000
UNFINISHED = 2
WAITING = 1_000


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds: of CPU in this process, and by the wall."""

    cpu: float
    wall: float


class Watch:
    """Takes both times from its making on."""

    def __init__(self) -> None:
        gc.collect()
        self._cpu, self._wall = time.process_time(), time.perf_counter()

    def read(self) -> Spent:
        """What has passed."""
        return Spent(time.process_time() - self._cpu, time.perf_counter() - self._wall)


async def _waits_for_the_disk(task: Task) -> Outcome:
    """As every node with an effect on the outside does it."""
    await task.services.durable()
    return DONE


async def run_durably(store: Path, plan: Plan, *, workers: int, handler: Handler) -> Spent:
    """A run from its first event until its last one is on disk, in a journal that is made before."""
    async with create_writer(store, RUN) as journal:
        watch = Watch()
        setup = setup_with(journal, plan, workers=workers, emit=journal.append)
        status = await Engine(replace(setup, handlers={"noop": handler})).run()
        assert status is RunStatus.SUCCEEDED, status
        await journal.durable()
        return watch.read()


async def make_and_close(store: Path) -> None:
    """A journal of nothing: what every run pays once."""
    async with create_writer(store, RUN):
        pass


def setup_with(journal: JournalWriter, plan: Plan, *, workers: int, emit: Callable[[Event], object]) -> RunSetup:
    """An engine's setup with a journal and so many workers."""
    setup = setup_of(replace(plan, pools={"tier": workers}), emit)
    return replace(setup, workers=workers, services=replace(setup.services, durable=journal.durable))


def run_bare(successors: Successors) -> Spent:
    """The baseline: a task for each node on plain asyncio."""
    watch = Watch()
    asyncio.run(bare_asyncio(successors, nothing))
    return watch.read()


def overhead(stores: Iterator[Path], sizes: list[int], *, repeat: int) -> None:
    """Print CPU per node beside bare asyncio; the two take turns, so that drift hits them alike."""
    print(f"CPU us per no-op node, layered graph, every event on disk; median of {repeat} (over bare asyncio)")
    print(f"{'nodes':>7} {'bare asyncio':>14} " + " ".join(f"{f'limit {limit}':>18}" for limit in LIMITS))
    for size in sizes:
        successors = layered(size)
        plan = plan_of(successors)
        rows = []
        for _ in range(repeat + 1):
            bare = run_bare(successors).cpu
            ours = [anyio.run(partial(run_durably, next(stores), plan, workers=n, handler=noop)).cpu for n in LIMITS]
            rows.append([bare, *ours])
        per_node = [statistics.median(column) / size * 1e6 for column in zip(*rows[1:], strict=True)]
        ratios = [statistics.median(row[place] / row[0] for row in rows[1:]) for place in range(1, len(LIMITS) + 1)]
        cells = [f"{us:10.2f} (x{ratio:5.2f})" for us, ratio in zip(per_node[1:], ratios, strict=True)]
        print(f"{size:7} {per_node[0]:14.2f} " + " ".join(f"{cell:>18}" for cell in cells), flush=True)


def fixed_costs(stores: Iterator[Path], *, repeat: int) -> None:
    """Print what a run's journal costs whatever is written to it."""
    watch = Watch()
    for _ in range(repeat):
        anyio.run(make_and_close, next(stores))
    spent = watch.read()
    print(
        f"to make and close a journal: {spent.cpu / repeat * 1e3:.1f} ms CPU, {spent.wall / repeat * 1e3:.1f} ms wall"
    )


def waiting(stores: Iterator[Path], *, repeat: int) -> None:
    """Print what it costs where every node waits until its start is on disk, as ``run`` does."""
    plan = plan_of(layered(WAITING))
    for limit in LIMITS:
        main = partial(run_durably, plan=plan, workers=limit, handler=_waits_for_the_disk)
        spent = [anyio.run(partial(main, next(stores))) for _ in range(repeat)]
        cpu, wall = (statistics.median(getattr(one, name) for one in spent) for name in ("cpu", "wall"))
        print(
            f"every node waits for the disk, {WAITING} nodes, limit {limit:2}: "
            f"{cpu / WAITING * 1e6:7.1f} us CPU and {wall / WAITING * 1e6:7.1f} us wall per node"
        )


async def leave_unfinished(store: Path, plan: Plan) -> None:
    """Make the journal of a run whose engine was killed before its last nodes had ended."""
    events: list[Event] = []
    await Engine(replace(setup_of(plan, events.append), workers=1)).run()
    async with create_writer(store, RUN) as journal:
        for event in events[: -2 * UNFINISHED - 1]:
            journal.append(event)


async def resume(store: Path) -> dict[str, Spent]:
    """What had passed since the beginning after each step, the last being the first node that is started again."""
    told: list[Event] = []
    passed: dict[str, Spent] = {}
    watch = Watch()
    async with open_writer(store, RUN) as journal:
        passed["opened"] = watch.read()
        events = [one.event for one in journal.read()]
        passed["read and decoded"] = watch.read()
        recovered = fold(events)
        assert recovered is not None
        passed["folded"] = watch.read()

        def emit(event: Event) -> None:
            if type(event) is NodeStarted:
                passed.setdefault("restored, the first node started", watch.read())
            told.append(event)
            journal.append(event)

        setup = setup_with(journal, recovered.started.plan, workers=LIMITS[0], emit=emit)
        assert await Engine(replace(setup, recovered=recovered)).run() is RunStatus.SUCCEEDED
    ended = {event.node for event in events if isinstance(event, NodeEnded)}
    started = {event.node for event in told if isinstance(event, NodeStarted)}
    assert len(ended) == RESUMED - UNFINISHED
    assert len(started) == UNFINISHED
    assert not started & ended, "a finished node was run again"
    return passed


def resuming(stores: Iterator[Path], *, repeat: int) -> None:
    """Print how long it takes until a large run that was killed near its end goes on."""
    plan = plan_of(layered(RESUMED))
    rounds = []
    for store in [next(stores) for _ in range(repeat)]:
        anyio.run(leave_unfinished, store, plan)
        rounds.append(anyio.run(resume, store))
    print(f"resume of {RESUMED} nodes, {UNFINISHED} of them unfinished; since the beginning, median of {repeat}")
    for step in rounds[0]:
        cpu, wall = (statistics.median(getattr(one[step], name) for one in rounds) for name in ("cpu", "wall"))
        print(f"  {step:32} {cpu:.3f} s CPU {wall:.3f} s wall")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--folder", help="where the journals are made")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        stores = (Path(folder, str(number)) for number in count())
        overhead(stores, [int(size) for size in options.sizes.split(",")], repeat=options.repeat)
        fixed_costs(stores, repeat=options.repeat)
        waiting(stores, repeat=options.repeat)
        resuming(stores, repeat=options.repeat)


if __name__ == "__main__":
    main()
