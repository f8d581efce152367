"""Creating and opening a database so that anything but a sound one of ours is refused by name."""

import os
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

from orchestrator.errors import (
    JournalDamagedError,
    JournalError,
    JournalForeignError,
    JournalMissingError,
    JournalVersionError,
)
from orchestrator.journal.faults import named
from orchestrator.journal.schema import Schema

_BUSY_SECONDS = 10.0
"""How long one connection waits for another's lock; only ``cache.db`` ever has two that write."""

_SMALLEST = 512
"""Bytes: the smallest page, and so the smallest database (https://sqlite.org/fileformat.html). SQLite takes what
is shorter for a new, empty database."""


def create(path: Path, schema: Schema, *, fill: Callable[[sqlite3.Connection], None] | None = None) -> None:
    """Make the database at ``path``, whole or not at all. The caller keeps others from doing the same.

    Args:
        path: where it will be; nothing must be there. Its folder exists.
        schema: what it will be.
        fill: writes its first rows.

    Raises:
        JournalError: something is there already, or it cannot be written.
    """
    draft = path.with_name(f"{path.name}.new")
    with named(path):
        if os.path.lexists(path):
            raise JournalError("it is there already", path=str(path), hint="resume the run, or start another one")
        if (log := path.with_name(f"{path.name}-wal")).exists():
            # SQLite would play it into the new database.
            raise JournalDamagedError("its database is gone, only the log is left", path=str(log))
        for leftover in ("", "-journal", "-wal", "-shm"):
            draft.with_name(draft.name + leftover).unlink(missing_ok=True)
        connection = _connect(draft, "rwc")
        try:
            # A draft that was not finished is thrown away: flushing it once, when it is whole, is enough.
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute(f"PRAGMA application_id = {schema.application_id}")
            _migrate(connection, schema, since=0)
            if fill:
                fill(connection)
            if schema.wal:
                connection.execute("PRAGMA journal_mode = WAL")
        finally:
            connection.close()
        _sync(draft, os.O_RDONLY)
        draft.rename(path)
        _sync(path.parent, os.O_DIRECTORY)


def make_folder(path: Path) -> None:
    """Make ``path`` and what is missing above it, readable by the owner only, durable before this returns."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    with named(path):
        for folder in reversed(missing):
            folder.mkdir(mode=0o700, exist_ok=True)
            _sync(folder.parent, os.O_DIRECTORY)


def _sync(path: Path, flags: int) -> None:
    """Make the contents of a file, or the names in a folder, durable."""
    handle = os.open(path, flags | os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_for_writing(path: Path, schema: Schema) -> sqlite3.Connection:
    """The database at ``path``, brought to the newest version. May be used in any one thread at a time.

    Raises:
        JournalError: it is missing, foreign, damaged, too new, or cannot be written.
    """
    with named(path):
        _check_file(path, schema)
        connection = _connect(path, "rw")
        try:
            version = _identify(connection, path, schema=schema)
            connection.execute(f"PRAGMA busy_timeout = {int(_BUSY_SECONDS * 1000)}")
            connection.execute("PRAGMA synchronous = FULL")
            if version < schema.version:
                _migrate(connection, schema, since=version)
        except BaseException:
            connection.close()
            raise
        return connection


def open_for_reading(path: Path, schema: Schema) -> sqlite3.Connection:
    """The database at ``path``, read-only; text comes as bytes. An older version is migrated in a copy in memory.

    Raises:
        JournalError: it is missing, foreign, damaged, too new, or cannot be read.
    """
    with named(path):
        _check_file(path, schema)
        connection = _connect(path, "ro")
        try:
            version = _identify(connection, path, schema=schema)
            if version < schema.version:
                connection = _migrated_copy(connection, schema, since=version)
        except BaseException:
            connection.close()
            raise
        connection.text_factory = bytes
        return connection


def check_integrity(connection: sqlite3.Connection, path: Path) -> None:
    """Have SQLite look at every page.

    Raises:
        JournalDamagedError: it found something wrong.
    """
    with named(path):
        (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if answer not in {"ok", b"ok"}:
        text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
        raise JournalDamagedError(
            f"its contents are damaged: {' '.join(text.split())}", path=str(path), hint="restore it from a copy"
        )


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=_BUSY_SECONDS)


def _check_file(path: Path, schema: Schema) -> None:
    """Refuse what SQLite would take for a new database, or wait for (a pipe)."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise JournalMissingError(f"there is no {schema.what}", path=str(path)) from error
    if not stat.S_ISREG(found.st_mode):
        raise JournalForeignError(f"it is no {schema.what}: not even a regular file", path=str(path))
    if found.st_size < _SMALLEST:
        raise JournalDamagedError("it is empty or cut off", path=str(path), hint="restore it from a copy")


def _identify(connection: sqlite3.Connection, path: Path, *, schema: Schema) -> int:
    """The version of the database, which is one of ours and not too new."""
    (owner,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if owner != schema.application_id or version < 1:
        raise JournalForeignError(f"it is a database, but no {schema.what} of Rung", path=str(path))
    if version > schema.version:
        raise JournalVersionError(
            f"it has format {version}, and this Rung knows formats up to {schema.version}",
            path=str(path),
            hint="use the Rung that wrote it, or a newer one",
        )
    return int(version)


def _migrate(connection: sqlite3.Connection, schema: Schema, *, since: int) -> None:
    script = "\n".join(schema.migrations[since:])
    try:
        connection.executescript(f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {schema.version};\nCOMMIT;")
    except BaseException:
        if connection.in_transaction:
            connection.rollback()
        raise


def _migrated_copy(connection: sqlite3.Connection, schema: Schema, *, since: int) -> sqlite3.Connection:
    copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    try:
        connection.backup(copy)
        _migrate(copy, schema, since=since)
    except BaseException:
        copy.close()
        raise
    connection.close()
    return copy
