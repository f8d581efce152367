"""A result on its way into the user's own files, and out of them again.

A move replaces the files at which two trees differ. It begins only if every one of them is what the first tree says;
it is noted on disk before the first file is touched and after the last one; a failure on the way puts back what was
replaced. After a kill in the middle the same move, or the opposite one, takes each file as either tree has it.
"""

import errno
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import anyio
import anyio.to_thread

from orchestrator.domain.tree import TreeId
from orchestrator.errors import OverwriteError, RepositoryError
from orchestrator.workspace.beneath import Beneath
from orchestrator.workspace.checkout import sorted_out
from orchestrator.workspace.indexes import index_of
from orchestrator.workspace.moverecord import Moves, Step, read_moves, write_moves
from orchestrator.workspace.safety import check_tree
from orchestrator.workspace.snapshot import UserTree
from orchestrator.workspace.store import Store
from orchestrator.workspace.trees import changes
from orchestrator.workspace.values import Caps, Change, Entry
from orchestrator.workspace.writing import joined, record

_NO_CAPS = Caps(files=2**62, file_bytes=2**62, total_bytes=2**62, depth=2**62)
_IN_THE_WAY = frozenset({errno.EISDIR, errno.ENOTDIR, errno.ENOTEMPTY, errno.EEXIST, errno.ELOOP})


@dataclass(frozen=True, slots=True)
class Replacement:
    """One path of a move, with its file before and after as they lie ready; ``None`` where there is none."""

    path: str
    before: Path | None
    after: Path | None


async def move(store: Store, user: UserTree, *, step: Step) -> None:
    """Bring the user's files from the one tree to the other, all of them or none. The index is left alone.

    Raises:
        OverwriteError: a file is not what the first tree says. None was touched.
        UnsafeTreeError: the second tree adds what no result may hold. None was touched.
        RepositoryError: a file cannot be written; those that were are put back. Or another move is under way.
        GitError: git failed. None was touched.
    """
    note = store.folder / "move.json"
    moves = read_moves(note)
    resumed = moves.under_way in {step, step[::-1]}
    if moves.under_way and not resumed:
        raise RepositoryError("an earlier result was interrupted on its way into your files", hint="finish or undo it")
    source, target = step
    changed = await (changes(store, source, after=target) if resumed else check_tree(store, source, tree=target))
    await _refuse_overwriting(store, user, tree=step[0], changed=changed, resumed=resumed)
    with store.scratch() as scratch:
        ready = await _prepare(store, user, step=step, changed=changed, folder=scratch)
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(partial(_carry_out, user.folder, ready, noted=(note, moves, step)))


def recorded_moves(store: Store) -> Moves:
    """What came into the user's files so far.

    Raises:
        RepositoryError: the record is damaged.
    """
    return read_moves(store.folder / "move.json")


async def _refuse_overwriting(
    store: Store, user: UserTree, *, tree: TreeId, changed: Sequence[Change], resumed: bool
) -> None:
    now = await _present(store, user, tree=tree, changed=changed)
    wrong = [
        change.path
        for change in changed
        if now[change.path] != change.before and not (resumed and now[change.path] == change.after)
    ]
    if wrong:
        raise OverwriteError(sorted(wrong))


async def _present(
    store: Store, user: UserTree, *, tree: TreeId, changed: Sequence[Change]
) -> Mapping[str, Entry | None]:
    """What the user's files are at the paths of ``changed``, as git would record them."""
    paths = [change.path for change in changed]
    written, removed = await anyio.to_thread.run_sync(partial(sorted_out, user.folder, paths, caps=_NO_CAPS))
    async with index_of(store, tree) as (index, _):
        place = store.files(user.folder, index, settings=user.settings.for_user_tree)
        now = await record(store, place, written=written, removed=removed)
    differing = {change.path: change.after for change in await changes(store, tree, after=now)}
    return {change.path: differing.get(change.path, change.before) for change in changed}


async def _prepare(
    store: Store, user: UserTree, *, step: Step, changed: Sequence[Change], folder: Path
) -> list[Replacement]:
    """Write both versions of every file to ``folder``, with line ends as the user has them."""
    before, after = folder / "before", folder / "after"
    old = [change.path for change in changed if change.before]
    new = [change.path for change in changed if change.after]
    for tree, target, paths in ((step[0], before, old), (step[1], after, new)):
        target.mkdir()
        async with index_of(store, tree) as (index, _):
            place = store.files(target, index, settings=user.settings.for_user_tree)
            await store.git.run(("checkout-index", "-f", "-z", "--stdin"), place, stdin=joined(paths))
    return [
        Replacement(
            change.path,
            before / change.path if change.before else None,
            after / change.path if change.after else None,
        )
        for change in changed
    ]


def _carry_out(root: Path, ready: Sequence[Replacement], *, noted: tuple[Path, Moves, Step]) -> None:
    note, moves, step = noted
    write_moves(note, moves.begun(step))
    with Beneath(root, temporary=".rung-unfinished") as files:
        for one in ready:
            files.tidy(one.path)
        _replace_all(files, ready, undone=lambda: write_moves(note, moves))
    write_moves(note, moves.ended(step))


def _replace_all(files: Beneath, ready: Sequence[Replacement], *, undone: Callable[[], None]) -> None:
    done: list[Replacement] = []
    for one in _in_order(ready):
        try:
            _replace(files, one.path, source=one.after)
        except OSError as error:
            _put_back(files, done, because=error)
            undone()
            raise _explained(one.path, error) from error
        done.append(one)


def _in_order(ready: Sequence[Replacement]) -> list[Replacement]:
    """Files go before others come: a folder may take the place of a file, or a file that of a folder."""
    return sorted(ready, key=lambda one: one.after is not None)


def _put_back(files: Beneath, done: Sequence[Replacement], *, because: OSError) -> None:
    try:
        for one in sorted(done, key=lambda one: one.before is not None):
            _replace(files, one.path, source=one.before)
    except OSError as error:
        what = (
            f"a result came into your files in part ({because.strerror}), and could not be taken out ({error.strerror})"
        )
        raise RepositoryError(what, hint="make room or give permission, then undo it") from because


def _replace(files: Beneath, path: str, *, source: Path | None) -> None:
    if source is None:
        files.remove(path)
    else:
        files.put(path, source)


def _explained(path: str, error: OSError) -> OverwriteError | RepositoryError:
    if error.errno in _IN_THE_WAY:
        return OverwriteError([path])
    return RepositoryError(f"cannot write {path!r}: {error.strerror}; nothing was changed")
