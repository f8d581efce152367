"""Which node stands in which column, and in which order: the first two steps of layered drawing.

Method: Sugiyama, Tagawa and Toda, "Methods for Visual Understanding of Hierarchical System Structures",
IEEE Trans. SMC 11(2), 1981: longest-path layers, dummy vertices on long edges, barycentre sweeps. Crossings
are counted as in Barth, Mutzel and Jünger, "Simple and Efficient Bilayer Cross Counting", JGAA 8(2), 2004.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from orchestrator.graph.paths import topological_order

SWEEPS = 12
"""Pairs of sweeps; pictures of a few hundred nodes stop improving before that."""
MAX_DUMMIES = 20_000
"""Where long edges would need more vertices than this, they are drawn straight through instead."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Vertices ``0..nodes-1`` are the nodes, the others stand where a long edge crosses a column.

    Attributes:
        order: for each column, left to right, its vertices from top to bottom.
        routes: for each edge the vertices that it passes, both ends included.
        before, after: for each vertex its neighbours in the column to the left and to the right.
    """

    nodes: int
    order: tuple[tuple[int, ...], ...]
    routes: tuple[tuple[int, ...], ...]
    before: tuple[tuple[int, ...], ...]
    after: tuple[tuple[int, ...], ...]


def columns(nodes: int, edges: Sequence[tuple[int, int]]) -> Columns:
    """Columns of an acyclic graph: a node's column is the length of the longest chain of needs before it."""
    rank = ranks(nodes, edges)
    routes, rank = _routed(edges, rank)
    before: list[list[int]] = [[] for _ in rank]
    after: list[list[int]] = [[] for _ in rank]
    for route in routes:
        for left, right in pairwise(route):
            if rank[right] == rank[left] + 1:
                after[left].append(right)
                before[right].append(left)
    order: list[list[int]] = [[] for _ in range(max(rank, default=-1) + 1)]
    for vertex, column in enumerate(rank):
        order[column].append(vertex)
    order = _untangled(order, before, after=after)
    return Columns(nodes, _frozen(order), tuple(routes), _frozen(before), _frozen(after))


def ranks(nodes: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """For each node the length of the longest chain before it; 0 for those without needs."""
    successors: list[list[int]] = [[] for _ in range(nodes)]
    for source, target in edges:
        successors[source].append(target)
    rank = [0] * nodes
    for node in topological_order(successors):
        for follower in successors[node]:
            rank[follower] = max(rank[follower], rank[node] + 1)
    return rank


def _routed(edges: Sequence[tuple[int, int]], rank: list[int]) -> tuple[list[tuple[int, ...]], list[int]]:
    """Every edge's route; the ranks grow by one for each dummy vertex."""
    rank = list(rank)
    if sum(rank[target] - rank[source] - 1 for source, target in edges) > MAX_DUMMIES:
        return list(edges), rank
    routes: list[tuple[int, ...]] = []
    for source, target in edges:
        dummies = range(len(rank), len(rank) + rank[target] - rank[source] - 1)
        rank.extend(range(rank[source] + 1, rank[target]))
        routes.append((source, *dummies, target))
    return routes, rank


def _untangled(order: list[list[int]], before: list[list[int]], *, after: list[list[int]]) -> list[list[int]]:
    """Of the orders that the sweeps pass through, the one with the fewest crossings."""
    best, fewest = order, _crossings(order, after)
    for _ in range(SWEEPS):
        if not fewest:
            break
        order = _swept(order, before)
        order = _swept(order[::-1], after)[::-1]
        count = _crossings(order, after)
        if count < fewest:
            best, fewest = order, count
    return best


def _swept(order: list[list[int]], neighbours: list[list[int]]) -> list[list[int]]:
    """Each column sorted by the mean place of its neighbours in the column before it; the sort is stable."""
    place: dict[int, int] = {}
    swept: list[list[int]] = []
    for column in order:
        wish = {vertex: _mean(neighbours[vertex], place, own=own) for own, vertex in enumerate(column)}
        swept.append(sorted(column, key=wish.__getitem__))
        place.update({vertex: index for index, vertex in enumerate(swept[-1])})
    return swept


def _mean(neighbours: list[int], place: dict[int, int], *, own: int) -> float:
    return sum(place[one] for one in neighbours) / len(neighbours) if neighbours else own


def _crossings(order: list[list[int]], after: list[list[int]]) -> int:
    return sum(_between(left, right, after=after) for left, right in pairwise(order))


def _between(left: list[int], right: list[int], *, after: list[list[int]]) -> int:
    """Inversions among the edges' right ends, counted with a Fenwick tree."""
    place = {vertex: index for index, vertex in enumerate(right)}
    tree = [0] * (len(right) + 1)
    count = seen = 0
    for vertex in left:
        ends = sorted(place[one] for one in after[vertex])
        count += sum(seen - _below(tree, end + 1) for end in ends)
        for end in ends:
            _add(tree, end + 1)
        seen += len(ends)
    return count


def _below(tree: list[int], index: int) -> int:
    total = 0
    while index:
        total += tree[index]
        index &= index - 1
    return total


def _add(tree: list[int], index: int) -> None:
    while index < len(tree):
        tree[index] += 1
        index += index & -index


def _frozen(lists: list[list[int]]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(one) for one in lists)
