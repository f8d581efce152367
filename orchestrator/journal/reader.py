"""Reading a journal, read-only, while its engine runs or long after."""

import gc
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from orchestrator.domain.events import Event
from orchestrator.errors import JournalDamagedError, JournalVersionError
from orchestrator.journal.codec import Row, checksum, decode
from orchestrator.journal.database import check_integrity, open_for_reading
from orchestrator.journal.faults import named
from orchestrator.journal.layout import JOURNAL
from orchestrator.journal.queries import sql
from orchestrator.journal.schema import run_schema
from orchestrator.ports import Recorded


def read(store: Path, after: int = 0) -> list[Recorded]:
    """The committed events with a ``seq`` greater than ``after``, in order.

    A journal is read whole into memory: 10,000 nodes are some 15 MB.

    Args:
        store: the folder of the run.
        after: as given by an earlier call; then the file's pages are not checked again.

    Raises:
        JournalError: it is missing, foreign, damaged, too new, or cannot be read.
    """
    path = store / JOURNAL
    with closing(open_for_reading(path, run_schema())) as connection:
        if not after:
            check_integrity(connection, path)
        return read_events(connection, path, after=after)


def read_events(connection: sqlite3.Connection, path: Path, *, after: int) -> list[Recorded]:
    """The same from a connection that is open already, without the check of the file's pages.

    Raises:
        JournalError: a row is missing, changed, or of a newer version.
    """
    with named(path):
        rows = connection.execute(sql("select_events"), (after,)).fetchall()
    with _without_collector():
        return [Recorded(seq, event_of(row, path, seq=seq)) for seq, row in enumerate(rows, after + 1)]


@contextmanager
def _without_collector() -> Iterator[None]:
    """Where all that is made stays, looking for garbage takes a fifth of the time and finds none."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def event_of(stored: tuple[int, float, bytes, bytes, int, bytes], path: Path, *, seq: int) -> Event:
    """The event of a row of ``event``, whose place must be ``seq``.

    Raises:
        JournalDamagedError: it is another row, or not what was written.
        JournalVersionError: a newer version wrote it.
    """
    found, at, node, kind, written, body = stored
    try:
        row = Row(at, node.decode(), kind.decode(), body.decode())
        is_sound = found == seq and checksum(seq, row) == written
        event = decode(row) if is_sound else None
    except LookupError as error:
        raise JournalVersionError(
            f"event {seq}: {error.args[0]}", path=str(path), hint="use the Rung that wrote it, or a newer one"
        ) from error
    except (ValueError, AttributeError) as error:  # AttributeError: a column of another type
        raise _damaged(path, f": {error}", seq=seq) from error
    if event is None:
        raise _damaged(path, " or missing", seq=seq)
    return event


def _damaged(path: Path, how: str, *, seq: int) -> JournalDamagedError:
    return JournalDamagedError(f"event {seq} is damaged{how}", path=str(path), hint="restore it from a copy")
