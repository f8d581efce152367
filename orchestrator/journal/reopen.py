"""Which nodes are open again when a person wants one of them run again, or answers its question.

Nothing that succeeded is opened, except the parents of what is: their last step judges their children anew.

* The node itself, and of an expanded node the children of its last expansion that did not succeed. Where all
  of these succeeded (a loop that used up its iterations) the node starts afresh, without its expansions.
* What needs an opened node and did not succeed itself, in the same way.
* The parent of an opened node, which drops what it decided after that child, but not the child's siblings.
* What was skipped or cancelled because the node failed fast, except below a parent that succeeded anyway.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

from orchestrator.domain.ids import NodeId
from orchestrator.domain.recovered import NodeRecord
from orchestrator.domain.status import NodeStatus

_UNSUCCESSFUL = frozenset({NodeStatus.SKIPPED, NodeStatus.CANCELLED, NodeStatus.FAILED, NodeStatus.BLOCKED})


def reopened(target: NodeId, nodes: Mapping[NodeId, NodeRecord]) -> dict[NodeId, int]:
    """The nodes that are open again -> how many of their expansions are kept.

    Raises:
        KeyError: ``target`` is not among ``nodes``.
    """
    dependents = _dependents(nodes)
    opened: set[NodeId] = set()
    redone = [target, *_casualties(nodes, target)]
    for node in redone:  # grows while it is walked
        if node in opened:
            continue
        opened.add(node)
        redone += _children_to_redo(nodes[node], nodes)
        parent = nodes[node].parent
        redone += _to_redo(dependents.get(node, ()), nodes)
        while parent is not None and parent not in opened:
            opened.add(parent)
            redone += _to_redo(dependents.get(parent, ()), nodes)
            parent = nodes[parent].parent
    return {node: _kept(nodes[node], opened) for node in nodes if node in opened}


def _dependents(nodes: Mapping[NodeId, NodeRecord]) -> Mapping[NodeId, list[NodeId]]:
    found: dict[NodeId, list[NodeId]] = {}
    for node, record in nodes.items():
        for need in record.spec.needs:
            found.setdefault(need, []).append(node)
    return found


def _to_redo(candidates: Iterable[NodeId], nodes: Mapping[NodeId, NodeRecord]) -> list[NodeId]:
    return [node for node in candidates if nodes[node].status in _UNSUCCESSFUL]


def _children_to_redo(record: NodeRecord, nodes: Mapping[NodeId, NodeRecord]) -> list[NodeId]:
    return _to_redo((spec.id for spec in record.expansions[-1].children), nodes) if record.expansions else []


def _casualties(nodes: Mapping[NodeId, NodeRecord], target: NodeId) -> Iterator[NodeId]:
    """What the failure of ``target`` stopped; the executor gives that as their reason."""
    for node, record in nodes.items():
        is_casualty = record.end is not None and record.end.reason == f"fail-fast: {target} failed"
        if is_casualty and (record.parent is None or nodes[record.parent].status != NodeStatus.SUCCEEDED):
            yield node


def _kept(record: NodeRecord, opened: Collection[NodeId]) -> int:
    """Expansions up to the first one with an opened child: what was decided later was built on that child's end."""
    for step, expansion in enumerate(record.expansions, 1):
        if any(spec.id in opened for spec in expansion.children):
            return step
    return 0
