"""What each file of this folder gives: ``session()``, a context in which graphs can be prepared.

A graph comes as int-indexed successor lists whose every edge leads to a greater number. The body of each node does
nothing but note its number, so that the order in which the nodes ran can be checked after every run.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TypeAlias

from benchmarks.graphs import Successors

Run: TypeAlias = Callable[[], Sequence[int]]
"""Runs the graph once, in this thread, and returns the nodes in the order in which they ran."""

Prepare: TypeAlias = Callable[[Successors], Iterator[Run]]
"""Builds the engine's own form of a graph and gives as many runs of it as are asked for.

What an engine has to build once is built before the first run is given; what it has to build for each run, before
that run. Neither is part of the run.
"""

Session: TypeAlias = Callable[[], AbstractContextManager[Prepare]]
"""Imports the engine; starts what it needs (workers, a server) and ends it."""


class WrongRunError(Exception):
    """A node ran twice, never, or before one that it needs."""


def check(order: Sequence[int], successors: Successors) -> None:
    """Compare what ran with the graph.

    Raises:
        WrongRunError: they do not fit.
    """
    place = {node: index for index, node in enumerate(order)}
    if sorted(order) != list(range(len(successors))):
        raise WrongRunError(
            f"{len(order)} bodies ran, of {len(place)} different nodes; the graph has {len(successors)}"
        )
    for node, followers in enumerate(successors):
        for follower in followers:
            if place[follower] < place[node]:
                raise WrongRunError(f"node {follower} ran before node {node}, which it needs")


def needs_of(successors: Successors) -> list[list[int]]:
    """For each node those that it needs, ascending."""
    needs: list[list[int]] = [[] for _ in successors]
    for node, followers in enumerate(successors):
        for follower in followers:
            needs[follower].append(node)
    return needs
