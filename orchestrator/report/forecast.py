"""How long a run will still take: its longest remaining path, and the work left for its workers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestrator.domain.ids import NodeId
from orchestrator.domain.status import ENDED, NodeStatus
from orchestrator.graph.paths import bottom_levels
from orchestrator.report.record import NodeRecord

_PATH_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Remaining:
    """What is left at one moment.

    Attributes:
        critical: seconds of the longest remaining path. path: its first nodes, at most four.
        longer: whether the path goes on behind those.
        left: seconds until the end: the longer of the path and of the work shared by the workers. It ignores
            pools, retries and nodes that nobody has announced yet.
    """

    critical: float
    path: tuple[NodeId, ...]
    longer: bool
    left: float


class Forecast:
    """An estimate that is made once (linear in nodes and needs, and a sort) and read often (cheap).

    A node weighs what it took in an earlier run where that is known, else what the ended nodes of its kind took on
    average, else what all did. A node that waits for its children weighs nothing itself, and comes after them.
    What waits for a blocked node is left out: no worker will get it.
    """

    def __init__(
        self,
        records: Sequence[NodeRecord],
        *,
        durations: Mapping[NodeId, float],
        kind_work: Mapping[str, tuple[int, float]],
        workers: int,
    ) -> None:
        self._records = _runnable(records)
        self._workers = workers
        self._weights = _weights(self._records, durations, kind_work=kind_work)
        self._successors = _successors(self._records)
        self._levels = bottom_levels(self._successors, self._weights)
        self._order = sorted(range(len(self._records)), key=lambda one: -self._levels[one])
        self._work = sum(self._weights)
        self._next = 0

    def remaining(self, now: float, *, open_nodes: int) -> Remaining | None:
        """What is left; ``None`` where nothing is, or nothing is known.

        Args:
            now: wall clock, seconds since the epoch.
            open_nodes: how many nodes have not ended by now; scales the work that was left at the estimate.
        """
        head, critical = self._head(now)
        if critical <= 0:
            return None
        path = self._path(head)
        shared = self._work * open_nodes / len(self._records) / self._workers if self._workers else 0.0
        return Remaining(critical, tuple(path[:_PATH_SHOWN]), len(path) > _PATH_SHOWN, max(critical, shared))

    def _head(self, now: float) -> tuple[int, float]:
        """The node that the longest remaining path starts with, and the seconds of that path.

        Nodes are looked at longest path first; one that no worker has keeps its whole path, so the search ends there.
        """
        best, longest = -1, 0.0
        order, records = self._order, self._records
        while self._next < len(order) and records[order[self._next]].status in ENDED:
            self._next += 1
        for index in (order[place] for place in range(self._next, len(order))):
            since = records[index].busy_since
            if records[index].status in ENDED:
                continue
            done = 0.0 if since is None else min(self._weights[index], max(0.0, now - since))
            if self._levels[index] - done > longest:
                best, longest = index, self._levels[index] - done
            if since is None:
                break
        return best, longest

    def _path(self, head: int) -> list[NodeId]:
        path: list[NodeId] = []
        while len(path) <= _PATH_SHOWN:
            record = self._records[head]
            if not record.children:
                path.append(record.spec.id)
            followers = self._successors[head]
            if not followers:
                break
            head = max(followers, key=self._levels.__getitem__)
        return path


def _runnable(records: Sequence[NodeRecord]) -> list[NodeRecord]:
    """The open nodes but for those that wait, directly or not, for a blocked one."""
    held = {one.spec.id for one in records if one.status is NodeStatus.BLOCKED}
    found = [one for one in records if one.status not in ENDED]
    if not held:
        return found
    successors = _successors(found)
    queue = [number for number, one in enumerate(found) if not held.isdisjoint((*one.spec.needs, *one.children))]
    reached = set(queue)
    for number in queue:  # grows while it is walked
        fresh = [one for one in successors[number] if one not in reached]
        reached.update(fresh)
        queue += fresh
    return [one for number, one in enumerate(found) if number not in reached]


def _weights(
    records: Sequence[NodeRecord],
    durations: Mapping[NodeId, float],
    *,
    kind_work: Mapping[str, tuple[int, float]],
) -> list[float]:
    ended = sum(number for number, _ in kind_work.values())
    average = sum(seconds for _, seconds in kind_work.values()) / ended if ended else 0.0
    kinds = {kind: seconds / number for kind, (number, seconds) in kind_work.items()}

    def weight(record: NodeRecord) -> float:
        if record.children:
            return 0.0
        known = durations.get(record.spec.id)
        return kinds.get(record.spec.kind, average) if known is None else known

    return [weight(record) for record in records]


def _successors(records: Sequence[NodeRecord]) -> list[list[int]]:
    """Open nodes only: who comes after whom, a parent after its children."""
    index = {record.spec.id: number for number, record in enumerate(records)}
    successors: list[list[int]] = [[] for _ in records]
    for number, record in enumerate(records):
        for before in (*record.spec.needs, *record.children):
            if before in index:
                successors[index[before]].append(number)
    return successors
