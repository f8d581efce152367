"""What it costs to add 10 nodes to a running graph of 100,000, beside a recheck of the whole graph.

``python -m benchmarks.expansion [--nodes 100000] [--expansions 300] [--rechecks 5]``. The graph is layered. The
10 new nodes are one, eight that need it, and one that needs the eight. Two ways are measured: ``Machine.expand`` in the
middle of the run, and the engine from the outcome of the node that expands to the machine's state (checks,
event and names included; making the children's specs is the node's own work). The garbage collector is on.
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import networkx as nx

from benchmarks.graphs import Successors, layered
from benchmarks.overhead import plan_of, setup_of
from orchestrator.domain.ids import NodeId
from orchestrator.domain.node import NodeSpec, Wanted
from orchestrator.domain.outcome import Expanded, Outcome, Succeeded
from orchestrator.domain.status import RunStatus
from orchestrator.executor.engine import Engine, RunSetup
from orchestrator.executor.machine import NOTHING, Child, Machine
from orchestrator.task import Task

MIDDLE = range(1, 9)
LAST = 9


class Took(NamedTuple):
    """Milliseconds of one piece of work."""

    wall: float
    cpu: float


def timed(work: Callable[[], object]) -> Took:
    """Do ``work`` on this thread."""
    wall, cpu = time.perf_counter(), time.thread_time()
    work()
    return Took((time.perf_counter() - wall) * 1e3, (time.thread_time() - cpu) * 1e3)


def ten_children(first: int) -> list[Child]:
    """The new nodes as the machine takes them; the first of them gets the number ``first``."""
    head, eight = (first,), tuple(first + index for index in MIDDLE)
    return [Child(), *(Child(needs=head) for _ in MIDDLE), Child(needs=eight)]


def ten_specs(parent: NodeId) -> tuple[NodeSpec, ...]:
    """The new nodes as a handler gives them."""
    names = [NodeId(f"{parent}.c{index}") for index in range(LAST + 1)]
    needs: list[tuple[NodeId, ...]] = [(), *((names[0],) for _ in MIDDLE), tuple(names[1:LAST])]
    return tuple(
        NodeSpec(id=name, kind="noop", needs=dict.fromkeys(wanted, Wanted.JOIN), timeout=600.0, pools=("tier",))
        for name, wanted in zip(names, needs, strict=True)
    )


def in_the_machine(successors: Successors, expansions: int) -> list[Took]:
    """Expand nodes evenly spread over the run; what is added runs as well, and the run goes on to its end."""
    machine = Machine([list(followers) for followers in successors])
    machine.start()
    growing, count = chosen(len(successors), expansions), len(successors)
    took: list[Took] = []
    while (node := machine.take()) != NOTHING:
        if node not in growing:
            machine.end(node)
            continue
        growing.remove(node)  # its next step ends it
        children = ten_children(count)
        took.append(timed(lambda node=node, children=children: machine.expand(node, children)))  # type: ignore[misc]  # a lambda's default has no type
        count += len(children)
    machine.check_over()
    assert len(machine.phases) == count == len(successors) + 10 * expansions
    return took


class TimedEngine(Engine):
    """Times what the engine does with the outcome of a node that expands."""

    def __init__(self, setup: RunSetup) -> None:
        super().__init__(setup)
        self.took: list[Took] = []

    def settle(self, node: int, outcome: Outcome) -> None:
        if isinstance(outcome, Expanded):
            self.took.append(timed(lambda: Engine.settle(self, node, outcome)))
        else:
            super().settle(node, outcome)


async def grow(task: Task) -> Outcome:
    """The handler of a node that adds ten."""
    return Succeeded() if task.step else Expanded(ten_specs(task.spec.id))


def in_the_engine(successors: Successors, expansions: int) -> list[Took]:
    """The whole run, with a pool, a timeout and typed events on every node."""
    plan = plan_of(successors)
    growing = chosen(len(successors), expansions)
    nodes = tuple(replace(spec, kind="grow") if number in growing else spec for number, spec in enumerate(plan.nodes))
    setup = setup_of(replace(plan, nodes=nodes), lambda _event: None)
    engine = TimedEngine(replace(setup, handlers={**setup.handlers, "grow": grow}))
    status = asyncio.run(engine.run())
    assert status is RunStatus.SUCCEEDED, status
    assert len(engine.board.specs) == len(successors) + 10 * expansions
    return engine.took


def chosen(count: int, expansions: int) -> set[int]:
    """The nodes that expand, evenly spread."""
    return {index * count // expansions for index in range(expansions)}


def rechecked(successors: Successors, rechecks: int) -> list[Took]:
    """The other way: add the ten to a networkx graph of the same size, and check all of it for cycles, once."""
    graph: nx.DiGraph[int] = nx.DiGraph(
        (node, follower) for node, followers in enumerate(successors) for follower in followers
    )
    graph.add_nodes_from(range(len(successors)))

    def add() -> None:
        first = graph.number_of_nodes()
        for node, child in enumerate(ten_children(first), first):
            graph.add_node(node)
            graph.add_edges_from((need, node) for need in child.needs or (0,))
        assert nx.is_directed_acyclic_graph(graph)

    return [timed(add) for _ in range(rechecks)]


def line(name: str, took: list[Took]) -> str:
    """Median and 99th percentile (of few values: the greatest), to print."""
    cells = []
    for times in ([one.cpu for one in took], [one.wall for one in took]):
        high = statistics.quantiles(times, n=100, method="inclusive")[98] if len(times) >= 100 else max(times)
        cells.append(f"{statistics.median(times):10.3f} {high:10.3f}")
    return f"{name:34} {len(took):6} {' '.join(cells)}"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, default=100_000)
    parser.add_argument("--expansions", type=int, default=300)
    parser.add_argument("--rechecks", type=int, default=5)
    options = parser.parse_args()
    successors = layered(options.nodes)
    print(f"ms to add 10 nodes to a running graph of {options.nodes}")
    print(f"{'':34} {'times':>6} {'CPU p50':>10} {'p99':>10} {'wall p50':>10} {'p99':>10}")
    print(line("Machine.expand", in_the_machine(successors, options.expansions)), flush=True)
    print(line("engine, from outcome to state", in_the_engine(successors, options.expansions)), flush=True)
    print(line("networkx, recheck for cycles", rechecked(successors, options.rechecks)))


if __name__ == "__main__":
    main()
