"""The ready nodes, best first, and the pools that limit how many of a sort run at once."""

from collections.abc import Iterable, Sequence
from heapq import heappop, heappush

from orchestrator.executor.transitions import READY

NOTHING = -1


class ReadyQueue:
    """A heap by priority, with nodes whose pool is full parked beside that pool.

    ``phases`` is the machine's own list: an entry whose node is no longer ready is dropped when it
    comes up, so leaving the ready phase costs nothing here. Every call is O(log n) amortised.
    """

    __slots__ = ("_free", "_heap", "_parked", "_phases", "_pools_of", "_priorities")

    def __init__(self, phases: bytearray, priorities: Sequence[float]) -> None:
        self._phases = phases
        self._priorities = priorities
        self._heap: list[tuple[float, int]] = []
        self._free: list[int] = []
        self._parked: list[list[tuple[float, int]]] = []
        self._pools_of: dict[int, tuple[int, ...]] = {}

    def __len__(self) -> int:
        """An upper bound of the nodes that :meth:`take` could give now."""
        return len(self._heap)

    def add_pool(self, slots: int) -> int:
        """A new pool with that many slots; returns its number.

        Raises:
            ValueError: ``slots`` is below 1: its nodes could never run.
        """
        if slots < 1:
            msg = f"a pool needs at least one slot, not {slots}"
            raise ValueError(msg)
        self._free.append(slots)
        self._parked.append([])
        return len(self._free) - 1

    def assign(self, node: int, pools: Iterable[int]) -> None:
        """From now on ``node`` takes one slot of each of ``pools`` while it runs. Call before it is pushed."""
        if numbers := tuple(dict.fromkeys(pools)):
            self._pools_of[node] = numbers

    def push(self, node: int) -> None:
        """``node`` became ready."""
        heappush(self._heap, (-self._priorities[node], node))

    def take(self) -> int:
        """The best ready node whose pools all have a free slot (now taken); :data:`NOTHING` where there is none."""
        heap, phases, pooled = self._heap, self._phases, self._pools_of
        while heap:
            entry = heappop(heap)
            node = entry[1]
            if phases[node] == READY and (not pooled or self._enter(entry)):
                return node
        return NOTHING

    def give_back(self, node: int) -> None:
        """``node`` has stopped running: free its slots and let one parked node a slot try again."""
        for pool in self._pools_of.get(node, ()):
            self._free[pool] += 1
            self._unpark(pool)

    def _enter(self, entry: tuple[float, int]) -> bool:
        pools = self._pools_of.get(entry[1], ())
        full = next((pool for pool in pools if not self._free[pool]), NOTHING)
        if full == NOTHING:
            for pool in pools:
                self._free[pool] -= 1
            return True
        heappush(self._parked[full], entry)
        for pool in pools:  # this node was perhaps woken for a slot that it cannot use: pass it on
            if pool != full and self._free[pool]:
                self._unpark(pool)
        return False

    def _unpark(self, pool: int) -> None:
        parked = self._parked[pool]
        while parked:
            entry = heappop(parked)
            if self._phases[entry[1]] == READY:
                heappush(self._heap, entry)
                return
