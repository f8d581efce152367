"""An earlier run that somebody wants to see, to explain or to go on with."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestrator.app.overview import Standing, standing_of
from orchestrator.app.stores import find_run, moves_of
from orchestrator.domain.events import Event
from orchestrator.domain.ids import RunId
from orchestrator.domain.recovered import NodeRecord, Recovered
from orchestrator.domain.status import NodeStatus, RunStatus
from orchestrator.errors import InputError, JournalDamagedError, Problem
from orchestrator.journal.reader import read
from orchestrator.journal.replay import fold
from orchestrator.journal.runs import RunSummary
from orchestrator.report import RunState

YES_OR_NO = frozenset({"gate"})
"""Kinds of nodes whose question is answered by approving or rejecting; any other takes a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierRun:
    """One run with all of its events, as they were when it was read."""

    summary: RunSummary
    events: Sequence[Event]
    recovered: Recovered

    @property
    def run(self) -> RunId:
        """Its id."""
        return self.summary.run

    @property
    def standing(self) -> Standing:
        """Where it stands."""
        return standing_of(self.summary, self.events)

    @property
    def folder(self) -> Path:
        """The directory that the run was started in, where its commands run and its reports go.

        Raises:
            InputError: there is no such directory any more.
        """
        folder = Path(self.summary.header.get("cwd", ""))
        if not folder.is_absolute() or not folder.is_dir():
            what = "the directory that the run was started in is gone"
            raise InputError([Problem(file=str(folder), what=what, hint="restore it, or start a new run")])
        return folder

    @property
    def questions(self) -> list[NodeRecord]:
        """The nodes that wait for a person, in the order in which they were announced."""
        return [one for one in self.recovered.nodes.values() if one.status == NodeStatus.BLOCKED]

    @property
    def over(self) -> RunStatus | None:
        """How the run ended, where going on with it would do nothing; ``None`` where there is something left.

        A blocked run has nothing left until one of its questions is answered.
        """
        ended = self.recovered.ended
        return None if ended is None or ended.status == RunStatus.INTERRUPTED else ended.status

    def told(self) -> RunState:
        """The run as its reports see it.

        Raises:
            RepositoryError: it cannot be told whether its result was applied.
        """
        state = RunState()
        for event in self.events:
            state.on_event(event)
        state.is_alive = self.summary.owner is not None
        state.is_applied = bool(moves_of(self.summary.store).done)
        return state


def earlier_run(state: Path, named: str) -> EarlierRun:
    """The run below ``state`` that ``named`` means (see :func:`orchestrator.app.find_run`).

    Raises:
        InputError: there is none, or there are several.
        JournalError: it cannot be read.
    """
    summary = find_run(state, named)
    events = [recorded.event for recorded in read(summary.store)]
    recovered = fold(events)
    if recovered is None:
        raise JournalDamagedError("the run never began", path=str(summary.store), hint="start it again with: rung run")
    return EarlierRun(summary=summary, events=events, recovered=recovered)
