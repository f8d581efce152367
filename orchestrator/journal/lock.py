"""Who works on a run: one engine at a time.

Two things keep a second engine out. The kernel's lock on the file (``flock``) decides between engines that
run now, without a race, and is gone when its owner dies however it dies. The owner's process id and start
time, written in the file, name the owner to others, and hold where a file system does not honour ``flock``.
A process id alone would not do: ids are used again.
"""

import contextlib
import fcntl
import json
import os
import secrets
import time
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from orchestrator.errors import JournalDamagedError, JournalError, JournalLockedError
from orchestrator.journal.faults import named
from orchestrator.journal.layout import LOCK

_WIDTH = 256
"""The record is one write of this many bytes, always: a kill leaves the old record or the new one, never half."""

_GONE_STATES = frozenset("ZX")
"""States in ``/proc/<pid>/stat`` of a process that has ended and was not waited for yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The engine that holds, or last held, a run.

    Attributes:
        pid: its process id.
        started: when that process started, in clock ticks since boot (field 22 of ``/proc/<pid>/stat``); 0 once it
            has let go.
        epoch: counts the engines that ever held this run, from 1.
        nonce: random, of this holding.
        since: seconds since the epoch.
    """

    pid: int
    started: int
    epoch: int
    nonce: str
    since: float

    @property
    def is_alive(self) -> bool:
        """Whether that very process still runs."""
        return self.started != 0 and process_start(self.pid) == self.started


def process_start(pid: int) -> int:
    """When the process started, in clock ticks since boot; 0 where no such process runs.

    The format of ``/proc/<pid>/stat`` is described in ``man 5 proc``; the second field may hold anything,
    so that fields are counted from the last closing bracket.
    """
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return 0
    state, *rest = text.rpartition(")")[2].split()
    return 0 if state in _GONE_STATES else int(rest[18])


class RunLock:
    """The hold on one run, from :meth:`acquire` to :meth:`release` or the death of this process."""

    def __init__(self, handle: int, owner: Owner) -> None:
        self._handle = handle
        self.owner = owner

    @classmethod
    def acquire(cls, store: Path) -> "RunLock":
        """Take the run whose store is the folder ``store``; a dead owner's hold is taken over.

        Raises:
            JournalLockedError: another engine holds it.
            JournalDamagedError: the file does not say who holds it.
            JournalError: the file cannot be written.
        """
        path = store / LOCK
        with named(path):
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                return cls(handle, _take(handle, path))
            except BaseException:
                os.close(handle)
                raise

    def release(self) -> None:
        """Let go. The file stays, so that nobody ever locks a file that another has just removed."""
        with contextlib.suppress(OSError):  # on a broken disk the kernel's lock still goes with the handle
            _write(self._handle, replace(self.owner, started=0))
        os.close(self._handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def owner_of(store: Path) -> Owner | None:
    """The engine that works on the run now; ``None`` where none does.

    Raises:
        JournalError: the lock file cannot be read.
    """
    path = store / LOCK
    with named(path):
        try:
            handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            owner = _read(handle, path)
        finally:
            os.close(handle)
    return owner if owner and owner.is_alive else None


def _take(handle: int, path: Path) -> Owner:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = _read_leniently(handle, path)
        # Between another's lock and its record, the record is still that of the one before.
        raise _refusal(path, owner if owner and owner.is_alive else None) from None
    last = _read(handle, path)
    mine = Owner(
        pid=os.getpid(),
        started=process_start(os.getpid()),
        epoch=last.epoch + 1 if last else 1,
        nonce=secrets.token_hex(8),
        since=time.time(),
    )
    if last and last.is_alive and (last.pid, last.started) != (mine.pid, mine.started):
        raise _refusal(path, last)
    _write(handle, mine)
    os.fsync(handle)
    return mine


def _write(handle: int, owner: Owner) -> None:
    os.pwrite(handle, json.dumps(asdict(owner)).ljust(_WIDTH - 1).encode() + b"\n", 0)


def _read(handle: int, path: Path) -> Owner | None:
    """The owner as recorded; ``None`` where nobody ever was, or where a loss of power left only zeros."""
    text = os.pread(handle, _WIDTH, 0).strip(b"\0 \n")
    if not text:
        return None
    try:
        return Owner(**json.loads(text))
    except (ValueError, TypeError) as error:
        raise JournalDamagedError(
            "it does not say who holds the run", path=str(path), hint="if no engine works on the run, remove the file"
        ) from error


def _read_leniently(handle: int, path: Path) -> Owner | None:
    with contextlib.suppress(JournalError):  # somebody holds the lock; that they cannot be named changes nothing
        return _read(handle, path)
    return None


def _refusal(path: Path, owner: Owner | None) -> JournalLockedError:
    if owner is None:
        return JournalLockedError("another engine has just taken this run", path=str(path), hint="wait for it to end")
    since = datetime.fromtimestamp(owner.since, UTC)
    return JournalLockedError(
        f"the engine with process id {owner.pid} works on this run since {since:%Y-%m-%d %H:%M:%S} UTC",
        path=str(path),
        hint=f"wait for it to end, or stop it: kill {owner.pid}",
        pid=owner.pid,
        since=owner.since,
    )
