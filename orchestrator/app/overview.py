"""What a list of runs says about each of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from orchestrator.domain.events import Answered, Event, NodeReopened, RunEnded
from orchestrator.domain.ids import RunId
from orchestrator.domain.status import NodeStatus
from orchestrator.errors import JournalError
from orchestrator.journal.reader import read
from orchestrator.journal.runs import RunSummary, list_runs
from orchestrator.report import RunState


class Standing(StrEnum):
    """Where a run stands: how it ended, or why there is no end."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    PARTIAL = "partial"
    BLOCKED = "blocked"
    BUDGET = "budget"
    INTERRUPTED = "interrupted"
    RUNNING = "running"
    """An engine works on it."""
    KILLED = "killed"
    """Its engine is gone and has recorded no end."""
    OPENED = "opened"
    """A person has answered a question or opened a node, and no engine has taken it up since."""
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOverview:
    """One run in a list.

    Attributes:
        store: the folder that holds it.
        workflow: its name; ``""`` where it cannot be read.
        pid: of the engine that works on it; 0 where none does.
        started: seconds since the epoch; ``None`` where it never began. last_at: of the latest event, 0.0 for none.
        nodes: how many nodes have each status; empty where it cannot be read.
        seconds: for which engines have worked on it, up to the latest event.
        problem: why it cannot be read, one line; ``""`` where it can.
    """

    run: RunId
    store: Path
    standing: Standing
    workflow: str = ""
    pid: int = 0
    started: float | None = None
    last_at: float = 0.0
    nodes: Mapping[NodeStatus, int] = field(default_factory=dict)
    seconds: float = 0.0
    problem: str = ""


def overviews(state: Path, most: int = 0) -> list[RunOverview]:
    """The runs below ``state``, the one with the latest event first.

    Args:
        state: the folder of the runs.
        most: at most so many that can be read (0: all). What cannot be read is never left out.

    Raises:
        JournalError: the folder cannot be read.
    """
    summaries = list_runs(state)
    readable = [one for one in summaries if not one.problem]
    shown = readable[: most or None] + [one for one in summaries if one.problem]
    return [overview(one) for one in shown]


def overview(summary: RunSummary) -> RunOverview:
    """One run, from all of its events; never raises a :class:`JournalError`."""
    try:
        events = [] if summary.problem else [recorded.event for recorded in read(summary.store)]
    except JournalError as error:
        return RunOverview(run=summary.run, store=summary.store, standing=Standing.UNREADABLE, problem=str(error))
    told = RunState()
    for event in events:
        told.on_event(event)
    return RunOverview(
        run=summary.run,
        store=summary.store,
        standing=standing_of(summary, events),
        workflow=summary.header.get("workflow", ""),
        pid=summary.owner.pid if summary.owner else 0,
        started=told.started,
        last_at=told.last_at,
        nodes={} if summary.problem else dict(told.counts),
        seconds=told.seconds(),
        problem=summary.problem,
    )


def standing_of(summary: RunSummary, events: Sequence[Event]) -> Standing:
    """Where a run stands, as its lock and its events tell it."""
    if summary.problem:
        return Standing.UNREADABLE
    if summary.owner:
        return Standing.RUNNING
    last = events[-1] if events else None
    if isinstance(last, RunEnded):
        return Standing(last.status.value)
    return Standing.OPENED if isinstance(last, Answered | NodeReopened) else Standing.KILLED
