"""What the verbs for earlier runs refuse, and how; run in this process, by the entry of the real one."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.acceptance.conftest import Rung
from tests.acceptance.history import BUILD, ONE, checked, journal, one_line, only
from tests.acceptance.test_cli_run import GATE


@pytest.mark.parametrize(
    ("node", "said", "line"),
    [
        ("approve", "aprove", "approve is answered with approve or reject, not 'aprove' (did you mean approve?)"),
        ("approve", "later", "approve is answered with approve or reject, not 'later' (its question is: Release it?)"),
        ("release", "approve", "node release asks nothing (rung show tells which nodes are blocked)"),
        ("aprove", "approve", "the run has no node 'aprove' (did you mean approve?)"),
    ],
)
def test_an_answer_that_fits_no_question_is_refused(
    here: Rung, workflow: Callable[[str], str], state: Path, *, node: str, said: str, line: str
) -> None:
    assert here("run", workflow(GATE)).code == 5
    told = here("answer", only(state), node, said)
    assert (told.code, one_line(told)) == (2, line)
    assert " blocked " in here("runs").out


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["retry", "complie"], "the run has no node 'complie' (did you mean compile?)"),
        (["explain", "complie"], "the run has no node 'complie' (did you mean compile?)"),
        (
            ["explain", "x"],
            "the run has no node 'x' (there are: configure, compile, pack, lint)",
        ),
        (
            ["retry", "lint"],
            "node lint succeeded; work that succeeded is not run again (start a new run instead)",
        ),
        (["show", "zzz"], "no run is called 'zzz' (rung runs lists them; the newest is RUN)"),
        (["resume", "zzz"], "no run is called 'zzz' (rung runs lists them; the newest is RUN)"),
        (["explain", "lint", "--run", "zzz"], "no run is called 'zzz' (rung runs lists them; the newest is RUN)"),
        (["retry", "lint", "--run", "zzz"], "no run is called 'zzz' (rung runs lists them; the newest is RUN)"),
        (["answer", "zzz", "lint", "reject"], "no run is called 'zzz' (rung runs lists them; the newest is RUN)"),
        (["show", "--json", "--events"], "--json and --events exclude each other (see 'rung show --help')"),
        (
            ["answer", "RUN", "lint", "reject", "--json"],
            "--json prints the document of a run that goes on: it needs --resume (see 'rung answer --help')",
        ),
    ],
)
def test_what_is_not_there_is_told_in_one_line(
    here: Rung, workflow: Callable[[str], str], state: Path, *, words: list[str], line: str
) -> None:
    assert here("run", workflow(BUILD)).code == 1
    run = only(state)
    told = here(*(run if word == "RUN" else word for word in words))
    assert (told.code, one_line(told)) == (2, line.replace("RUN", run))


NEEDS_A_RUN = (
    ["show"],
    ["resume"],
    ["explain", "only"],
    ["retry", "only"],
    ["answer", "one", "only", "approve"],
)


@pytest.mark.parametrize("words", NEEDS_A_RUN)
def test_without_any_run_it_is_said_how_to_start_one(here: Rung, state: Path, words: list[str]) -> None:
    told = here(*words)
    assert (told.code, one_line(told)) == (2, "there is no run here yet (start one with: rung run FILE)")
    assert not state.exists()


def test_lists_are_empty_without_any_run(here: Rung, state: Path) -> None:
    told = here("runs")
    assert (told.code, told.out) == (0, "there is no run here yet (start one with: rung run FILE)\n")
    assert checked(here("runs", "--json"), "runs") == {"runs": [], "left_out": 0}
    assert here("gc").out == "0 runs, 0 B may go\n"
    assert checked(here("gc", "--json", "--yes"), "gc")["runs"] == []
    assert not state.exists()


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


def overwrite(path: Path) -> None:
    path.write_bytes(b"something else altogether " * 100)


def change_an_event(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE event SET body = replace(body, 'only', 'lone') WHERE seq = 1")


def make_foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE other (x)")


def make_newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA user_version = 99")


FAULTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "cut off": (cut_off, "it is empty or cut off (restore it from a copy)"),
    "overwritten": (overwrite, "it is no database [SQLITE_NOTADB] (is it the right folder?)"),
    "changed": (change_an_event, "event 1 is damaged or missing (restore it from a copy)"),
    "foreign": (make_foreign, "it is a database, but no journal of Rung"),
    "newer": (make_newer, "it has format 99, and this Rung knows formats up to 1"),
    "gone": (Path.unlink, "there is no journal"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_journal_that_cannot_be_used_is_told_in_one_line_by_every_verb(
    here: Rung, workflow: Callable[[str], str], state: Path, fault: str
) -> None:
    assert here("run", workflow(ONE)).code == 0
    run, path = only(state), journal(state)
    spoil, line = FAULTS[fault]
    spoil(path)
    before = path.read_bytes() if path.exists() else b""
    for words in (*NEEDS_A_RUN[:4], ["answer", run, "only", "approve"]):
        told = here(*words)
        assert told.code == 2, words
        assert line in one_line(told)
        assert str(path) in told.err
    [row] = checked(here("runs", "--json"), "runs")["runs"]
    assert (row["run"], row["status"]) == (run, "unreadable")
    assert line in row["problem"]
    assert line in here("runs").out
    cleaned = checked(here("gc", "--keep", "0", "--yes", "--json"), "gc")
    assert [(one["run"], line in one["why"]) for one in cleaned["kept"]] == [(run, True)]
    assert (path.read_bytes() if path.exists() else b"") == before
