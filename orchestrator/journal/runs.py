"""Which runs there are, from their headers and last events alone."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from orchestrator.domain.events import RunEnded
from orchestrator.domain.ids import RunId
from orchestrator.domain.status import RunStatus
from orchestrator.errors import JournalDamagedError, JournalError
from orchestrator.journal.database import open_for_reading
from orchestrator.journal.faults import named
from orchestrator.journal.layout import JOURNAL, RUNS
from orchestrator.journal.lock import Owner, owner_of
from orchestrator.journal.queries import sql
from orchestrator.journal.reader import event_of
from orchestrator.journal.schema import run_schema


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One run at a glance.

    Attributes:
        run: its id; the folder's name where the journal cannot be read.
        store: its folder.
        header: as given when the run was created; empty where it cannot be read.
        events: how many are recorded.
        last_at: when the last one happened, seconds since the epoch; 0.0 where there is none.
        status: how the last engine's work on it ended; ``None`` where one works on it, or was killed.
        owner: the engine that works on it now.
        problem: why it cannot be read, one line; ``""`` where it can.
    """

    run: RunId
    store: Path
    header: Mapping[str, str]
    events: int = 0
    last_at: float = 0.0
    status: RunStatus | None = None
    owner: Owner | None = None
    problem: str = ""


def list_runs(state: Path) -> list[RunSummary]:
    """Every run below the state folder, the one with the latest event first; none where there is no such folder.

    A run that cannot be read is listed with its problem, never left out.

    Raises:
        JournalError: the folder of the runs cannot be read.
    """
    folder = state / RUNS
    with named(folder):
        stores = [entry for entry in folder.iterdir() if entry.is_dir()] if folder.exists() else []
    found = [summary_of(store) for store in stores]
    return sorted(found, key=lambda one: (-one.last_at, one.run))


def summary_of(store: Path) -> RunSummary:
    """One run at a glance; never raises a :class:`JournalError`."""
    try:
        return _summary(store)
    except JournalError as error:
        return RunSummary(run=RunId(store.name), store=store, header={}, problem=str(error))


def read_header(store: Path) -> Mapping[str, str]:
    """What was written when the run was created; ``run``, its id, is always there.

    Raises:
        JournalError: the journal is missing, foreign, damaged, too new, or cannot be read.
    """
    path = store / JOURNAL
    with closing(open_for_reading(path, run_schema())) as connection:
        return _header(connection, path)


def _header(connection: sqlite3.Connection, path: Path) -> Mapping[str, str]:
    with named(path):
        rows = connection.execute(sql("select_meta")).fetchall()
    header = {key.decode(errors="replace"): value.decode(errors="replace") for key, value in rows}
    if "run" not in header:
        raise JournalDamagedError("it does not say whose journal it is", path=str(path), hint="restore it from a copy")
    return header


def _summary(store: Path) -> RunSummary:
    path = store / JOURNAL
    owner = owner_of(store)
    with closing(open_for_reading(path, run_schema())) as connection:
        header = _header(connection, path)
        with named(path):
            last = connection.execute(sql("select_last_event")).fetchone()
    event = event_of(last, path, seq=last[0]) if last else None
    return RunSummary(
        run=RunId(header["run"]),
        store=store,
        header=header,
        events=last[0] if last else 0,
        last_at=event.at if event else 0.0,
        status=event.status if isinstance(event, RunEnded) and not owner else None,
        owner=owner,
    )
