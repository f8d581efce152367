"""pydantic-graph: steps made with ``GraphBuilder``, a join before each step that needs more than one, tracing off.

A join needs a fork that all ways to it pass: here the one at the start, or the node that all others need.
"""

import asyncio
import importlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import repeat
from typing import Any

from benchmarks.engines.protocol import Prepare, Run, needs_of
from benchmarks.graphs import Successors


def prepare(library: Any, successors: Successors) -> Iterator[Run]:
    """The graph is built once."""
    order: list[int] = []
    graph = build(library, successors, order.append)

    def run() -> list[int]:
        order.clear()
        asyncio.run(graph.run())
        return order

    return repeat(run)


def build(library: Any, successors: Successors, note: Callable[[int], None]) -> Any:
    """The whole graph, all of whose ends are joined."""
    builder = library.GraphBuilder(auto_instrument=False)
    steps = [builder.step(_body(node, note), node_id=f"n{node}") for node in range(len(successors))]
    needs = needs_of(successors)
    entries = [_entry(library, builder, step, len(wanted)) for step, wanted in zip(steps, needs, strict=True)]
    roots = [entry for entry, wanted in zip(entries, needs, strict=True) if not wanted]
    builder.add(builder.edge_from(builder.start_node).to(*roots))
    for step, followers in zip(steps, successors, strict=True):
        if followers:
            builder.add(builder.edge_from(step).to(*(entries[follower] for follower in followers)))
    ends = [step for step, followers in zip(steps, successors, strict=True) if not followers]
    last = _entry(library, builder, builder.end_node, len(ends))
    for end in ends:
        builder.add_edge(end, last)
    return builder.build()


def _body(node: int, note: Callable[[int], None]) -> Callable[[Any], Awaitable[None]]:
    async def call(_context: Any) -> None:
        note(node)

    return call


def _entry(library: Any, builder: Any, target: Any, needs: int) -> Any:
    """What edges to ``target`` have to lead to."""
    if needs <= 1:
        return target
    join = builder.join(library.reduce_null, initial=None, node_id=f"join-{target.id}")
    builder.add_edge(join, target)
    return join


@contextmanager
def session() -> Iterator[Prepare]:
    """Import it."""
    yield partial(prepare, importlib.import_module("pydantic_graph"))
