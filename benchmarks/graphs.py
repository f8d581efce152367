"""The graphs that the benchmarks run: int-indexed successor lists."""

import random
from collections.abc import Callable, Mapping

Successors = list[list[int]]


def chain(count: int) -> Successors:
    """Each node needs the one before it."""
    return [[node + 1] for node in range(count - 1)] + [[]]


def fan(count: int) -> Successors:
    """One node, then all others at once, then one that needs them all."""
    return [list(range(1, count - 1))] + [[count - 1] for _ in range(count - 2)] + [[]]


def layered(count: int, seed: int = 1) -> Successors:
    """Square-root-wide layers; each node needs two or three random nodes of the layer before."""
    rng = random.Random(seed)
    width = max(1, int(count**0.5))
    successors: Successors = [[] for _ in range(count)]
    for node in range(width, count):
        first = (node // width - 1) * width
        for need in {rng.randrange(first, first + width) for _ in range(rng.choice((2, 3)))}:
            successors[need].append(node)
    return successors


SHAPES: Mapping[str, Callable[[int], Successors]] = {"chain": chain, "fan": fan, "layered": layered}
