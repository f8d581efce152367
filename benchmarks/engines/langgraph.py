"""LangGraph: a ``StateGraph`` without a checkpointer, whose nodes change nothing of the state."""

import asyncio
import importlib
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import repeat
from typing import Any, TypedDict

from benchmarks.engines.protocol import Prepare, Run, needs_of
from benchmarks.graphs import Successors


class State(TypedDict, total=False):
    """A schema must have a key."""

    unused: int


def prepare(library: Any, successors: Successors) -> Iterator[Run]:
    """The graph is compiled once. An edge from a list of nodes waits for all of them."""
    order: list[int] = []

    def body(node: int) -> Callable[[State], Awaitable[None]]:
        async def call(_state: State) -> None:
            order.append(node)

        return call

    builder = library.StateGraph(State)
    for node in range(len(successors)):
        builder.add_node(f"n{node}", body(node))
    for node, needs in enumerate(needs_of(successors)):
        sources = [f"n{need}" for need in needs] or [library.START]
        builder.add_edge(sources if len(sources) > 1 else sources[0], f"n{node}")
    graph = builder.compile()
    limit = {"recursion_limit": len(successors) + 10}  # of supersteps; a chain takes one for each node

    def run() -> list[int]:
        order.clear()
        asyncio.run(graph.ainvoke({}, limit))
        return order

    return repeat(run)


@contextmanager
def session() -> Iterator[Prepare]:
    """Import it, with tracing to a service off."""
    os.environ["LANGSMITH_TRACING"] = "false"
    yield partial(prepare, importlib.import_module("langgraph.graph"))
