import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from orchestrator.domain.ids import RunId
from orchestrator.errors import (
    JournalDamagedError,
    JournalError,
    JournalForeignError,
    JournalMissingError,
    JournalVersionError,
)
from orchestrator.journal import schema
from orchestrator.journal.database import create, make_folder, open_for_reading, open_for_writing
from orchestrator.journal.layout import JOURNAL
from orchestrator.journal.reader import read
from orchestrator.journal.schema import Schema, run_schema, state_schema
from orchestrator.journal.writer import create_writer, open_writer


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def cut(length: int) -> Callable[[Path], None]:
    return lambda path: os.truncate(path, length)


def become_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def become_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def become_text(path: Path) -> None:
    path.write_text("version: 1\n" * 100)


def become_another_database(path: Path) -> None:
    path.unlink()
    change(path, "CREATE TABLE t (x)")


def become_the_cache(path: Path) -> None:
    path.unlink()
    create(path, state_schema())


BAD_FILES: list[tuple[Callable[[Path], None], type[JournalError], str]] = [
    (Path.unlink, JournalMissingError, "there is no journal"),
    (lambda path: shutil.rmtree(path.parent), JournalMissingError, "there is no journal"),
    (become_a_folder, JournalForeignError, "not even a regular file"),
    (become_a_pipe, JournalForeignError, "not even a regular file"),
    (cut(0), JournalDamagedError, "it is empty or cut off"),
    (cut(50), JournalDamagedError, "it is empty or cut off"),
    (cut(3_000), JournalDamagedError, "damaged"),
    (cut(8_192), JournalDamagedError, "damaged"),
    (become_text, JournalForeignError, "no database"),
    (become_another_database, JournalForeignError, "no journal of Rung"),
    (become_the_cache, JournalForeignError, "no journal of Rung"),
    (lambda path: change(path, "PRAGMA user_version = 99"), JournalVersionError, "it has format 99"),
    (lambda path: change(path, "DELETE FROM event WHERE seq = 7"), JournalDamagedError, "event 7 is damaged"),
    (lambda path: change(path, "UPDATE event SET node = 'x' WHERE seq = 7"), JournalDamagedError, "event 7 is"),
    (lambda path: change(path, "UPDATE event SET kind = 5 WHERE seq = 7"), JournalDamagedError, "event 7 is"),
    (lambda path: change(path, "UPDATE event SET body = x'ff' WHERE seq = 7"), JournalDamagedError, "event 7 is"),
]


@pytest.mark.parametrize(("spoil", "error", "what"), BAD_FILES)
def test_a_journal_that_is_not_sound_is_refused_in_one_line_with_exit_code_2(
    store: Path, spoil: Callable[[Path], None], error: type[JournalError], what: str
) -> None:
    spoil(store / JOURNAL)
    with pytest.raises(error, match=what) as caught:
        read(store)
    assert caught.value.exit_code == 2
    assert str(store) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("spoil", "error", "what"), BAD_FILES[:12])
def test_an_engine_does_not_go_on_with_it_either(
    store: Path, spoil: Callable[[Path], None], error: type[JournalError], what: str
) -> None:
    async def go_on() -> None:
        async with open_writer(store, RunId("r1")):
            raise AssertionError("it was opened")

    spoil(store / JOURNAL)
    with pytest.raises(error, match=what):
        anyio.run(go_on)


def test_the_journal_of_another_run_is_refused(store: Path) -> None:
    async def go_on() -> None:
        async with open_writer(store, RunId("r2")):
            raise AssertionError("it was opened")

    with pytest.raises(JournalForeignError, match="belongs to run 'r1', not 'r2'"):
        anyio.run(go_on)


def test_a_run_is_not_begun_twice(store: Path) -> None:
    async def begin() -> None:
        async with create_writer(store, RunId("r1")):
            raise AssertionError("it was opened")

    before = (store / JOURNAL).read_bytes()
    with pytest.raises(JournalError, match="there already"):
        anyio.run(begin)
    assert (store / JOURNAL).read_bytes() == before


def test_a_log_without_its_database_is_not_played_into_a_new_one(store: Path) -> None:
    async def begin() -> None:
        async with create_writer(store, RunId("r1")):
            raise AssertionError("it was opened")

    (store / JOURNAL).rename(store / f"{JOURNAL}-wal")
    with pytest.raises(JournalDamagedError, match="only the log is left"):
        anyio.run(begin)


def test_what_a_killed_creation_left_is_in_nobodys_way(tmp_path: Path) -> None:
    path = tmp_path / JOURNAL
    for leftover in (".new", ".new-journal", ".new-wal"):
        path.with_name(JOURNAL + leftover).write_text("half")
    create(path, run_schema())
    assert [entry.name for entry in tmp_path.iterdir()] == [JOURNAL]


@pytest.fixture
def newer() -> Schema:
    """The next version of the journal's schema."""
    return replace(run_schema(), migrations=(*run_schema().migrations, "ALTER TABLE event ADD COLUMN mood TEXT;"))


def columns(connection: sqlite3.Connection) -> set[str]:
    return {description[0] for description in connection.execute("SELECT * FROM event").description}


def version(connection: sqlite3.Connection) -> int:
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    return int(found)


def test_a_writer_migrates_an_older_database_in_place(store: Path, newer: Schema) -> None:
    with closing(open_for_writing(store / JOURNAL, newer)) as connection:
        assert version(connection) == 2
        assert "mood" in columns(connection)
    with pytest.raises(JournalVersionError, match="it has format 2, and this Rung knows formats up to 1"):
        read(store)


def test_a_reader_migrates_a_copy_and_leaves_the_file_alone(store: Path, newer: Schema) -> None:
    before = (store / JOURNAL).read_bytes()
    with closing(open_for_reading(store / JOURNAL, newer)) as connection:
        assert version(connection) == 2
        assert "mood" in columns(connection)
    assert (store / JOURNAL).read_bytes() == before
    assert len(read(store)) == 82


@pytest.mark.parametrize("opening", [open_for_writing, open_for_reading])
def test_a_migration_that_fails_changes_nothing(
    store: Path, opening: Callable[[Path, Schema], sqlite3.Connection]
) -> None:
    broken = replace(run_schema(), migrations=(*run_schema().migrations, "DROP TABLE meta; SELECT nonsense;"))
    with pytest.raises(JournalError, match="cannot be used"):
        opening(store / JOURNAL, broken)
    assert len(read(store)) == 82
    with closing(open_for_writing(store / JOURNAL, run_schema())) as connection:
        assert version(connection) == 1


def test_a_gap_among_the_migrations_is_a_bug(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "migrations" / "run"
    folder.mkdir(parents=True)
    (folder / "0002_more.sql").touch()
    monkeypatch.setattr(schema, "files", lambda _package: tmp_path)
    with pytest.raises(ValueError, match=r"migration 1 of 'run' is missing: found 0002_more\.sql"):
        run_schema.__wrapped__()


def test_folders_are_made_for_the_owner_only(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("a", "a/b")] == [0o700, 0o700]


def test_a_file_where_a_folder_should_be_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(JournalError, match=r"a/b: Not a directory\Z") as caught:
        make_folder(tmp_path / "a" / "b")
    assert caught.value.exit_code == 1


def test_strange_names_of_folders_are_names(tmp_path: Path) -> None:
    path = tmp_path / "a?mode=memory#b%20c" / JOURNAL
    path.parent.mkdir()
    create(path, run_schema())
    with closing(open_for_reading(path, run_schema())) as connection:
        assert version(connection) == 1
