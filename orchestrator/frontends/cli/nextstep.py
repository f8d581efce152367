"""Which commands bring a run or a node further, for the person who has just read how it stands."""

import shlex

from orchestrator.app import YES_OR_NO
from orchestrator.domain.status import ENDED, NodeStatus, RunStatus
from orchestrator.report import NodeRecord, RunState


def next_for_run(state: RunState) -> str:
    """A command a line; ``""`` where an engine works on the run or there is nothing to go on with."""
    if state.is_alive:
        return ""
    resume = f"rung resume {_word(state.run)}"
    if state.blocked:
        questions = [state.nodes[node] for node in state.blocked]
        return "\n".join([*(_answer(state, one) for one in questions[:1]), resume])
    return resume if state.status in {None, RunStatus.INTERRUPTED} else ""


def next_for_node(state: RunState, record: NodeRecord) -> str:
    """As :func:`next_for_run`, for one node; ``""`` for one that succeeded too."""
    if state.is_alive:
        return ""
    resume = f"rung resume {_word(state.run)}"
    if record.status is NodeStatus.BLOCKED:
        return f"{_answer(state, record)}\n{resume}"
    if record.status is NodeStatus.FAILED:
        return f"rung retry {_word(record.spec.id)} --run {_word(state.run)}  # once the cause is mended"
    return resume if record.status not in ENDED and not state.blocked else ""


def _answer(state: RunState, record: NodeRecord) -> str:
    said = "approve  # or: reject" if record.spec.kind in YES_OR_NO else "TEXT"
    return f"rung answer {_word(state.run)} {_word(record.spec.id)} {said}"


def _word(text: str) -> str:
    return shlex.quote(text)
