"""Why a node stands where it stands: its story, what it needed, and what stands behind it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from orchestrator.app.earlier import EarlierRun
from orchestrator.app.storyline import Step, steps_of
from orchestrator.domain.ids import NodeId, RunId
from orchestrator.domain.node import Join, Wanted
from orchestrator.domain.status import NodeStatus
from orchestrator.errors import InputError, Problem
from orchestrator.report import NodeRecord, RunState
from orchestrator.report.story import evidence
from orchestrator.report.waiting import reason_of, reasons_of_open_nodes


@dataclass(frozen=True, slots=True)
class Other:
    """A node that has to do with the explained one, and where it stands.

    ``wanted`` is what the explained node wants of it; ``JOIN`` where that is no need of it.
    """

    node: NodeId
    status: NodeStatus
    reason: str
    wanted: Wanted = Wanted.JOIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything that a run's events tell about one node.

    Attributes:
        source: the workflow file as it was named, ``""`` for none.
        record: the node as reports see it, with all of its attempts.
        reason: why it stands where it stands; empty where it succeeded.
        needs: in the author's order.
        steps: what happened to it, oldest first.
        evidence: the last lines that its command printed before it failed; empty where it did not.
        behind: what did not succeed among the nodes that wait for it, directly or not, and the nodes that added it.
            Empty for a node that succeeded.
    """

    run: RunId
    workflow: str
    source: str
    record: NodeRecord
    reason: str
    needs: tuple[Other, ...]
    steps: tuple[Step, ...]
    evidence: tuple[str, ...]
    behind: tuple[Other, ...]

    @property
    def join(self) -> Join:
        """Which ends of its needs let it start."""
        return self.record.spec.join

    @property
    def condition(self) -> str:
        """The expression of its ``if``; ``""`` where it has none."""
        return self.record.spec.condition


def explain(earlier: EarlierRun, node: str) -> Explanation:
    """Why ``node`` of a run stands where it stands. Linear in the events and the nodes.

    Raises:
        InputError: the run has no such node; the problem names a near miss.
    """
    told = earlier.told()
    record = told.nodes.get(NodeId(node))
    if record is None:
        raise InputError([_unknown(node, told.nodes)])
    others = _Others(told)
    return Explanation(
        run=earlier.run,
        workflow=told.name,
        source=told.plan.source if told.plan else "",
        record=record,
        reason=others.reason(record),
        needs=tuple(others.other(need, wanted) for need, wanted in record.spec.needs.items()),
        steps=tuple(steps_of(record.spec.id, earlier.events)),
        evidence=tuple(evidence(record)),
        behind=tuple(others.behind(record.spec.id)),
    )


def _unknown(node: str, nodes: Mapping[NodeId, NodeRecord]) -> Problem:
    from difflib import get_close_matches

    near = get_close_matches(node, nodes, 1)
    hint = f"did you mean {near[0]}?" if near else f"there are: {_some(list(nodes))}"
    return Problem(what=f"the run has no node {node!r}", hint=hint)


def _some(nodes: Sequence[NodeId], most: int = 10) -> str:
    more = f" and {len(nodes) - most:,} more" if len(nodes) > most else ""
    return (", ".join(nodes[:most]) or "none") + more


class _Others:
    """Looks other nodes of the run up."""

    def __init__(self, told: RunState) -> None:
        self._nodes = told.nodes
        self._derived = reasons_of_open_nodes(told)
        self._followers: dict[NodeId, list[NodeId]] = {}
        for record in told.nodes.values():
            for need in record.spec.needs:
                self._followers.setdefault(need, []).append(record.spec.id)

    def reason(self, record: NodeRecord) -> str:
        return reason_of(record, self._derived)

    def other(self, node: NodeId, wanted: Wanted = Wanted.JOIN) -> Other:
        record = self._nodes[node]
        return Other(node, record.status, self.reason(record), wanted)

    def behind(self, node: NodeId) -> Iterator[Other]:
        """Breadth first, so that what waits directly comes first; each node once."""
        if self._nodes[node].status is NodeStatus.SUCCEEDED:
            return
        queue = [node]
        seen = {node}
        for one in queue:  # grows while it is walked
            for other in self._after(one):
                if other not in seen and self._nodes[other].status is not NodeStatus.SUCCEEDED:
                    seen.add(other)
                    queue.append(other)
                    yield self.other(other)

    def _after(self, node: NodeId) -> Iterator[NodeId]:
        yield from self._followers.get(node, ())
        parent = self._nodes[node].parent
        if parent is not None:
            yield parent
