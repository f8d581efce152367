"""An overlay's upper layer as a tree again."""

import os
import shutil
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import anyio.to_thread

from orchestrator.domain.tree import TreeId
from orchestrator.errors import UnsafeTreeError
from orchestrator.workspace.checkout import sorted_out
from orchestrator.workspace.git import Place
from orchestrator.workspace.safety import check_tree
from orchestrator.workspace.store import Store
from orchestrator.workspace.trees import listing
from orchestrator.workspace.values import SUBMODULE, Caps, Entry
from orchestrator.workspace.warm.layer import Layer
from orchestrator.workspace.warm.whiteouts import is_moved, is_opaque, is_whiteout
from orchestrator.workspace.writing import joined, record

_IGNORE = ".gitignore"


@dataclass(slots=True)
class Found:
    """What an upper layer holds. All paths are relative to it.

    Attributes:
        files: everything but folders and whiteouts -> its mode.
        hidden: what is whited out, and folders of which nothing of the lower layer is seen.
        folders: all of them.
    """

    files: dict[str, int] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)


async def collect(store: Store, layer: Layer, *, caps: Caps = Caps()) -> TreeId:  # noqa: B008  # a frozen value
    """The tree that commands made of the one that was laid. No process may still work in the overlay.

    Changed, new and deleted files, executable bits; ignored files are left out, as
    :meth:`orchestrator.workspace.checkout.Checkout.collect` does.

    Raises:
        UnsafeTreeError, GitError: as there.
    """
    found = await anyio.to_thread.run_sync(read_upper, layer.upper)
    tracked = await listing(store, layer.tree)
    modules = {path for path, entry in tracked.items() if entry.mode == SUBMODULE}
    with store.scratch() as scratch:
        written = await _written(store, layer, found=found, tracked=tracked, scratch=scratch)
        if inside := [path for path in written if _is_below(path, modules)]:
            raise UnsafeTreeError([(inside[0], "files inside of a submodule may not be changed")])
        await anyio.to_thread.run_sync(partial(sorted_out, layer.upper, written, caps=caps))
        index = scratch / "index"
        shutil.copy2(layer.index, index)
        lost = (path for path in tracked if path not in found.files and _is_gone(path, found))
        removed = [path for path in lost if path not in modules]
        if len(removed) + len(written) > caps.files:
            count = len(removed) + len(written)
            raise UnsafeTreeError([(".", f"{count} changed files, and {caps.files} are permitted")])
        tree = await record(store, store.files(layer.upper, index), written=written, removed=removed)
    await check_tree(store, layer.tree, tree=tree)
    return tree


def read_upper(upper: Path) -> Found:
    """Look through an upper layer, but for what lies at ``.git`` of its root.

    Raises:
        UnsafeTreeError: the system keeps references in it instead of files.
        OSError: it cannot be read.
    """
    found = Found()
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        with os.scandir(upper / inside) as entries:
            for entry in entries:
                path = f"{inside}/{entry.name}" if inside else entry.name
                if path != ".git":
                    _sort_in(found, path, entry=entry)
                    waiting += [path] if path in found.folders else []
    return found


def _sort_in(found: Found, path: str, *, entry: os.DirEntry[str]) -> None:
    state, place = entry.stat(follow_symlinks=False), Path(entry.path)
    if is_moved(place):
        raise UnsafeTreeError([(path, "the overlay file system keeps only a reference to it")])
    if is_whiteout(state):
        found.hidden.add(path)
    elif stat.S_ISDIR(state.st_mode):
        found.folders.add(path)
        found.hidden |= {path} if is_opaque(place) else set()
    else:
        found.files[path] = state.st_mode


def _is_below(path: str, places: set[str]) -> bool:
    levels = path.split("/")
    return any("/".join(levels[:depth]) in places for depth in range(1, len(levels)))


def _is_gone(path: str, found: Found) -> bool:
    """Whether what the lower layer holds at ``path``, a file, is not seen, though nothing else is there."""
    return path in found.hidden or path in found.folders or _is_below(path, found.hidden | found.files.keys())


async def _written(
    store: Store, layer: Layer, *, found: Found, tracked: Mapping[str, Entry], scratch: Path
) -> list[str]:
    """What belongs into the tree: files that it held, and new ones that are not ignored."""
    known = [path for path in found.files if path in tracked]
    new = [path for path, mode in found.files.items() if path not in tracked and _can_be_new(mode)]
    rules = scratch / "rules"
    await anyio.to_thread.run_sync(partial(_copy_rules, layer, new, found=found, rules=rules))
    place = Place(git_dir=store.git_dir, work_tree=rules)
    asked = [f"./{path}" for path in new]  # a name that begins with ":" would be more than a name to git
    args = ("--no-literal-pathspecs", "check-ignore", "-z", "--stdin")
    said = await store.git.run(args, place, stdin=joined(asked), accept=(0, 1))
    ignored = {path.removeprefix("./") for path in said.fields()}
    return sorted([*known, *(path for path in new if path not in ignored)])


def _can_be_new(mode: int) -> bool:
    return stat.S_ISREG(mode) or stat.S_ISLNK(mode)


def _copy_rules(layer: Layer, paths: Sequence[str], *, found: Found, rules: Path) -> None:
    """Those ``.gitignore`` that concern ``paths``, as both layers together show them."""
    rules.mkdir()
    folders = {""} | {folder for path in paths for folder in _above(path)}
    for folder in folders:
        path = f"{folder}/{_IGNORE}" if folder else _IGNORE
        source = _seen(layer, path, found=found)
        if source:
            (rules / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, rules / path)


def _above(path: str) -> list[str]:
    levels = path.split("/")
    return ["/".join(levels[:depth]) for depth in range(1, len(levels))]


def _seen(layer: Layer, path: str, *, found: Found) -> Path | None:
    """The plain file that is seen at ``path``; git reads its rules from no link."""
    if path in found.files:
        return layer.upper / path if stat.S_ISREG(found.files[path]) else None
    if _is_gone(path, found):
        return None
    below = layer.base.files / path
    is_plain = not any(one.is_symlink() for one in (below, *(layer.base.files / part for part in _above(path))))
    return below if is_plain and below.is_file() else None
