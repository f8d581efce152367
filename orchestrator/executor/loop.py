"""The only place that starts tasks: a fixed set of workers in one task group, each under a scope of its own."""

import asyncio
import math
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

import anyio
import anyio.lowlevel

from orchestrator.executor.machine import NOTHING, Ended, Machine

OutcomeT = TypeVar("OutcomeT")

_NODES_PER_BREATH = 64
"""A worker lets the event loop breathe after so many nodes, should none of them ever wait for anything."""


class Work(Protocol[OutcomeT]):
    """What the nodes do; the loop knows nothing else of them."""

    def seconds_for(self, node: int) -> float:
        """How long one attempt may take from now; ``math.inf`` for no limit."""
        ...

    async def perform(self, node: int) -> OutcomeT:
        """One attempt. Runs under its own cancel scope; an exception is a bug and ends the run."""
        ...

    def settle(self, node: int, outcome: OutcomeT) -> None:
        """The attempt ended with ``outcome``; tell the machine."""
        ...

    def settle_stopped(self, node: int, *, halted: bool) -> None:
        """The attempt was cancelled: by a :class:`Cancel`, by its time, or because the run was ``halted``."""
        ...

    def announce(self, command: Ended) -> None:
        """The machine ended a node by itself; make it known. May tell the machine more."""
        ...


class Loop(Generic[OutcomeT]):
    """Runs a started machine to exhaustion."""

    def __init__(self, machine: Machine, work: Work[OutcomeT], *, workers: int) -> None:
        self._machine = machine
        self._work = work
        self._workers = workers
        self._idle: list[anyio.Event] = []
        self._scopes: dict[int, anyio.CancelScope] = {}
        self._halted = False
        self._time: Callable[[], float] = anyio.current_time

    async def run(self, seconds: float = math.inf, out_of_time: Callable[[], None] = lambda: None) -> None:
        """Return when nothing is ready, nothing runs and no retry waits (or, after a drain, nothing runs).

        Args:
            seconds: of the whole run.
            out_of_time: called once when they are over; tells the machine what to stop.
        """
        # anyio.current_time() looks the backend up at each call: a tenth of what a no-op node costs.
        self._time = asyncio.get_running_loop().time
        self._carry_out()
        async with anyio.create_task_group() as limit:
            limit.start_soon(self._watch, seconds, out_of_time)
            async with anyio.create_task_group() as workers:
                for _ in range(self._workers):
                    workers.start_soon(self._worker)
            limit.cancel_scope.cancel()

    def now(self) -> float:
        """The clock that delays and deadlines are counted on, in seconds."""
        return self._time()

    def drain(self) -> None:
        """Start nothing more; :meth:`run` returns when what runs has ended."""
        self._machine.drain()
        self._wake_all()

    def halt(self) -> None:
        """Drain, and cancel what runs."""
        self.drain()
        self._halted = True
        for scope in self._scopes.values():
            scope.cancel()

    def carry_out(self) -> None:
        """Do what the machine asks for, after it was told something between two settlements."""
        self._carry_out()
        self._wake_all()

    async def _watch(self, seconds: float, out_of_time: Callable[[], None]) -> None:
        await anyio.sleep(seconds)
        out_of_time()
        self.carry_out()

    async def _worker(self) -> None:
        machine, work, scopes = self._machine, self._work, self._scopes
        breath = 0
        while True:
            if machine.next_due is not None:
                machine.wake(self._time())
            node = machine.take()
            if node == NOTHING:
                if machine.is_exhausted():
                    self._wake_all()
                    return
                await self._rest()
                continue
            seconds = work.seconds_for(node)
            with anyio.CancelScope(deadline=seconds if seconds == math.inf else self._time() + seconds) as scope:
                scopes[node] = scope
                outcome = await work.perform(node)
            del scopes[node]
            if scope.cancelled_caught:
                work.settle_stopped(node, halted=self._halted)
            else:
                work.settle(node, outcome)
            if machine.commands:
                self._carry_out()
            self._wake()
            breath += 1
            if breath == _NODES_PER_BREATH:
                breath = 0
                await anyio.lowlevel.checkpoint()

    async def _rest(self) -> None:
        """Wait until there may be something to take, at the latest until the next retry is due."""
        due = self._machine.next_due
        event = anyio.Event()
        self._idle.append(event)
        with anyio.move_on_at(math.inf if due is None else due):
            await event.wait()
        if not event.is_set():
            self._idle.remove(event)
        self._machine.wake(self._time())

    def _wake(self) -> None:
        idle = self._idle
        if not idle:
            return
        # The caller takes one itself; where a retry waits, somebody has to sleep until it is due.
        wanted = len(self._machine.queue) - 1 + (self._machine.next_due is not None)
        for _ in range(min(wanted, len(idle))):
            idle.pop().set()

    def _wake_all(self) -> None:
        for event in self._idle:
            event.set()
        self._idle.clear()

    def _carry_out(self) -> None:
        while commands := self._machine.commands:
            self._machine.commands = []  # announcing may tell the machine more, which then asks for more
            for command in commands:
                if isinstance(command, Ended):
                    self._work.announce(command)
                elif scope := self._scopes.get(command.node):
                    scope.cancel()
