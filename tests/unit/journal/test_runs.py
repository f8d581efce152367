import json
import os
from collections.abc import Callable
from pathlib import Path

import anyio
import pytest

from orchestrator.domain.events import NodeStarted, RunEnded
from orchestrator.domain.ids import NodeId, RunId
from orchestrator.domain.status import RunStatus
from orchestrator.errors import JournalDamagedError, JournalError
from orchestrator.journal.committer import write_header
from orchestrator.journal.database import create
from orchestrator.journal.layout import JOURNAL, store_of
from orchestrator.journal.runs import list_runs, read_header, summary_of
from orchestrator.journal.schema import run_schema
from orchestrator.journal.writer import JournalWriter, create_writer, open_writer


def work_on(store: Path, work: Callable[[JournalWriter], None]) -> None:
    async def run() -> None:
        async with open_writer(store, RunId("r1")) as journal:
            work(journal)
            await journal.durable()

    anyio.run(run)


def test_a_folder_without_runs_lists_none(tmp_path: Path) -> None:
    assert list_runs(tmp_path) == []


def test_a_finished_run_is_listed_with_its_end(store: Path) -> None:
    (found,) = list_runs(store.parents[1])
    assert (found.run, found.store, found.events, found.last_at) == ("r1", store, 82, 4.0)
    assert found.header == {"run": "r1", "workflow": "build"}
    assert (found.status, found.owner, found.problem) == (RunStatus.SUCCEEDED, None, "")


def test_a_killed_run_has_no_status(store: Path) -> None:
    work_on(store, lambda journal: journal.append(NodeStarted(5.0, NodeId("node-1"))))
    assert (summary_of(store).status, summary_of(store).last_at) == (None, 5.0)


def test_a_run_that_is_worked_on_names_its_engine(store: Path) -> None:
    def look(journal: JournalWriter) -> None:
        found = summary_of(store)
        assert (found.owner, found.status) == (journal.owner, None)

    work_on(store, look)


def test_the_run_with_the_latest_event_comes_first(store: Path) -> None:
    async def run(name: str, at: float) -> None:
        async with create_writer(store.parent / name, RunId(name)) as journal:
            journal.append(RunEnded(at, RunStatus.FAILED))

    for name, at in (("later", 9.0), ("earlier", 1.0)):
        anyio.run(run, name, at)
    create(_made(store.parent / "empty") / JOURNAL, run_schema(), fill=lambda one: write_header(one, {"run": "empty"}))
    assert [one.run for one in list_runs(store.parents[1])] == ["later", "r1", "earlier", "empty"]


def test_a_run_that_cannot_be_read_is_listed_with_its_problem(store: Path) -> None:
    _made(store.parent / "half-made")
    os.truncate(store / JOURNAL, 700)
    (store.parent / "a-file").touch()
    half_made, damaged = list_runs(store.parents[1])
    assert (half_made.run, half_made.problem) == ("half-made", f"{half_made.store / JOURNAL}: there is no journal")
    assert (damaged.run, damaged.header) == ("r1", {})
    assert "damaged" in damaged.problem


def test_a_journal_that_does_not_say_whose_it_is_is_damaged(tmp_path: Path) -> None:
    create(tmp_path / JOURNAL, run_schema())
    with pytest.raises(JournalDamagedError, match="does not say whose journal it is"):
        read_header(tmp_path)


def test_a_state_folder_that_is_a_file_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "runs").touch()
    with pytest.raises(JournalError, match=r"runs: Not a directory\Z"):
        list_runs(tmp_path)


def test_the_place_of_a_run_is_below_the_state_folder(store: Path) -> None:
    assert store_of(store.parents[1], RunId("r1")) == store
    assert json.loads((store / "lock").read_text())["epoch"] == 1


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
