"""What is drawn: nodes and edges with their words, and nothing of how a format writes them."""

from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.domain.node import NodeSpec, Wanted
from orchestrator.domain.plan import Plan
from orchestrator.errors import GraphError

TOLERANT = frozenset({Wanted.ANY.value, Wanted.SKIPPED_OK.value})
"""What an edge may want and still let the node start after a need that did not succeed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One box.

    Attributes:
        label: what a person reads; any text. notes: short facts beside the kind, in order.
        status: a word of :class:`~orchestrator.domain.status.NodeStatus`, or ``""`` for a plan that has not run.
    """

    id: str
    label: str
    kind: str = ""
    status: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """``target`` needs ``source``; ``wanted`` is what it wants of it, ``""`` where the node's join decides."""

    source: str
    target: str
    wanted: str = ""

    @property
    def tolerant(self) -> bool:
        """Whether the target may start although the source did not succeed."""
        return self.wanted in TOLERANT


@dataclass(frozen=True, slots=True)
class Drawing:
    """A titled graph.

    Raises:
        GraphError: two nodes share an id, or an edge ends at no node.
    """

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...] = ()

    def __post_init__(self) -> None:
        known = {node.id for node in self.nodes}
        if len(known) < len(self.nodes):
            raise GraphError("two nodes of a drawing share an id")
        for edge in self.edges:
            if missing := {edge.source, edge.target} - known:
                raise GraphError(f"an edge of a drawing ends at {min(missing)!r}, which is no node")


def plan_drawing(plan: Plan, statuses: Mapping[str, str] | None = None) -> Drawing:
    """The drawing of a plan's top level: what a node would add while running is told in its notes.

    Args:
        plan: checked, so that its needs name its nodes.
        statuses: node id -> status, for the nodes that have one.
    """
    known = statuses or {}
    edges = [
        Edge(need, node.id, "" if wanted is Wanted.JOIN else wanted.value)
        for node in plan.nodes
        for need, wanted in node.needs.items()
    ]
    return Drawing(plan.name, tuple(_node(spec, known.get(spec.id, "")) for spec in plan.nodes), tuple(edges))


def _node(spec: NodeSpec, status: str) -> Node:
    facts = (
        ("for each", spec.foreach is not None),
        ("if", bool(spec.condition)),
        (f"{len(spec.children)} inside", bool(spec.children)),
    )
    notes = tuple(text for text, holds in facts if holds)
    return Node(id=spec.id, label=spec.name or spec.id, kind=spec.kind, status=status, notes=notes)
