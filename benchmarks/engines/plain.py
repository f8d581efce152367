"""A task for each node on plain asyncio: the engine that all others are compared with."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import repeat

from benchmarks.bare import bare_asyncio
from benchmarks.engines.protocol import Prepare, Run
from benchmarks.graphs import Successors


def prepare(successors: Successors) -> Iterator[Run]:
    """Nothing to build."""

    def run() -> list[int]:
        order: list[int] = []

        async def body(node: int) -> None:
            order.append(node)

        asyncio.run(bare_asyncio(successors, body))
        return order

    return repeat(run)


@contextmanager
def session() -> Iterator[Prepare]:
    """Nothing to start."""
    yield prepare
