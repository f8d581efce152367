"""Is it a graph that can be run?"""

from collections.abc import Iterable, Mapping

_UNSEEN, _OPEN, _DONE = 0, 1, 2


def find_cycle(needs: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """The first cycle met when following ``needs`` (node -> what it needs) in the mapping's order.

    Needs that are no keys of the mapping are ignored. Linear in nodes and edges; no recursion.

    Returns:
        The ids along the cycle in the direction of ``needs``, first repeated last; ``()`` where there is none.
    """
    state = dict.fromkeys(needs, _UNSEEN)
    for start in needs:
        if state[start] == _UNSEEN and (cycle := _search(start, needs, state=state)):
            return cycle
    return ()


def _search(start: str, needs: Mapping[str, Iterable[str]], *, state: dict[str, int]) -> tuple[str, ...]:
    state[start] = _OPEN
    path = [start]
    pending = [iter(needs[start])]
    while pending:
        need = next((one for one in pending[-1] if state.get(one, _DONE) != _DONE), None)
        if need is None:
            pending.pop()
            state[path.pop()] = _DONE
        elif state[need] == _OPEN:
            return (*path[path.index(need) :], need)
        else:
            state[need] = _OPEN
            path.append(need)
            pending.append(iter(needs[need]))
    return ()
