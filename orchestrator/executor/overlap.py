"""Which nodes would write the same files: they take turns, so that merging them later cannot conflict."""

from collections.abc import Sequence

from orchestrator.domain.node import NodeSpec

_WILD = frozenset("*?[")


def taking_turns(specs: Sequence[NodeSpec]) -> list[list[int]]:
    """Groups of indexes into ``specs``, each of at least two nodes of which only one may run at a time.

    Nodes are in one group when they may write the same file, directly or through others in between: a group is
    a connected component. A node without ``writes`` is in none: it has not said what it writes.
    """
    alike: dict[tuple[str, ...], list[int]] = {}
    for index, spec in enumerate(specs):
        if spec.writes:
            alike.setdefault(spec.writes, []).append(index)
    kinds = list(alike)
    leader = {kind: kind for kind in range(len(kinds))}
    for kind in leader:
        for other in range(kind):
            if _root(leader, kind) != _root(leader, other) and _may_meet(kinds[kind], kinds[other]):
                leader[_root(leader, kind)] = _root(leader, other)
    groups: dict[int, list[int]] = {}
    for kind in leader:
        groups.setdefault(_root(leader, kind), []).extend(alike[kinds[kind]])
    return [sorted(group) for group in groups.values() if len(group) > 1]


def _root(leader: dict[int, int], index: int) -> int:
    while leader[index] != index:
        leader[index] = leader[leader[index]]
        index = leader[index]
    return index


def _may_meet(first: Sequence[str], second: Sequence[str]) -> bool:
    return any(may_overlap(one, other) for one in first for other in second)


def may_overlap(first: str, second: str) -> bool:
    """Whether some path could match both globs. Errs on the side of yes: two wildcards may meet wherever they can."""
    return _meet(first.split("/"), second.split("/"))


def _meet(first: list[str], second: list[str]) -> bool:
    if not first or not second:
        return all(level == "**" for level in (*first, *second))
    if "**" in (first[0], second[0]):
        rest = second if first[0] == "**" else first
        deep = first if first[0] == "**" else second
        return _meet(deep[1:], rest) or _meet(deep, rest[1:]) if rest else _meet(deep[1:], rest)
    return _levels_meet(first[0], second[0]) and _meet(first[1:], second[1:])


def _levels_meet(first: str, second: str) -> bool:
    """Whether two names may be one: alike in what stands before the first and behind the last wildcard."""
    if not _WILD & set(first) and not _WILD & set(second):
        return first == second
    before, behind = _fixed(first), _fixed(second)
    heads = before[0].startswith(behind[0]) or behind[0].startswith(before[0])
    tails = before[1].endswith(behind[1]) or behind[1].endswith(before[1])
    return heads and tails


def _fixed(level: str) -> tuple[str, str]:
    """The fixed beginning and end of a level; the whole of it, twice, where it has no wildcard."""
    wild = [index for index, letter in enumerate(level) if letter in _WILD]
    if not wild:
        return level, level
    closing = level.rfind("]")
    return level[: wild[0]], level[max(wild[-1], closing) + 1 :]
