"""A tree as files in a folder, and those files as a tree again.

The index that belongs to a folder lies with the run, not in the folder: nothing that a command does to a ``.git`` in
there, be it to make one, replace one or remove one, is ever looked at.
"""

import os
import secrets
import shutil
import stat
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import anyio.to_thread

from orchestrator.domain.tree import TreeId
from orchestrator.errors import RepositoryError, UnsafeTreeError
from orchestrator.workspace.git import Place
from orchestrator.workspace.indexes import copy_index
from orchestrator.workspace.removal import remove_tree
from orchestrator.workspace.safety import check_tree, is_git_path
from orchestrator.workspace.store import Store
from orchestrator.workspace.values import Caps, Submodule
from orchestrator.workspace.writing import record


@dataclass(frozen=True, slots=True)
class Part:
    """A submodule's files inside a checkout: only ever read."""

    submodule: Submodule
    place: Place


@dataclass(frozen=True, slots=True)
class Checkout:
    """A tree's files in a folder. Whoever mounts them differently makes one of these with a matching index.

    Attributes:
        tree: what was checked out.
        folder: where; its content belongs to the commands that run there.
        index: what git knows of the files, outside of the folder.
    """

    store: Store
    tree: TreeId
    folder: Path
    index: Path
    parts: tuple[Part, ...] = ()

    @property
    def place(self) -> Place:
        """For git calls on these files."""
        return self.store.files(self.folder, self.index)

    async def collect(self, caps: Caps = Caps()) -> TreeId:  # noqa: B008  # a frozen value
        """The folder as it is now: changed, new and deleted files, executable bits. Ignored files are left out.

        Setuid and setgid bits do not survive. No process may still write to the folder.

        Raises:
            UnsafeTreeError: the folder holds what no candidate may hold, or more than ``caps``, or files inside of a
                submodule were changed. The folder is left as it is.
            GitError: git failed; the folder is left as it is.
        """
        for part in self.parts:
            with self.store.scratch() as scratch:
                inside = await self._touched(_copied(part.place, scratch))
            if inside:
                path = f"{part.submodule.path}/{inside[0]}"
                raise UnsafeTreeError([(path, "files inside of a submodule may not be changed")])
        with self.store.scratch() as scratch:
            place = _copied(self.place, scratch)
            return await self._collected(place, await self._touched(place), caps=caps)

    async def collect_paths(self, paths: Sequence[str], caps: Caps = Caps()) -> TreeId:  # noqa: B008  # as above
        """As :meth:`collect`, for a caller who knows where to look; other paths stay as :attr:`tree` has them.

        Raises:
            UnsafeTreeError, GitError: as :meth:`collect`.
        """
        with self.store.scratch() as scratch:
            return await self._collected(_copied(self.place, scratch), paths, caps=caps)

    async def _touched(self, place: Place) -> list[str]:
        """What is changed, deleted, or new and not ignored; what may be as well, where only its content can tell.

        The refresh compares the content of files as young as the index once and for all the calls that follow.
        """
        git = self.store.git
        await git.run(("update-index", "-q", "--refresh", "--ignore-submodules"), place, accept=(0, 1))
        args = ("diff-files", "-z", "--name-only", "--no-ext-diff", "--ignore-submodules=all")
        changed = (await git.run(args, place)).fields()
        new = (await git.run(("ls-files", "-z", "--others", "--exclude-standard"), place)).fields()
        nested = [(path, "a repository of its own inside the tree") for path in new if path.endswith("/")]
        if nested:
            raise UnsafeTreeError(nested)
        return [*changed, *new]

    async def _collected(self, place: Place, paths: Sequence[str], *, caps: Caps) -> TreeId:
        written, removed = await anyio.to_thread.run_sync(partial(sorted_out, self.folder, paths, caps=caps))
        tree = await record(self.store, place, written=written, removed=removed)
        await check_tree(self.store, self.tree, tree=tree)
        return tree

    async def discard(self) -> None:
        """Remove the folder and all that is known of it. Collect it, and keep what was collected, before."""
        await anyio.to_thread.run_sync(remove_tree, self.folder)
        for index in (self.index, *(part.place.index for part in self.parts)):
            if index:
                index.unlink(missing_ok=True)

    async def _scan(self, place: Place) -> tuple[list[str], list[str]]:
        git = self.store.git
        args = ("diff-files", "-z", "--name-only", "--no-ext-diff", "--ignore-submodules=all")
        changed = (await git.run(args, place)).fields()
        new = (await git.run(("ls-files", "-z", "--others", "--exclude-standard"), place)).fields()
        return changed, new


async def check_out(store: Store, tree: TreeId, *, folder: Path, submodules: Sequence[Submodule] = ()) -> Checkout:
    """Write the files of ``tree`` to ``folder``, with line ends as the user has them; pointers of LFS stay pointers.

    A submodule whose store is not at hand becomes an empty folder.

    Raises:
        RepositoryError: ``folder`` exists and is not empty.
        GitError: there is no such tree, or the disk is full; the folder is left as far as it got.
    """
    _make_empty(folder)
    index = _new_index(store)
    await store.git.run(("read-tree", "--reset", "-u", tree), store.files(folder, index))
    parts = []
    for submodule in submodules:
        (folder / submodule.path).mkdir(parents=True, exist_ok=True)
        part = Place(
            git_dir=store.git_dir,
            work_tree=folder / submodule.path,
            index=_new_index(store),
            alternates=(submodule.objects,) if submodule.objects else (),
        )
        wanted = submodule.commit if submodule.objects else "--empty"
        await store.git.run(("read-tree", *(("--reset", "-u") if submodule.objects else ()), wanted), part)
        parts.append(Part(submodule, part))
    return Checkout(store, tree, folder, index, tuple(parts))


def _copied(place: Place, scratch: Path) -> Place:
    """``place`` with a copy of its index. The copy keeps the time by which git tells which stat data not to trust."""
    index = scratch / "index"
    if place.index:
        shutil.copy2(place.index, index)
    return replace(place, index=index)


async def adopt(store: Store, tree: TreeId, *, folder: Path) -> Checkout:
    """The checkout of ``tree`` that an engine that died, or lost its index, left in ``folder``: to be collected still.

    Every file is compared by its content. Submodules in it are not looked at.

    Raises:
        GitError: there is no such tree.
    """
    index = _new_index(store)
    await copy_index(store, tree, target=index)
    return Checkout(store, tree, folder, index)


def _new_index(store: Store) -> Path:
    folder = store.folder / "checkouts"
    folder.mkdir(exist_ok=True)
    return folder / secrets.token_hex(8)


def _make_empty(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise RepositoryError(f"{folder} is not empty", hint="name a new folder")


def sorted_out(folder: Path, paths: Sequence[str], *, caps: Caps) -> tuple[list[str], list[str]]:
    """Which of ``paths`` are files (or links) below ``folder`` now, and which are not there.

    Raises:
        UnsafeTreeError: some are unfit; all of them are told.
    """
    written: list[str] = []
    removed: list[str] = []
    faults: list[tuple[str, str]] = []
    total = 0
    for path in dict.fromkeys(paths):
        found = _look(folder, path)
        if found is None or stat.S_ISDIR(found.st_mode):
            removed.append(path)
            continue
        total += found.st_size
        fault = _fault(path, found, caps=caps)
        faults += [(path, fault)] if fault else []
        written.append(path)
    faults += _excess(len(written) + len(removed), total, caps=caps)
    if faults:
        raise UnsafeTreeError(faults)
    return written, removed


def _look(folder: Path, path: str) -> os.stat_result | None:
    """What is at ``path``; ``None`` where nothing is, or where a folder on the way has become a link or a file."""
    *levels, _ = path.split("/")
    here = folder
    for level in levels:
        here = here / level
        if not here.is_dir() or here.is_symlink():
            return None
    try:
        return os.lstat(folder / path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def _fault(path: str, found: os.stat_result, *, caps: Caps) -> str:
    if not (stat.S_ISREG(found.st_mode) or stat.S_ISLNK(found.st_mode)):
        return "neither a file nor a link (a pipe, a socket or a device)"
    if found.st_size > caps.file_bytes:
        return f"{found.st_size} bytes, and {caps.file_bytes} are permitted"
    if path.count("/") >= caps.depth:
        return f"more than {caps.depth} levels deep"
    return "the path leads into git's own folder" if is_git_path(path) else ""


def _excess(count: int, total: int, *, caps: Caps) -> list[tuple[str, str]]:
    found = []
    if count > caps.files:
        found.append((".", f"{count} changed files, and {caps.files} are permitted"))
    if total > caps.total_bytes:
        found.append((".", f"{total} bytes of changes, and {caps.total_bytes} are permitted"))
    return found
