"""Hamilton's asynchronous driver: one function for each node, whose parameters are the nodes that it needs."""

import asyncio
import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import repeat
from types import ModuleType
from typing import Any

from benchmarks.engines.protocol import Prepare, Run, needs_of
from benchmarks.graphs import Successors

MODULE = "benchmarks_hamilton_graph"


def functions(successors: Successors, note: Callable[[int], None]) -> ModuleType:
    """A module with the functions ``n0``, ``n1`` and so on, for Hamilton looks for them in a module."""
    source = "\n".join(
        f"async def n{node}({', '.join(f'n{need}: int' for need in needs)}) -> int:\n    return _note({node}) or 0\n"
        for node, needs in enumerate(needs_of(successors))
    )
    module = ModuleType(MODULE)
    module.__dict__["_note"] = note
    exec(source, module.__dict__)  # the source is made of numbers
    sys.modules[MODULE] = module
    return module


def prepare(library: Any, successors: Successors) -> Iterator[Run]:
    """The driver is built once."""
    order: list[int] = []
    driver = asyncio.run(library.Builder().with_modules(functions(successors, order.append)).build())
    ends = [f"n{node}" for node, followers in enumerate(successors) if not followers]

    def run() -> list[int]:
        order.clear()
        asyncio.run(driver.execute(ends))
        return order

    return repeat(run)


@contextmanager
def session() -> Iterator[Prepare]:
    """Import it."""
    yield partial(prepare, importlib.import_module("hamilton.async_driver"))
