"""What SQLite and the system report, as our own errors: one table, one line each."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from orchestrator.errors import JournalDamagedError, JournalError, JournalForeignError


class _Fault(NamedTuple):
    what: str
    hint: str
    error: type[JournalError] = JournalError


_PERMISSION = "it and its folder must be readable and writable: SQLite keeps two more files beside it"

_FAULTS: Mapping[int, _Fault] = {
    sqlite3.SQLITE_FULL: _Fault("the disk is full", "free some space, then resume the run"),
    sqlite3.SQLITE_IOERR: _Fault("the disk failed to read or write", "check the disk, then resume the run"),
    sqlite3.SQLITE_READONLY: _Fault("it cannot be written", _PERMISSION),
    sqlite3.SQLITE_CANTOPEN: _Fault("it cannot be opened", _PERMISSION),
    sqlite3.SQLITE_PERM: _Fault("it cannot be opened", _PERMISSION),
    sqlite3.SQLITE_AUTH: _Fault("it cannot be opened", _PERMISSION),
    sqlite3.SQLITE_BUSY: _Fault("another process has kept it locked for too long", "try again when that one has ended"),
    sqlite3.SQLITE_CORRUPT: _Fault("its contents are damaged", "restore it from a copy", JournalDamagedError),
    sqlite3.SQLITE_NOTADB: _Fault("it is no database", "is it the right folder?", JournalForeignError),
}


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Turn what goes wrong with the files at ``path`` into a :class:`JournalError` that names it."""
    try:
        yield
    except sqlite3.Error as error:
        raise of_sqlite(error, path) from error
    except OSError as error:
        raise JournalError(error.strerror or str(error), path=str(error.filename or path)) from error


def of_sqlite(error: sqlite3.Error, path: Path) -> Exception:
    """``error`` as ours; as it is where it did not come from SQLite itself (a misuse: a bug)."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return error
    fault = _FAULTS.get(code & 0xFF, _Fault("it cannot be used", ""))
    return fault.error(f"{fault.what} [{error.sqlite_errorname}]", path=str(path), hint=fault.hint)
