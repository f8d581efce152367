"""Why a node that has not ended has not: derived from its needs, its children and how the run ended."""

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.domain.ids import NodeId
from orchestrator.domain.status import ENDED, NodeStatus
from orchestrator.report.record import NodeRecord
from orchestrator.report.state import RunState


def reasons_of_open_nodes(state: RunState) -> dict[NodeId, str]:
    """For every node that has not ended, in order, one line why; never empty.

    The words fit a run that nobody works on (it ended, was killed, or is open again), and one of which
    :attr:`RunState.is_alive` says that an engine does. Linear in nodes and needs.
    """
    causes = _Causes(state)
    return {node: causes.reason(node) for node, record in state.nodes.items() if record.status not in ENDED}


def reason_of(record: NodeRecord, derived: dict[NodeId, str]) -> str:
    """What to say about a node once the run is over: what its end said, else what was derived."""
    return record.reason if record.status in ENDED else derived.get(record.spec.id, record.reason)


@dataclass(frozen=True, slots=True)
class _Words:
    """What is said of a node that is at work, of what waits for one, and of one that has no other reason."""

    busy: str
    behind_busy: str
    given_back: str
    untouched: str


def _words(state: RunState) -> _Words:
    if state.is_alive and not state.status:
        return _Words("at work", "is at work", "waits for a worker", "not started yet")
    if state.is_opened:
        return _Words("open again", "is open again", "open again", "not started yet")
    end = "the run ended" if state.status else _BROKEN_OFF
    return _Words(
        f"unfinished when {end}",
        f"was running when {end}",
        f"given back unfinished when {end}",
        f"not started: {state.reason or state.status or _BROKEN_OFF}",
    )


class _Causes:
    """Follows each open node to the one that everything waits for."""

    def __init__(self, state: RunState) -> None:
        self._state = state
        self._roots: dict[NodeId, NodeId] = {}
        self._words = _words(state)

    def root(self, node: NodeId) -> NodeId:
        path: dict[NodeId, None] = {}
        while node not in self._roots:
            path[node] = None
            holder = self._holder(node)
            if holder is None or holder in path:  # a cycle can only come from a damaged record
                self._roots[node] = node
            else:
                node = holder
        self._roots.update(dict.fromkeys(path, self._roots[node]))
        return self._roots[node]

    def _holder(self, node: NodeId) -> NodeId | None:
        """What ``node`` waits for directly: a blocked node where there is one, else the first open one."""
        record = self._state.nodes[node]
        if record.status is NodeStatus.BLOCKED:
            return None
        holders = list(self._open((*record.spec.needs, *record.children)))
        blocked = (one for one in holders if self._state.nodes[one].status is NodeStatus.BLOCKED)
        return next(blocked, holders[0] if holders else None)

    def _open(self, others: tuple[NodeId, ...]) -> Iterator[NodeId]:
        for other in others:
            record = self._state.nodes.get(other)
            if record is not None and (record.status not in ENDED or record.status is NodeStatus.BLOCKED):
                yield other

    def reason(self, node: NodeId) -> str:
        record, root = self._state.nodes[node], self.root(node)
        held_by = self._state.nodes[root]
        if root != node and held_by.status is NodeStatus.BLOCKED:
            return f"waits for {root}, which is blocked"
        if root != node and held_by.status is NodeStatus.RUNNING:
            return f"waits for {root}, which {self._words.behind_busy}"
        if record.status is NodeStatus.RUNNING:
            return self._words.busy
        if record.retry_at is not None:
            return f"waits to be tried again: {record.reason}"
        if record.attempts:
            return record.reason or self._words.given_back
        return self._words.untouched


_BROKEN_OFF = "the record of the run broke off"
