"""Bringing a machine and a board to where earlier engines left a run. Nothing is decided or told here."""

from collections.abc import Callable

from orchestrator.domain.events import NodeExpanded
from orchestrator.domain.outcome import Expanded
from orchestrator.domain.recovered import NodeRecord, Recovered
from orchestrator.domain.status import NodeStatus
from orchestrator.executor.board import Board
from orchestrator.executor.machine import Machine
from orchestrator.executor.policy import Tries
from orchestrator.executor.transitions import PHASE

Expand = Callable[[int, int, Expanded], None]
"""The engine's own way to add children: ``(node, step, expansion)``."""


def restore(recovered: Recovered, *, machine: Machine, board: Board, expand: Expand) -> dict[int, Tries]:
    """Replay expansions and ends into ``machine`` and ``board``, which hold the plan's nodes already.

    Returns:
        What each node has used up of its attempts. The machine still has to be told to resume.
    """
    machine.replay()
    for record in recovered.nodes.values():
        for expansion in record.expansions:
            number = board.numbers[record.spec.id]
            machine.recorded_start(number)
            expand(number, expansion.step, _again(expansion))
    tries: dict[int, Tries] = {}
    for record in recovered.nodes.values():
        number = board.numbers[record.spec.id]
        _restore_end(record, number, machine=machine, board=board)
        if record.attempt:
            tries[number] = used_up(record)
    return tries


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
    return Tries(tries.counted, tries.transient, before - tries.counted - tries.transient)
