"""Whether an expansion may be carried out, and what it means for the machine."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from orchestrator.domain.ids import NodeId
from orchestrator.domain.jsonvalue import JsonObject
from orchestrator.domain.node import NodeSpec
from orchestrator.domain.plan import Limits
from orchestrator.executor.admission import asks, survives
from orchestrator.executor.board import Board
from orchestrator.executor.machine import Child


@dataclass(frozen=True, slots=True)
class Expansion:
    """The last expansion of a node.

    Attributes:
        step: of the node after it; counts from 1.
        children: their numbers, in order.
        fail_fast: the first failed child stops its siblings.
        notes: for the node's next step.
    """

    step: int
    children: Sequence[int]
    fail_fast: bool = False
    notes: JsonObject = field(default_factory=dict)


def refusal(board: Board, number: int, *, children: Sequence[NodeSpec], limits: Limits) -> str:
    """Why node ``number`` may not add ``children``; ``""`` where it may."""
    if limits.nodes and len(board.specs) + len(children) > limits.nodes:
        return f"would make {len(board.specs) + len(children)} nodes; limits.nodes is {limits.nodes}"
    if limits.depth and board.depth(number) + 1 > limits.depth:
        return f"would nest {board.depth(number) + 1} deep; limits.depth is {limits.depth}"
    too_long = next((child.id for child in children if len(child.id) > NodeSpec.MAX_ID), None)
    if too_long:
        return f"would make an id of {len(too_long)} characters, more than {NodeSpec.MAX_ID}: {too_long[:60]}..."
    return _misfit(board, children)


def _misfit(board: Board, children: Sequence[NodeSpec]) -> str:
    own = {child.id for child in children}
    if len(own) != len(children):
        return "would add two nodes of one id"
    for child in children:
        if child.id in board.numbers:
            return f"node {child.id} exists already"
        for need in child.needs:
            if need not in own and need not in board.numbers:
                return f"node {child.id} would need {need}, which does not exist"
    return ""


def child_of(
    spec: NodeSpec,
    numbers: Mapping[NodeId, int],
    *,
    pools: Sequence[int],
    weight: Callable[[NodeId], float],
) -> Child:
    """``spec`` as the machine takes it; ``numbers`` already holds its siblings."""
    return Child(
        needs=tuple(numbers[need] for need in spec.needs),
        weight=weight(spec.id),
        pools=tuple(pools),
        asks=asks(spec),
        survives=survives(spec),
    )
