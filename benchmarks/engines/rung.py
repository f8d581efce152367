"""Our own executor: the core alone, and the whole engine, as ``benchmarks.overhead`` measures them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import repeat

from benchmarks.engines.protocol import Prepare, Run
from benchmarks.graphs import Successors
from benchmarks.overhead import DONE, LIMIT, CoreWork, plan_of, setup_of
from orchestrator.domain.outcome import Outcome
from orchestrator.domain.status import RunStatus
from orchestrator.executor.engine import Engine
from orchestrator.executor.loop import Loop
from orchestrator.executor.machine import Machine
from orchestrator.task import Task


class NotingWork(CoreWork):
    """The least work that the loop accepts, noted."""

    def __init__(self, machine: Machine) -> None:
        super().__init__(machine)
        self.order: list[int] = []

    async def perform(self, node: int) -> None:
        self.order.append(node)


def prepare_core(successors: Successors) -> Iterator[Run]:
    """Machine and loop are made by each run."""

    async def main() -> list[int]:
        machine = Machine([list(followers) for followers in successors])
        work = NotingWork(machine)
        machine.start()
        await Loop(machine, work, workers=LIMIT).run()
        machine.check_over()
        return work.order

    return repeat(lambda: asyncio.run(main()))


def prepare_full(successors: Successors) -> Iterator[Run]:
    """The plan is built once; the engine is made by each run."""
    plan = plan_of(successors)

    async def main() -> list[int]:
        order: list[int] = []

        async def noted(task: Task) -> Outcome:
            order.append(int(task.spec.id[1:]))
            return DONE

        setup = replace(setup_of(plan, lambda _event: None), handlers={"noop": noted})
        status = await Engine(setup).run()
        assert status is RunStatus.SUCCEEDED, status
        return order

    return repeat(lambda: asyncio.run(main()))


@contextmanager
def core() -> Iterator[Prepare]:
    """Nothing to start."""
    yield prepare_core


@contextmanager
def full() -> Iterator[Prepare]:
    """Nothing to start."""
    yield prepare_full
