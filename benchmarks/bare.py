"""What there is to compare with: the least that runs a graph on asyncio, and a pool ordered by critical path."""

import asyncio
from collections.abc import Awaitable, Callable
from heapq import heappop, heappush

from benchmarks.graphs import Successors

Body = Callable[[int], Awaitable[None]]


def waiting_counts(successors: Successors) -> list[int]:
    """How many needs each node has."""
    waiting = [0] * len(successors)
    for followers in successors:
        for node in followers:
            waiting[node] += 1
    return waiting


async def bare_asyncio(successors: Successors, body: Body) -> None:
    """A task for each node as soon as its needs are done; no limit, no order, no states."""
    waiting = waiting_counts(successors)
    tasks: set[asyncio.Task[None]] = set()
    done = asyncio.Event()
    left = len(successors)

    def start(node: int) -> None:
        task = asyncio.create_task(run(node))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def run(node: int) -> None:
        nonlocal left
        await body(node)
        for follower in successors[node]:
            waiting[follower] -= 1
            if not waiting[follower]:
                start(follower)
        left -= 1
        if not left:
            done.set()

    for node in [node for node, count in enumerate(waiting) if not count]:
        start(node)
    await done.wait()


class _Ready:
    """The ready nodes of :func:`bare_pool`, highest priority first, equal ones in order of arrival."""

    def __init__(self, successors: Successors, priorities: list[float]) -> None:
        self._successors, self._priorities = successors, priorities
        self._waiting = waiting_counts(successors)
        self._heap: list[tuple[float, int, int]] = []
        self._wakers: list[asyncio.Event] = []
        self._pushed = 0
        self.left = len(successors)
        for node, count in enumerate(self._waiting):
            if not count:
                self._push(node)

    async def take(self) -> int | None:
        while self.left and not self._heap:
            event = asyncio.Event()
            self._wakers.append(event)
            await event.wait()
        return heappop(self._heap)[2] if self._heap else None

    def done(self, node: int) -> None:
        self.left -= 1
        for follower in self._successors[node]:
            self._waiting[follower] -= 1
            if not self._waiting[follower]:
                self._push(follower)
        while self._wakers:
            self._wakers.pop().set()

    def _push(self, node: int) -> None:
        self._pushed += 1
        heappush(self._heap, (-self._priorities[node], self._pushed, node))


async def bare_pool(successors: Successors, body: Body, priorities: list[float], limit: int) -> None:
    """A fixed pool that takes the ready node of the highest priority first (all equal: first come, first served)."""
    ready = _Ready(successors, priorities)

    async def worker() -> None:
        while (node := await ready.take()) is not None:
            await body(node)
            ready.done(node)

    await asyncio.gather(*(worker() for _ in range(limit)))
