"""What an earlier run has landed: looking at it, handing it over once more, taking it back."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from orchestrator.app.earlier import EarlierRun
from orchestrator.app.handover import Ended, Handed, Handover, Way, hand_over
from orchestrator.app.stores import has_repository, moves_of
from orchestrator.domain.status import RunStatus
from orchestrator.errors import InputError, OverwriteError, Problem, UndoRefusedError
from orchestrator.journal.lock import RunLock
from orchestrator.workspace.repository import RunRepository


@dataclass(frozen=True, slots=True)
class Difference:
    """What a result changes against what the run began from.

    Attributes:
        patch: as ``git apply`` takes it; bytes that are no UTF-8 are escaped (``surrogateescape``). ``""`` for nothing.
        lines: path -> lines more and less; ``None`` for a file that is not text.
    """

    patch: str
    lines: Mapping[str, tuple[int, int] | None]


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The paths that are as they were before, and how many results that were applied earlier are still there."""

    paths: tuple[str, ...]
    left: int


async def difference(state: Path, earlier: EarlierRun) -> Difference:
    """What the run below ``state`` has landed so far; also while an engine works on it.

    Raises:
        InputError: the run edits nothing of its own, or its directory is gone.
        RepositoryError, GitError: its repository cannot be read.
    """
    _must_edit(earlier)
    async with _opened(state, earlier) as repository:
        base, result = repository.facts.tree, await repository.tree_of(await repository.head())
        patch, lines = await repository.diff(base, result), await repository.line_counts(base, result)
        return Difference(patch, lines)


async def hand_over_again(state: Path, earlier: EarlierRun, *, wish: Handover) -> Handed:
    """Hand over what a run has landed whose engine has ended; who asks has seen how it ended.

    Raises:
        InputError: it cannot be handed over so; see :meth:`Handover.check`.
        JournalError: an engine works on the run.
        RepositoryError, GitError: its repository cannot be read.
    """
    wish.check(is_new=False)
    store = earlier.summary.store
    moves = moves_of(store)
    if wish.way is Way.BRANCH and not moves.under_way:
        return Handed(is_applied=bool(moves.done))
    status = earlier.over or RunStatus.INTERRUPTED
    with RunLock.acquire(store):
        if not has_repository(store):
            return await hand_over(Ended(repository=None, events=earlier.events, status=status), wish)
        async with _opened(state, earlier) as repository:
            ended = Ended(repository=repository, events=earlier.events, status=status, asked_for=True)
            return await hand_over(ended, wish)


async def take_back(state: Path, earlier: EarlierRun) -> TakenBack:
    """Take the result that was applied last out of the user's files, also one that was interrupted on its way.

    Raises:
        InputError: nothing of the run is applied.
        UndoRefusedError: files were changed since. None was touched.
        JournalError: an engine works on the run.
        RepositoryError, GitError: the files or the run's repository cannot be worked with.
    """
    store = earlier.summary.store
    with RunLock.acquire(store):
        step = moves_of(store).undoing
        if step is None:
            what = f"nothing of run {earlier.run} is applied to your files"
            raise InputError([Problem(what=what, hint="rung show tells what became of its result")])
        async with _opened(state, earlier) as repository:
            paths = await repository.changed_paths(*step)
            try:
                await repository.results.undo()
            except OverwriteError as error:
                raise UndoRefusedError(error.paths) from error
        return TakenBack(paths, len(moves_of(store).done))


def _must_edit(earlier: EarlierRun) -> None:
    if not has_repository(earlier.summary.store):
        what = f"run {earlier.run} has no result of its own: its commands worked in {earlier.folder}"
        raise InputError([Problem(what=what, hint="git diff shows what they changed")])


@asynccontextmanager
async def _opened(state: Path, earlier: EarlierRun) -> AsyncIterator[RunRepository]:
    async with await RunRepository.open(earlier.folder, earlier.run, state_dir=state) as repository:
        yield repository
