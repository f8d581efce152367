"""Making room: which finished runs may go, and their removal."""

import os
import secrets
import shutil
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.app.overview import Standing, standing_of
from orchestrator.app.stores import has_repository, moves_of
from orchestrator.domain.events import CandidateKept, CandidateLanded, Event, ResultPublished
from orchestrator.domain.ids import NodeId, RunId
from orchestrator.errors import GitError, GitVersionError, JournalError, JournalLockedError, RepositoryError
from orchestrator.journal.cache import NodeCache
from orchestrator.journal.faults import named
from orchestrator.journal.layout import CACHE, store_of
from orchestrator.journal.lock import RunLock
from orchestrator.journal.reader import read
from orchestrator.journal.runs import RunSummary, list_runs, read_header, summary_of
from orchestrator.journal.state import open_state

if TYPE_CHECKING:
    from orchestrator.domain.tree import CommitId

FINISHED = frozenset({Standing.SUCCEEDED, Standing.FAILED, Standing.PARTIAL, Standing.BUDGET})
"""Where a run stands that nobody has to go on with."""

_BLOCK = 512
"""Bytes that ``st_blocks`` counts in, whatever the file system's own unit (``man 7 inode``)."""

_TRASH = "trash"
"""Folder below the state folder. A store is moved here whole before it is taken apart, so that one that was taken
apart in part is never found among the runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """A run that may go. ``last_at``: of its latest event, seconds since the epoch. ``size``: bytes of its store."""

    run: RunId
    store: Path
    workflow: str
    standing: Standing
    last_at: float
    size: int


@dataclass(frozen=True, slots=True)
class Staying:
    """A run that stays although nothing has happened in it for long enough, or nobody can tell; ``why``: one line."""

    run: RunId
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaning:
    """What would be removed, or has been.

    Attributes:
        before: runs and results whose last event is earlier may go; seconds since the epoch.
        leaving: the one with the latest event first.
        staying: in the same order; younger runs are not told.
        cached: results in the cache that may go, and their size in bytes.
        leftovers: bytes of what an earlier removal that was cut short has left.
    """

    before: float
    leaving: tuple[Leaving, ...]
    staying: tuple[Staying, ...]
    cached: tuple[int, int]
    leftovers: int

    @property
    def size(self) -> int:
        """Bytes in all."""
        return sum(one.size for one in self.leaving) + self.cached[1] + self.leftovers


def plan_cleaning(state: Path, *, before: float) -> Cleaning:
    """What may be removed below ``state``; nothing is changed.

    Raises:
        JournalError: the folder or the cache cannot be read.
    """
    verdicts = [_verdict(one, before) for one in list_runs(state)]
    return Cleaning(
        before=before,
        leaving=tuple(one for one in verdicts if isinstance(one, Leaving)),
        staying=tuple(one for one in verdicts if isinstance(one, Staying)),
        cached=_cached(state, before),
        leftovers=_size(state / _TRASH),
    )


async def clean(state: Path, cleaning: Cleaning) -> Cleaning:
    """Remove what ``cleaning`` lists, and return what was removed; a run that was taken up meanwhile stays.

    Each run disappears from the runs at once, whole; a kill leaves at most leftovers that the next cleaning removes.
    Branches with results stay in the user's repository; what a run had pinned there is let go.

    Raises:
        JournalError: something cannot be removed; what was listed before it is gone.
    """
    gone: list[Leaving] = []
    staying = list(cleaning.staying)
    for one in cleaning.leaving:
        verdict = await _remove(state, one, before=cleaning.before)
        if isinstance(verdict, Leaving):
            gone.append(verdict)
        elif verdict is not None:
            staying.append(verdict)
    _empty(state / _TRASH)
    cached = _remove_cached(state, cleaning) if cleaning.cached[0] else (0, 0)
    return Cleaning(
        before=cleaning.before,
        leaving=tuple(gone),
        staying=tuple(staying),
        cached=cached,
        leftovers=cleaning.leftovers,
    )


def has_only_copy(events: Iterable[Event]) -> bool:
    """Whether the store of a run may be the only place that keeps a candidate.

    Of a node that landed the newest candidate is the one that did; it is safe once a branch was published after
    that. Whatever else was kept is in the store alone. False for a run without candidates.
    """
    kept: dict[NodeId, CommitId] = {}
    unsafe: set[CommitId] = set()
    landed: set[CommitId] = set()
    for event in events:
        if isinstance(event, CandidateKept):
            kept[event.node] = event.commit
            unsafe.add(event.commit)
        elif isinstance(event, CandidateLanded) and event.node in kept:
            landed.add(kept[event.node])
        elif isinstance(event, ResultPublished) and event.branch:
            unsafe -= landed
    return bool(unsafe)


def _verdict(summary: RunSummary, before: float) -> Leaving | Staying | None:
    """``None``: the run is too young to be talked about."""
    if summary.problem:
        return Staying(summary.run, f"it cannot be read: {summary.problem}")
    if summary.last_at >= before:
        return None
    if summary.store.name != summary.run:
        return Staying(summary.run, f"its folder is called {summary.store.name}")
    try:
        events = [recorded.event for recorded in read(summary.store)]
    except JournalError as error:
        return Staying(summary.run, f"it cannot be read: {error}")
    return _verdict_by_events(summary, events)


def _verdict_by_events(summary: RunSummary, events: Sequence[Event]) -> Leaving | Staying:
    standing = standing_of(summary, events)
    if standing not in FINISHED:
        return Staying(summary.run, f"it is {standing}")
    if has_only_copy(events):
        return Staying(summary.run, "it may hold the only copy of a candidate")
    if why := _still_applied(summary.store):
        return Staying(summary.run, why)
    return Leaving(
        run=summary.run,
        store=summary.store,
        workflow=summary.header.get("workflow", ""),
        standing=standing,
        last_at=summary.last_at,
        size=_size(summary.store),
    )


def _still_applied(store: Path) -> str:
    """Why what was applied to the user's files keeps its run; ``""`` where nothing was, or it was taken back.

    The run knows what to take back, and its reference in the user's repository how the files were before.
    """
    try:
        can_be_undone = moves_of(store).undoing is not None
    except RepositoryError as error:
        return str(error)
    return "its result is in your files, and rung undo can take it back" if can_be_undone else ""


async def _remove(state: Path, one: Leaving, *, before: float) -> Leaving | Staying | None:
    """Remove one run, if it may still go now that no engine can take it up; ``None`` where it is gone or was used."""
    try:
        lock = RunLock.acquire(one.store)
    except JournalLockedError as error:
        return Staying(one.run, str(error))
    except JournalError:
        if _is_gone(one.store):
            return None
        raise
    with lock:
        # While this process holds the run, its lock names this process as the engine that works on it.
        verdict = _verdict(replace(summary_of(one.store), owner=None), before)
        if isinstance(verdict, Leaving):
            try:
                await _unpin(state, one.run)
            except (RepositoryError, GitError, GitVersionError) as error:
                return Staying(one.run, str(error))
            _discard(one.store, state / _TRASH)
        return verdict


def _is_gone(store: Path) -> bool:
    return not store.exists()


async def _unpin(state: Path, run: RunId) -> None:
    """Let the user's repository forget the run, where it knows it and is still there."""
    store = store_of(state, run)
    folder = Path(read_header(store).get("cwd", ""))
    if has_repository(store) and folder.is_dir():  # noqa: ASYNC240  # once per run that goes
        from orchestrator.workspace.repository import RunRepository

        async with await RunRepository.open(folder, run, state_dir=state) as repository:
            await repository.results.forget()


def _discard(store: Path, trash: Path) -> None:
    with named(store):
        trash.mkdir(mode=0o700, exist_ok=True)
        store.rename(trash / f"{store.name}-{secrets.token_hex(4)}")


def _empty(trash: Path) -> None:
    with named(trash), suppress(FileNotFoundError):  # another cleaning may be at it
        for leftover in list(trash.iterdir()):
            shutil.rmtree(leftover)
        trash.rmdir()


def _cached(state: Path, before: float) -> tuple[int, int]:
    if not (state / CACHE).exists():
        return (0, 0)
    with open_state(state) as database:
        return NodeCache(database).size_before(before)


def _remove_cached(state: Path, cleaning: Cleaning) -> tuple[int, int]:
    with open_state(state) as database:
        return (NodeCache(database).remove_before(cleaning.before), cleaning.cached[1])


def _size(folder: Path) -> int:
    """Bytes on disk of everything below ``folder``; 0 where there is none. What vanishes meanwhile does not count."""
    total = 0
    for inside, _folders, files in os.walk(folder):
        for path in (Path(inside), *(Path(inside, name) for name in files)):
            with suppress(FileNotFoundError):
                total += path.lstat().st_blocks * _BLOCK
    return total
