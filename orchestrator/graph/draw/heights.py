"""Where in its column each vertex stands: as level with its neighbours as the order and the room allow."""

from collections.abc import Sequence
from itertools import pairwise

from orchestrator.graph.draw.columns import Columns

ROUNDS = 10
_STRAIGHT = 6.0
"""How much more a long edge's way counts than a node's: a bend in it is seen far away."""


def heights(layout: Columns, *, node: float, dummy: float) -> list[float]:
    """For each vertex the ordinate of its middle; the smallest upper rim is 0.

    Args:
        layout: the vertices in their columns; the order is kept.
        node: room that a node takes, its gap included.
        dummy: room that a passing edge takes.
    """
    room = [node if vertex < layout.nodes else dummy for vertex in range(len(layout.before))]
    weight = [1.0 if vertex < layout.nodes else _STRAIGHT for vertex in range(len(room))]
    at = [0.0] * len(room)
    for column in layout.order:
        _settle(column, at, room=room, weight=weight)
    both = tuple(left + right for left, right in zip(layout.before, layout.after, strict=True))
    for turn in range(ROUNDS):
        last = turn == ROUNDS - 1
        for column in layout.order:
            _pull(column, both if last else layout.before, at=at, weight=weight)
            _settle(column, at, room=room, weight=weight)
        for column in reversed(layout.order):
            _pull(column, both if last else layout.after, at=at, weight=weight)
            _settle(column, at, room=room, weight=weight)
    top = min((at[vertex] - room[vertex] / 2 for vertex in range(len(at))), default=0.0)
    return [one - top for one in at]


def _pull(column: Sequence[int], neighbours: Sequence[Sequence[int]], *, at: list[float], weight: list[float]) -> None:
    """Wish every vertex to the weighted mean of its neighbours; one without any stays."""
    for vertex in column:
        if around := neighbours[vertex]:
            total = sum(weight[one] for one in around)
            at[vertex] = sum(weight[one] * at[one] for one in around) / total


def _settle(column: Sequence[int], at: list[float], *, room: list[float], weight: list[float]) -> None:
    """Move the vertices least, in weighted squares, so that they keep their order and their room.

    With the room taken out this is isotonic regression, solved exactly by pooling adjacent violators.
    """
    offsets = [0.0]
    for upper, lower in pairwise(column):
        offsets.append(offsets[-1] + (room[upper] + room[lower]) / 2)
    blocks: list[tuple[float, float, int]] = []
    for vertex, offset in zip(column, offsets, strict=True):
        mean, mass, size = at[vertex] - offset, weight[vertex], 1
        while blocks and blocks[-1][0] > mean:
            above, heavy, count = blocks.pop()
            mean = (above * heavy + mean * mass) / (heavy + mass)
            mass, size = heavy + mass, size + count
        blocks.append((mean, mass, size))
    settled = [mean for mean, _, size in blocks for _ in range(size)]
    for vertex, offset, base in zip(column, offsets, settled, strict=True):
        at[vertex] = base + offset
