"""The scheduler as a synchronous machine: events in, commands out; no clock, no I/O, no event loop.

The loop tells what happened (:meth:`Machine.end`, :meth:`Machine.delay`, :meth:`Machine.expand`, ...),
asks for work (:meth:`Machine.take`) and carries out what has gathered in :attr:`Machine.commands`.
Nodes are integers; who they are is the caller's business. Times are values that the caller passes in.
"""

from array import array
from collections.abc import Callable, Iterable, Sequence
from heapq import heappop, heappush
from typing import NamedTuple, TypeAlias

from orchestrator.errors import MachineError
from orchestrator.executor.ready import NOTHING, ReadyQueue
from orchestrator.executor.transitions import (
    ALLOWED,
    BLOCKED,
    CANCELLED,
    DELAYED,
    EXPANDED,
    FAILED,
    PENDING,
    READY,
    RUNNING,
    SKIPPED,
    STATUS,
    SUCCEEDED,
)


class Admission(NamedTuple):
    """Whether a node whose needs have all ended may start: ``READY``, or ``SKIPPED`` or ``FAILED`` with a reason."""

    phase: int
    reason: str = ""


class Ended(NamedTuple):
    """Command: make known that the machine itself ended ``node``, which never started or only waited."""

    node: int
    phase: int
    reason: str


class Cancel(NamedTuple):
    """Command: stop the attempt of ``node`` that is running now; then tell the machine how it ended."""

    node: int
    reason: str


class Child(NamedTuple):
    """A node that an expansion adds.

    Attributes:
        needs: nodes that have ended, or children of the same expansion (as their future numbers).
        weight: seconds that it is expected to take, or 1.
        pools: numbers of the pools that it takes a slot of.
        asks: admission is asked even when every need succeeded (it has a condition or a special join).
        survives: a stop of the run leaves it alone (it is there to clean up).
    """

    needs: tuple[int, ...] = ()
    weight: float = 1.0
    pools: tuple[int, ...] = ()
    asks: bool = False
    survives: bool = False


Command: TypeAlias = Ended | Cancel
Admit: TypeAlias = Callable[[int], Admission]

READY_NOW = Admission(READY)


def admit_all(_node: int) -> Admission:
    """The admission of a graph without conditions: everything may start once its needs have ended."""
    return READY_NOW


class Machine:
    """The state of every node of one run.

    A node that is blocked does not let its dependents be decided: they stay pending, so that the run can
    be continued. Likewise nothing is decided about what an interrupt left undone.

    Args:
        successors: for each node those that need it. Owned by the machine from now on: expansions extend it.
        priorities: for each node, the greater the sooner. Owned likewise.
        admit: is asked about a node once its needs have ended, if one of them did not plainly succeed or the
            node is in :attr:`asks`. Must not call back into the machine.
    """

    __slots__ = (
        "_admit",
        "_asks",
        "_begun",
        "_delayed",
        "_doomed",
        "_open_children",
        "_parents",
        "_replaying",
        "_story",
        "_survivors",
        "_waiting",
        "commands",
        "draining",
        "phases",
        "priorities",
        "queue",
        "running",
        "successors",
    )

    def __init__(
        self, successors: list[list[int]], *, priorities: list[float] | None = None, admit: Admit = admit_all
    ) -> None:
        count = len(successors)
        self.successors = successors
        self.priorities = [1.0] * count if priorities is None else priorities
        self.phases = bytearray(count)
        self.queue = ReadyQueue(self.phases, self.priorities)
        self.commands: list[Command] = []
        self.running = 0
        self.draining = False
        self._admit = admit
        self._asks = bytearray(count)
        self._begun: dict[int, int] = {}
        self._delayed: list[tuple[float, int]] = []
        self._doomed: dict[int, str] = {}
        self._survivors: set[int] = set()
        self._parents: dict[int, int] = {}
        self._open_children: dict[int, int] = {}
        self._replaying = False
        self._story = array("q")
        self._waiting = [0] * count
        for followers in successors:
            for node in followers:
                self._waiting[node] += 1

    # -- what the caller knows beforehand ------------------------------------------------------------------

    def mark(self, node: int, *, asks: bool = False, survives: bool = False) -> None:
        """Tell what is special about ``node``; see :class:`Child`. Call before :meth:`start`."""
        self._asks[node] = asks
        if survives:
            self._survivors.add(node)

    def start(self) -> None:
        """Decide about every node that needs nothing. Call once, after marking and assigning pools."""
        for node, waiting in enumerate(self._waiting):
            if not waiting and self.phases[node] == PENDING:
                self._needs_met(node)

    # -- work out ----------------------------------------------------------------------------------------

    def take(self) -> int:
        """The best node that may start now, moved to running; ``NOTHING`` where there is none."""
        if self.draining:
            return NOTHING
        node = self.queue.take()
        if node != NOTHING:
            self.phases[node] = RUNNING  # the queue gives ready nodes only
            self._story.append(node << 4 | RUNNING)
            self.running += 1
        return node

    def is_exhausted(self) -> bool:
        """Once :meth:`take` gave nothing: whether nothing will ever be ready again without outside help."""
        return not self.running and (self.draining or not self._delayed)

    @property
    def next_due(self) -> float | None:
        """When the earliest waiting retry is due; ``None`` where none waits or nothing is started any more."""
        return self._delayed[0][0] if self._delayed and not self.draining else None

    # -- events in ---------------------------------------------------------------------------------------

    def end(self, node: int, phase: int = SUCCEEDED) -> None:
        """The running ``node`` has ended in ``phase``; its dependents are decided."""
        self._leave(node)
        self._finish(node, phase)

    def delay(self, node: int, until: float) -> None:
        """The running ``node`` will be tried again at ``until``."""
        self._leave(node)
        self._move(node, DELAYED)
        heappush(self._delayed, (until, node))

    def wake(self, now: float) -> None:
        """Make ready what was delayed until ``now`` or earlier."""
        while self._delayed and self._delayed[0][0] <= now:
            node = heappop(self._delayed)[1]
            if self.phases[node] == DELAYED:
                self._make_ready(node)

    def expand(self, node: int, children: Sequence[Child]) -> range:
        """The running ``node`` adds ``children`` and waits for them; then it is ready for its next step.

        Returns:
            The children's numbers, in order. Priorities of nodes that exist are not recomputed.
        """
        self._leave(node)
        self._move(node, EXPANDED)
        added = range(len(self.phases), len(self.phases) + len(children))
        self._append(node, children, first=added.start)
        if children:
            self._open_children[node] = len(children)
        else:
            self._make_ready(node)
        for one in added:
            if not self._waiting[one]:
                self._needs_met(one)
        return added

    def release(self, node: int) -> None:
        """The running ``node`` was given back unfinished; it is ready again."""
        self._leave(node)
        self._make_ready(node)

    def drain(self) -> None:
        """Start nothing more; what runs may end."""
        self.draining = True

    def stop(self, reason: str, *, within: int = NOTHING) -> None:
        """End everything that is not over and no survivor: skip what has not started, cancel what runs.

        Args:
            reason: why, for the report.
            within: only descendants of this node; ``NOTHING`` means the whole run.
        """
        doomed = [node for node in range(len(self.phases)) if self._is_stoppable(node, within)]
        self._doomed.update((node, reason) for node in doomed)
        for node in doomed:
            phase = self.phases[node]
            if phase == RUNNING:
                self.commands.append(Cancel(node, reason))
            elif phase in {PENDING, READY, DELAYED}:
                self._finish_and_say(node, self._begun.get(node, SKIPPED), reason=reason)

    def reason_to_stop(self, node: int) -> str:
        """Why ``node`` was told to stop; ``""`` where it was not."""
        return self._doomed.get(node, "")

    # -- taking up an earlier run ------------------------------------------------------------------------

    def replay(self) -> None:
        """From now until :meth:`start`, decide nothing: ends are told as they were recorded."""
        self._replaying = True

    def recorded_end(self, node: int, phase: int) -> None:
        """An earlier engine ended ``node``, whether it had started or not."""
        self.phases[node] = RUNNING if phase in {SUCCEEDED, FAILED, BLOCKED} else self.phases[node]
        self._finish(node, phase)

    def recorded_start(self, node: int) -> None:
        """An earlier engine had started ``node`` and is about to have expanded it."""
        self.phases[node] = RUNNING
        self.running += 1

    def recorded_attempt(self, node: int, *, is_over: bool) -> None:
        """An earlier engine had started ``node``, so it may start; a stop cancels it where the attempt is not over."""
        self._begun[node] = SKIPPED if is_over else CANCELLED

    def resume(self) -> None:
        """The record is told: decide about everything else whose needs have ended, as :meth:`start` does."""
        self._replaying = False
        for node in self._begun:
            if not self._waiting[node]:
                self._make_ready(node)
        self._open_children = dict.fromkeys(self._open_children, 0)
        for child, parent in self._parents.items():
            self._open_children[parent] += self.phases[child] < SUCCEEDED or self.phases[child] == BLOCKED
        for node, open_children in self._open_children.items():
            if not open_children and self.phases[node] == EXPANDED:
                self._make_ready(node)
        self.start()

    # -- questions ---------------------------------------------------------------------------------------

    def story(self, node: int) -> list[str]:
        """The public statuses through which ``node`` went, oldest first."""
        return [STATUS[entry & 15] for entry in self._story if entry >> 4 == node]

    def unfinished(self) -> list[int]:
        """The nodes that have not ended, in order."""
        return [node for node, phase in enumerate(self.phases) if phase < SUCCEEDED]

    def check_over(self) -> None:
        """After :meth:`is_exhausted`: nothing may be left undone except behind a blocked node or an interrupt.

        Raises:
            MachineError: a node was forgotten.
        """
        if not self.draining and BLOCKED not in self.phases and (left := self.unfinished()):
            raise MachineError(f"node {left[0]} was never decided", story=self.story(left[0]))

    # -- inside ------------------------------------------------------------------------------------------

    def _move(self, node: int, phase: int) -> None:
        before = self.phases[node]
        if not ALLOWED[before][phase]:
            raise MachineError(f"node {node}: {STATUS[before]} -> {STATUS[phase]}", story=self.story(node))
        self.phases[node] = phase
        self._story.append(node << 4 | phase)

    def _leave(self, node: int) -> None:
        if self.phases[node] != RUNNING:
            raise MachineError(f"node {node} is not running", story=self.story(node))
        self.running -= 1
        if not self._replaying:  # a recorded start took no slot
            self.queue.give_back(node)

    def _make_ready(self, node: int) -> None:
        self._move(node, READY)
        self.queue.push(node)

    def _finish_and_say(self, node: int, phase: int, *, reason: str) -> None:
        self.commands.append(Ended(node, phase, reason))
        self._finish(node, phase)

    def _finish(self, node: int, phase: int) -> None:
        """Move ``node`` to its end and decide what that decides, however long the chain (no recursion)."""
        self._move(node, phase)
        ended = [node]
        for one in ended:  # grows while it is walked
            phase = self.phases[one]
            if phase == BLOCKED:
                continue
            if phase != SUCCEEDED:
                for follower in self.successors[one]:
                    self._asks[follower] = True
            for follower in self.successors[one]:
                self._waiting[follower] -= 1
                if not self._waiting[follower] and self._needs_met(follower, announce_only=True):
                    ended.append(follower)
            if self._parents and self._child_ended(one):
                ended.append(self._parents[one])

    def _needs_met(self, node: int, *, announce_only: bool = False) -> bool:
        """Decide ``node``. Returns whether it ended here; the caller then propagates if it asked to announce only."""
        if self.phases[node] != PENDING or self._replaying:
            return False
        if not self._asks[node] and not self._doomed:
            self._make_ready(node)
            return False
        admission = self._decide(node)
        if admission.phase == READY:
            self._make_ready(node)
            return False
        if announce_only:
            self.commands.append(Ended(node, admission.phase, admission.reason))
            self._move(node, admission.phase)
        else:
            self._finish_and_say(node, admission.phase, reason=admission.reason)
        return True

    def _decide(self, node: int) -> Admission:
        if reason := self._doomed.get(node):
            return Admission(SKIPPED, reason)
        return self._admit(node) if self._asks[node] else READY_NOW

    def _child_ended(self, child: int) -> bool:
        """Count down the parent of ``child``. Returns whether the parent ended with it (it had been told to stop)."""
        parent = self._parents.get(child, NOTHING)
        if parent == NOTHING:
            return False
        self._open_children[parent] -= 1
        if self._open_children[parent] or self.phases[parent] != EXPANDED or self._replaying:
            return False
        if reason := self._doomed.get(parent):
            self.commands.append(Ended(parent, CANCELLED, reason))
            self._move(parent, CANCELLED)
            return True
        self._make_ready(parent)
        return False

    def _append(self, parent: int, children: Sequence[Child], *, first: int) -> None:
        self.successors.extend([] for _ in children)
        self.phases.extend(bytes(len(children)))
        self._asks.extend(child.asks for child in children)
        self._waiting.extend(0 for _ in children)
        for node, child in enumerate(children, first):
            self._parents[node] = parent
            self.queue.assign(node, child.pools)
            if child.survives:
                self._survivors.add(node)
            self._connect(node, child.needs)
        self.priorities.extend(
            _child_priorities(children, first, successors=self.successors, base=self.priorities[parent])
        )

    def _connect(self, node: int, needs: Iterable[int]) -> None:
        for need in needs:
            phase = self.phases[need]
            if phase < SUCCEEDED or phase == BLOCKED:
                self.successors[need].append(node)
                self._waiting[node] += 1
            elif phase != SUCCEEDED:
                self._asks[node] = True

    def _is_stoppable(self, node: int, within: int) -> bool:
        if self.phases[node] >= SUCCEEDED or node in self._survivors:
            return False
        if within == NOTHING:
            return True
        ancestor = node
        while (ancestor := self._parents.get(ancestor, NOTHING)) != NOTHING:
            if ancestor == within:
                return True
        return False


def _child_priorities(
    children: Sequence[Child], first: int, *, successors: Sequence[Sequence[int]], base: float
) -> list[float]:
    """Bottom levels among the children, on top of their parent's priority: they go before what waits for it.

    A child may only need children before or after it that do not need it in turn; the levels settle in
    as many rounds as the longest chain is long, one round where they are listed in order of need.
    """
    levels = [child.weight for child in children]
    for _ in children:
        settled = True
        for index in reversed(range(len(children))):
            below = [levels[node - first] for node in successors[first + index] if node >= first]
            level = children[index].weight + max(below, default=0.0)
            if level != levels[index]:
                levels[index], settled = level, False
        if settled:
            break
    return [base + level for level in levels]


__all__ = ["FAILED", "NOTHING", "Admission", "Admit", "Cancel", "Child", "Command", "Ended", "Machine", "admit_all"]
