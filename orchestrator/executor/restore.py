"""Bringing a machine and a board to where earlier engines left a run. Nothing is decided or told here."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace

from orchestrator.domain.events import NodeExpanded
from orchestrator.domain.ids import NodeId
from orchestrator.domain.outcome import Expanded
from orchestrator.domain.recovered import NodeRecord, Recovered
from orchestrator.domain.status import NodeStatus
from orchestrator.executor.board import Board
from orchestrator.executor.machine import Machine
from orchestrator.executor.policy import Tries
from orchestrator.executor.transitions import PHASE

Expand = Callable[[int, int, Expanded], None]
"""The engine's own way to add children: ``(node, step, expansion)``."""

OUT_OF_MINUTES = "limits.minutes: "
"""How the reason begins with which a node ends that the run had no time left for."""


def restore(recovered: Recovered, *, machine: Machine, board: Board, expand: Expand) -> dict[int, Tries]:
    """Replay expansions and ends into ``machine`` and ``board``, which hold the plan's nodes already.

    Returns:
        What each node has used up of its attempts. The machine still has to be told to resume.
    """
    machine.replay()
    for expansion in _in_order(recovered):
        number = board.numbers[expansion.node]
        machine.recorded_start(number)
        expand(number, expansion.step, _again(expansion))
    tries: dict[int, Tries] = {}
    for record in recovered.nodes.values():
        number = board.numbers[record.spec.id]
        _restore_end(record, number, machine=machine, board=board)
        if record.attempt and record.end is None:
            tries[number] = used_up(record)
        if record.status == NodeStatus.READY:
            machine.recorded_attempt(number, is_over=_awaits_retry(record))
    return tries


def standing_failures(recovered: Recovered) -> list[NodeId]:
    """The failed nodes that may stop others, in the order in which they failed: no child of a step that is over."""
    failed = [record for record in recovered.nodes.values() if record.status == NodeStatus.FAILED]
    failed.sort(key=lambda record: record.ended_as)
    waiting = [one for one in recovered.nodes.values() if one.expansions and one.end is None]
    current = {child.id for one in waiting for child in one.expansions[-1].children}
    return [record.spec.id for record in failed if record.parent is None or record.spec.id in current]


def limit_hit(recovered: Recovered) -> str:
    """The limit for which an earlier engine left nodes undone that still are; ``""`` where there is none."""
    stopped = (NodeStatus.SKIPPED, NodeStatus.CANCELLED)
    reasons = (one.end.reason for one in recovered.nodes.values() if one.end and one.end.status in stopped)
    return next((reason for reason in reasons if reason.startswith(OUT_OF_MINUTES)), "")


def _in_order(recovered: Recovered) -> Iterator[NodeExpanded]:
    """Every expansion after those whose children its own may need, as they were told: nodes are in that order."""
    left = {node: deque(record.expansions) for node, record in recovered.nodes.items() if record.expansions}
    known: set[NodeId] = set()
    for node, record in recovered.nodes.items():
        while record.parent is not None and node not in known:
            expansion = left[record.parent].popleft()
            known.update(child.id for child in expansion.children)
            yield expansion
    for childless in left.values():
        yield from childless


def _awaits_retry(record: NodeRecord) -> bool:
    return bool(record.failures) and record.failures[-1].attempt == record.attempt


def _again(expansion: NodeExpanded) -> Expanded:
    return Expanded(expansion.children, expansion.max_parallel, expansion.fail_fast, expansion.notes)


def _restore_end(record: NodeRecord, number: int, *, machine: Machine, board: Board) -> None:
    if record.end is None:
        return
    if record.end.outputs:
        board.outputs[number] = record.end.outputs
    board.reasons[number] = record.end.reason
    machine.recorded_end(number, PHASE[record.end.status])


def used_up(record: NodeRecord) -> Tries:
    """What the node's next attempt, or its next step, starts from.

    An attempt that an engine's death cut short counts for its number only, never against the policy; one that
    has recorded facts of itself goes on under its own number.
    """
    tries = Tries()
    for failure in record.failures:
        tries = tries.after(failure.kind)
    goes_on = record.status == NodeStatus.RUNNING or (record.recovered and bool(record.facts))
    before = record.attempt - 1 if goes_on else record.attempt
    return replace(tries, lost=before - tries.number)
