"""Orders and path lengths over int-indexed successor lists.

``successors[i]`` lists the nodes that need node ``i``. All functions are linear in nodes and edges.
"""

from collections.abc import Sequence


def topological_order(successors: Sequence[Sequence[int]]) -> list[int]:
    """Every node after all that it needs; a stable order (Kahn's algorithm, first in first out).

    On a graph with a cycle the nodes on and behind the cycle are left out, so a shorter result tells.
    """
    waiting = [0] * len(successors)
    for followers in successors:
        for node in followers:
            waiting[node] += 1
    order = [node for node, count in enumerate(waiting) if not count]
    for node in order:  # grows while it is walked: it is the queue
        for follower in successors[node]:
            waiting[follower] -= 1
            if not waiting[follower]:
                order.append(follower)
    return order


def bottom_levels(successors: Sequence[Sequence[int]], weights: Sequence[float]) -> list[float]:
    """For each node the weight of the heaviest path that starts with it, itself included.

    Highest bottom level first is the classical critical-path priority of list scheduling (Hu 1961;
    Kwok and Ahmad, ACM Computing Surveys 31(4), 1999).
    """
    levels = list(weights)
    for node in reversed(topological_order(successors)):
        followers = successors[node]
        if followers:
            levels[node] += max([levels[follower] for follower in followers])
    return levels


def longest_path(successors: Sequence[Sequence[int]], weights: Sequence[float]) -> list[int]:
    """The nodes of a heaviest path, first to last; of several the one with the lowest indices. ``[]`` for no node."""
    if not successors:
        return []
    levels = bottom_levels(successors, weights)
    node = max(range(len(levels)), key=lambda one: (levels[one], -one))
    path = [node]
    while successors[node]:
        node = max(successors[node], key=lambda one: (levels[one], -one))
        path.append(node)
    return path
