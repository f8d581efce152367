"""The user's files as a tree, without touching the user's index, files or references."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestrator.domain.tree import TreeId
from orchestrator.errors import RepositoryError
from orchestrator.workspace.git import Place
from orchestrator.workspace.settings import Settings
from orchestrator.workspace.store import Store
from orchestrator.workspace.values import Finding, Snapshot, Uncommitted
from orchestrator.workspace.writing import joined, record


@dataclass(frozen=True, slots=True)
class UserTree:
    """The folder that the user works in.

    Attributes:
        git_dir: where its index is; ``None`` where it is in no repository.
    """

    folder: Path
    git_dir: Path | None
    settings: Settings


async def take_snapshot(store: Store, user: UserTree, *, what: Uncommitted) -> Snapshot:
    """The files as they are now, by the user's own ignore rules and line-end settings.

    A changed file that goes through one of the user's filter drivers (large files) stays as the index has it: the
    driver would be needed to take it along. It is told, as is every repository inside the tree.

    Raises:
        RepositoryError: a merge is under way.
        GitError: git failed.
    """
    with store.scratch() as scratch:
        index = scratch / "index"
        if user.git_dir:
            _borrow_index(user.git_dir, index=index, git_dir=store.git_dir)
        place = store.files(user.folder, index, settings=user.settings.for_user_tree)
        await _refuse_unmerged(store, place)
        changed = await _changed(store, place)
        new = await _new(store, place) if what is Uncommitted.ALL else []
        nested = [Finding(path, "a repository of its own") for path in new if path.endswith("/")]
        filtered = await _filtered(store, place, paths=[*changed, *new], filters=user.settings.filters)
        taken = [path for path in (*changed, *new) if path not in filtered and not path.endswith("/")]
        tree = await _recorded(store, place, paths=taken)
    left = [Finding(path, "it goes through a filter driver, and was not taken along") for path in sorted(filtered)]
    return Snapshot(tree, (*nested, *left))


def _borrow_index(source: Path, *, index: Path, git_dir: Path) -> None:
    """Copy the user's index with its time, by which git tells which stat data not to trust; and what it refers to."""
    if (source / "index").exists():
        shutil.copy2(source / "index", index)
    for shared in source.glob("sharedindex.*"):
        shutil.copy2(shared, git_dir / shared.name)


async def _refuse_unmerged(store: Store, place: Place) -> None:
    unmerged = (await store.git.run(("ls-files", "-z", "--unmerged"), place)).fields()
    if unmerged:
        path = unmerged[0].partition("\t")[2]
        raise RepositoryError(f"a merge is under way: {path!r} is not decided", hint="finish it, or git merge --abort")


async def _changed(store: Store, place: Place) -> list[str]:
    args = ("diff-files", "-z", "--name-only", "--no-ext-diff", "--ignore-submodules=all")
    return (await store.git.run(args, place)).fields()


async def _new(store: Store, place: Place) -> list[str]:
    return (await store.git.run(("ls-files", "-z", "--others", "--exclude-standard"), place)).fields()


async def _filtered(store: Store, place: Place, *, paths: Sequence[str], filters: frozenset[str]) -> frozenset[str]:
    if not paths or not filters:
        return frozenset()
    said = (await store.git.run(("check-attr", "-z", "--stdin", "filter"), place, stdin=joined(paths))).fields()
    named = zip(said[::3], said[2::3], strict=True)
    return frozenset(path for path, name in named if name in filters)


async def _recorded(store: Store, place: Place, *, paths: Sequence[str]) -> TreeId:
    folder = place.folder
    there = [path for path in paths if (folder / path).is_symlink() or (folder / path).is_file()]
    gone = [path for path in paths if path not in set(there)]
    return await record(store, place, written=there, removed=gone)
