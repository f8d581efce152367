"""The one connection that writes a run's events: groups of them, each group one durable transaction."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from orchestrator.domain.events import Event
from orchestrator.journal.codec import checksum, encode
from orchestrator.journal.database import check_integrity, open_for_reading, open_for_writing
from orchestrator.journal.faults import named
from orchestrator.journal.queries import sql
from orchestrator.journal.schema import run_schema

_ROWS_PER_STATEMENT = 128
"""One statement for many rows, because each statement gives the interpreter lock away, and getting it back
from a busy event loop takes up to 5 ms (``sys.getswitchinterval``). 6 parameters a row; SQLite before 3.32
takes 999 in all."""

_ROW = ", (?, ?, ?, ?, ?, ?)"


class Committer:
    """Appends to the journal at ``path``, which must not be opened for writing by anybody else.

    Used from one thread at a time.

    Raises:
        JournalError: it cannot be opened, or is damaged.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = open_for_writing(path, run_schema())
        try:
            check_integrity(self.connection, path)
            (self._seq,) = self.connection.execute(sql("select_last_seq")).fetchone()
            # While a second connection is open, closing the first does not checkpoint: see close().
            self._witness = open_for_reading(path, run_schema())
        except BaseException:
            self.connection.close()
            raise

    def commit(self, events: Sequence[Event]) -> None:
        """Write ``events`` and flush them to the disk; all of them or none.

        Raises:
            JournalError: they could not be written. Nothing may be committed any more: the state of a file
                after a failed flush is not known, and a second flush may succeed without having written.
        """
        rows = self._rows(events)
        with named(self.path):
            self.connection.execute("BEGIN IMMEDIATE")
            for start in range(0, len(rows), _ROWS_PER_STATEMENT):
                chunk = rows[start : start + _ROWS_PER_STATEMENT]
                statement = sql("insert_event") + _ROW * (len(chunk) - 1)
                self.connection.execute(statement, [value for row in chunk for value in row])
            self.connection.execute("COMMIT")
        self._seq += len(rows)

    def close(self, *, failed: bool) -> None:
        """Close the file.

        Args:
            failed: a write had failed: the log is left as it is for the next engine to recover from.
                Otherwise it is moved into the database, and the file stands alone.

        Raises:
            JournalError: the log could not be moved; what was committed is still there.
        """
        first, last = (self.connection, self._witness) if failed else (self._witness, self.connection)
        with named(self.path):
            first.close()
            last.close()

    def _rows(self, events: Sequence[Event]) -> list[tuple[object, ...]]:
        rows: list[tuple[object, ...]] = []
        for seq, event in enumerate(events, self._seq + 1):
            row = encode(event)
            rows.append((seq, row.at, row.node, row.kind, checksum(seq, row), row.body))
        return rows


def write_header(connection: sqlite3.Connection, header: dict[str, str]) -> None:
    """Write what a listing of runs shows, once, into a new journal."""
    for item in header.items():
        connection.execute(sql("insert_meta"), item)
