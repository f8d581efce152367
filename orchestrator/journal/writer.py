"""The journal of a run that is being executed: appending is cheap, a thread of its own does the writing."""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

import anyio
import anyio.to_thread

from orchestrator.domain.events import Event, NodeOutput
from orchestrator.domain.ids import RunId
from orchestrator.errors import JournalForeignError
from orchestrator.journal.committer import Committer, write_header
from orchestrator.journal.database import create, make_folder
from orchestrator.journal.layout import JOURNAL
from orchestrator.journal.lock import Owner, RunLock
from orchestrator.journal.reader import read
from orchestrator.journal.runs import read_header
from orchestrator.journal.schema import run_schema
from orchestrator.ports import Recorded

GROUP_SECONDS = 0.02
"""How long an event waits for others to share its commit, where nobody waits for it."""

_MAX_GROUP = 2_000
"""Rows of one commit: bounds the memory that a group takes as text."""


class JournalWriter:
    """A :class:`Journal` on disk. Made by :func:`create_writer` and :func:`open_writer`.

    Attributes:
        owner: this engine, as the run's lock names it.
    """

    def __init__(self, store: Path, committer: Committer, *, owner: Owner) -> None:
        self.owner = owner
        self._store = store
        self._committer = committer
        self._loop = asyncio.get_running_loop()
        self._pending: deque[Event] = deque()
        self._appended = 0
        self._committed = 0
        self._failure: Exception | None = None
        self._told = False
        self._waiters: list[tuple[int, anyio.Event]] = []
        self._awake = False
        self._closing = False
        self._work = threading.Event()
        self._hurry = threading.Event()
        self._thread = threading.Thread(target=self._write, name="journal", daemon=True)
        self._thread.start()

    def append(self, event: Event) -> None:
        """See :class:`Journal`."""
        if self._failure is not None:
            self._tell_failure()
        if type(event) is NodeOutput:
            return
        self._pending.append(event)
        self._appended += 1
        if not self._awake:
            self._awake = True
            self._work.set()

    async def durable(self) -> None:
        """See :class:`Journal`."""
        wanted = self._appended
        if self._committed >= wanted:
            return
        done = anyio.Event()
        # Announced before it is looked at how far the thread is; the thread does the two in the other order.
        self._waiters.append((wanted, done))
        if self._failure is None and self._committed < wanted:
            self._hurry.set()
            self._work.set()
            await done.wait()
        if self._committed < wanted:
            self._tell_failure()

    def read(self, after: int = 0) -> list[Recorded]:
        """See :class:`Journal`."""
        return read(self._store, after)

    async def aclose(self) -> None:
        """Commit what is left and close the file; not cut short by a cancellation.

        Raises:
            JournalError: something could not be written, and no call has said so yet.
        """
        self._closing = True
        self._hurry.set()
        self._work.set()
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(self._thread.join)
        if self._failure is not None and not self._told:
            self._tell_failure()

    def _tell_failure(self) -> None:
        assert self._failure is not None, "only called when there is one"
        self._told = True
        raise self._failure

    def _wake(self) -> None:
        """On the event loop: let go who waited for what is done, or will never be."""
        waiting = self._waiters
        self._waiters = []
        for wanted, done in waiting:
            if self._committed >= wanted or self._failure is not None:
                done.set()
            else:
                self._waiters.append((wanted, done))

    def _write(self) -> None:
        """The thread: commit groups of events until closed or failed."""
        try:
            self._commit_until_closed()
            self._committer.close(failed=False)
        except Exception as error:  # noqa: BLE001  # told to the engine by its next call, whatever it is
            self._failure = error
            self._committer.close(failed=True)
        finally:
            self._release_waiters()

    def _commit_until_closed(self) -> None:
        while not self._closing or self._pending:
            self._work.wait()
            self._hurry.wait(GROUP_SECONDS)
            # Cleared before the queue is emptied: what comes later sets them again.
            self._work.clear()
            self._hurry.clear()
            self._awake = False
            self._commit_pending()

    def _commit_pending(self) -> None:
        pending = self._pending
        while pending:
            group = [pending.popleft() for _ in range(min(len(pending), _MAX_GROUP))]
            self._committer.commit(group)
            self._committed += len(group)
            self._release_waiters()

    def _release_waiters(self) -> None:
        if self._waiters:
            self._loop.call_soon_threadsafe(self._wake)


@asynccontextmanager
async def create_writer(
    store: Path, run: RunId, *, header: Mapping[str, str] | None = None
) -> AsyncIterator[JournalWriter]:
    """Begin the journal of a new run.

    Args:
        store: the folder of the run; made where it is missing.
        run: its id.
        header: what a listing shows of the run without reading its events; see :func:`read_header`.

    Raises:
        JournalLockedError: another engine works on it.
        JournalError: the run has a journal already, or it cannot be written.
    """
    async with AsyncExitStack() as stack:
        await anyio.to_thread.run_sync(make_folder, store)
        lock = stack.enter_context(await anyio.to_thread.run_sync(RunLock.acquire, store))
        fill = partial(write_header, header={**(header or {}), "run": run})
        await anyio.to_thread.run_sync(partial(create, store / JOURNAL, run_schema(), fill=fill))
        yield await stack.enter_async_context(_writing(store, lock))


@asynccontextmanager
async def open_writer(store: Path, run: RunId) -> AsyncIterator[JournalWriter]:
    """Go on with the journal of a run; read it only after this, when no other engine can write any more.

    Raises:
        JournalLockedError: another engine works on it.
        JournalError: it is missing, foreign, of another run, damaged, too new, or cannot be written.
    """
    async with AsyncExitStack() as stack:
        found = await anyio.to_thread.run_sync(read_header, store)
        if found["run"] != run:
            raise JournalForeignError(f"it belongs to run {found['run']!r}, not {run!r}", path=str(store / JOURNAL))
        lock = stack.enter_context(await anyio.to_thread.run_sync(RunLock.acquire, store))
        yield await stack.enter_async_context(_writing(store, lock))


@asynccontextmanager
async def _writing(store: Path, lock: RunLock) -> AsyncIterator[JournalWriter]:
    committer = await anyio.to_thread.run_sync(Committer, store / JOURNAL)
    writer = JournalWriter(store, committer, owner=lock.owner)
    try:
        yield writer
    finally:
        await writer.aclose()
