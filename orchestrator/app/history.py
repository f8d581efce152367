"""Earlier runs: what happened in them, and opening some of it again."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from orchestrator.domain.events import Answered, Event, NodeReopened
from orchestrator.domain.ids import NodeId, RunId
from orchestrator.domain.recovered import NodeRecord, Recovered
from orchestrator.domain.status import ENDED, NodeStatus
from orchestrator.errors import InputError, JournalDamagedError, Problem
from orchestrator.journal.layout import store_of
from orchestrator.journal.reader import read
from orchestrator.journal.reopen import reopened
from orchestrator.journal.replay import fold
from orchestrator.journal.runs import RunSummary, list_runs
from orchestrator.journal.writer import open_writer


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a wish to open something came to: the node meant, and every node that is open again."""

    node: NodeId
    opened: tuple[NodeId, ...]


def runs_of(state: Path) -> list[RunSummary]:
    """Every run below ``state``, the one with the latest event first.

    Raises:
        JournalError: the folder cannot be read.
    """
    return list_runs(state)


def events_of(state: Path, run: RunId) -> list[Event]:
    """Everything that happened in a run, in order; also while an engine works on it.

    Raises:
        JournalError: it cannot be read.
    """
    return [recorded.event for recorded in read(store_of(state, run))]


async def reopen(state: Path, run: RunId, *, node: str, at: float) -> Told:
    """Open ``node`` again, with all that ended badly because of it. The next resume runs them.

    Raises:
        InputError: there is no such node, or it has not ended, or it succeeded and nothing depends on running it again.
        JournalError: it cannot be written, or an engine works on the run.
    """

    def wish(record: NodeRecord, recovered: Recovered) -> NodeReopened:
        _must_have_ended(record)
        return NodeReopened(at, record.spec.id, "retried", reopened(record.spec.id, recovered.nodes))

    return await _append(state, run, node=node, wish=wish)


async def answer(state: Path, run: RunId, *, node: str, approve: bool | None, text: str, at: float) -> Told:
    """Answer the question of a blocked node. The next resume goes on with it.

    Raises:
        InputError: there is no such node, or it asks nothing.
        JournalError: it cannot be written, or an engine works on the run.
    """

    def wish(record: NodeRecord, recovered: Recovered) -> Answered:
        if record.status != NodeStatus.BLOCKED:
            raise _refusal(record, "asks nothing", hint="rung show tells which nodes are blocked")
        return Answered(at, record.spec.id, approve, text, reopened(record.spec.id, recovered.nodes))

    return await _append(state, run, node=node, wish=wish)


async def _append(
    state: Path, run: RunId, *, node: str, wish: Callable[[NodeRecord, Recovered], NodeReopened | Answered]
) -> Told:
    store = store_of(state, run)
    async with open_writer(store, run) as journal:
        recovered = fold(recorded.event for recorded in journal.read())
        if recovered is None:
            raise JournalDamagedError("the run never began", path=str(store))
        event = wish(_record(recovered, node), recovered)
        journal.append(event)
        await journal.durable()
    return Told(node=event.node, opened=tuple(event.opened))


def _record(recovered: Recovered, node: str) -> NodeRecord:
    record = recovered.nodes.get(NodeId(node))
    if record is None:
        from difflib import get_close_matches

        near = get_close_matches(node, recovered.nodes, 1)
        hint = f"did you mean {near[0]}?" if near else "rung show lists the nodes"
        raise InputError([Problem(what=f"the run has no node {node!r}", hint=hint)])
    return record


def _must_have_ended(record: NodeRecord) -> None:
    if record.status not in ENDED:
        raise _refusal(record, f"has not ended: it is {record.status}", hint="rung resume goes on with it")
    if record.status == NodeStatus.SUCCEEDED:
        raise _refusal(record, "succeeded; work that succeeded is not run again", hint="start a new run instead")


def _refusal(record: NodeRecord, what: str, *, hint: str) -> InputError:
    return InputError([Problem(what=f"node {record.spec.id} {what}", hint=hint)])
