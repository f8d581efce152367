"""``cache.db``: what the runs below one state folder share; several engines may use it at once."""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from orchestrator.journal.database import create, make_folder, open_for_writing
from orchestrator.journal.faults import named
from orchestrator.journal.layout import CACHE
from orchestrator.journal.queries import sql
from orchestrator.journal.schema import state_schema

Values: TypeAlias = tuple[str | float, ...] | Mapping[str, str | float]
"""What stands for the parameters of a query, by position or by name."""


class StateDatabase:
    """The open database. Its methods block (a write for as long as a flush takes) and may be called in any thread.

    Attributes:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = open_for_writing(path, state_schema())
        self._one_at_a_time = threading.Lock()

    def rows(self, query: str, values: Values) -> list[tuple[Any, ...]]:
        """What the named query finds.

        Raises:
            JournalError: it cannot be read.
        """
        with self._one_at_a_time, named(self.path):
            return self._connection.execute(sql(query), values).fetchall()

    def write(self, query: str, rows: Iterable[Values]) -> int:
        """Run the named query once for each row of values, in one transaction; how many rows it changed.

        Raises:
            JournalError: it cannot be written; then nothing has changed.
        """
        with self._one_at_a_time, named(self.path), _transaction(self._connection):
            return self._connection.executemany(sql(query), rows).rowcount

    def close(self) -> None:
        """Close the file."""
        with self._one_at_a_time:
            self._connection.close()


@contextmanager
def open_state(state: Path) -> Iterator[StateDatabase]:
    """The shared database of the folder ``state``; folder and file are made where they are missing.

    Raises:
        JournalError: it is foreign, damaged, too new, or cannot be used.
    """
    path = state / CACHE
    make_folder(state)
    with named(path), _alone_in(state):
        if not os.path.lexists(path):
            create(path, state_schema())
    database = StateDatabase(path)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """No other process makes the database meanwhile."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
