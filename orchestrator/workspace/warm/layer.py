"""A candidate over a warm base: an upper layer that holds exactly what its tree has different."""

import filecmp
import os
import shutil
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import anyio.to_thread

from orchestrator.domain.tree import TreeId
from orchestrator.workspace.store import Store
from orchestrator.workspace.trees import listing, parse_listing
from orchestrator.workspace.values import FOLDER, SUBMODULE, Change
from orchestrator.workspace.warm.base import WarmBase
from orchestrator.workspace.warm.census import walk
from orchestrator.workspace.warm.whiteouts import make_opaque, whiteout
from orchestrator.workspace.writing import joined

_ATTRIBUTES = ".gitattributes"
_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Layer:
    """One candidate's own part of an overlay.

    Attributes:
        base: the lower layer.
        tree: what lower and upper layer together show.
        folder: the engine's own; its ``upper`` and ``work`` are the overlay's.
        is_warm: whether the output of the base's build is seen.
    """

    base: WarmBase
    tree: TreeId
    folder: Path
    is_warm: bool

    @property
    def upper(self) -> Path:
        """What differs from the base."""
        return self.folder / "upper"

    @property
    def index(self) -> Path:
        """Git's index of both layers together."""
        return self.folder / "index"


def can_lie(changed: Sequence[Change]) -> bool:
    """Whether files alone make the difference: a submodule's are in no tree."""
    return not any(entry.mode == SUBMODULE for one in changed for entry in (one.before, one.after) if entry)


def keeps_warmth(changed: Sequence[Change]) -> bool:
    """Whether what was built from the base may be shown.

    Where a file is gone, what was built from it would still be there, and many builds would take it.
    """
    return not any(one.after is None for one in changed)


async def lay(store: Store, base: WarmBase, *, tree: TreeId, changed: Sequence[Change], folder: Path) -> Layer:
    """Write the files that ``tree`` has different from ``base`` to ``folder``, which does not exist.

    Contents, line ends, modes and links are git's. Every file is newer, by a whole second or more of its clock, than
    everything in the base: no build takes it for what it was built from.

    ``store`` knows both trees; ``changed`` tells how they differ, and is fit for :func:`can_lie`.

    Raises:
        GitError: there is no such tree.
        OSError: the file system cannot hold an upper layer, or is full.
    """
    layer = Layer(base, tree, folder, keeps_warmth(changed))
    await anyio.to_thread.run_sync(_begin, layer)
    if changed:
        place = store.files(layer.upper, layer.index)
        await store.git.run(("read-tree", "-m", "-u", tree), place)
        if folders := _reattributed(changed):
            await _write_again(store, layer, folders=folders, changed=changed)
        gone = await _gone(store, tree, changed=changed)
        await anyio.to_thread.run_sync(partial(_finish, layer, changed=changed, gone=gone))
    return layer


def _begin(layer: Layer) -> None:
    layer.upper.mkdir(parents=True)
    (layer.folder / "work").mkdir()
    shutil.copy2(layer.base.index, layer.index)
    _take_after(layer.base.files, layer.upper)


def _reattributed(changed: Sequence[Change]) -> tuple[str, ...]:
    """The folders in which line ends may be others now, though no file is."""
    folders = (one.path.rpartition("/") for one in changed)
    return tuple(folder for folder, _, name in folders if name == _ATTRIBUTES)


async def _write_again(store: Store, layer: Layer, *, folders: Iterable[str], changed: Sequence[Change]) -> None:
    """Write all files in ``folders`` by the new attributes, and take those away again that are as they were."""
    known = {one.path for one in changed}
    there = await listing(store, layer.tree)
    paths = [
        path
        for path, entry in there.items()
        if entry.mode != SUBMODULE and path not in known and any(_is_in(path, folder) for folder in folders)
    ]
    place = store.files(layer.upper, layer.index)
    await store.git.run(("checkout-index", "-f", "-z", "--stdin"), place, stdin=joined(paths))
    await anyio.to_thread.run_sync(_drop_equal, layer, paths)


def _is_in(path: str, folder: str) -> bool:
    return not folder or path.startswith(f"{folder}/")


def _drop_equal(layer: Layer, paths: Sequence[str]) -> None:
    for path in paths:
        above, below = layer.upper / path, layer.base.files / path
        if above.is_symlink() or (below.is_file() and filecmp.cmp(above, below, shallow=False)):
            above.unlink()


async def _gone(store: Store, tree: TreeId, *, changed: Sequence[Change]) -> tuple[str, ...]:
    """What is not there any more: a folder once, where nothing of the tree is left in it."""
    removed = [one.path for one in changed if one.after is None]
    if not removed:
        return ()
    said = await store.git.run(("ls-tree", "-r", "-d", "-z", "--full-tree", tree), store.objects)
    left = {path for path, entry in parse_listing(said.fields()) if entry.mode == FOLDER}
    return tuple(dict.fromkeys(_topmost_gone(path, left) for path in removed))


def _above(path: str) -> list[str]:
    """The folders that ``path`` lies in, outermost first."""
    levels = path.split("/")
    return ["/".join(levels[:depth]) for depth in range(1, len(levels))]


def _topmost_gone(path: str, left: set[str]) -> str:
    return next((folder for folder in _above(path) if folder not in left), path)


def _finish(layer: Layer, *, changed: Sequence[Change], gone: Sequence[str]) -> None:
    for path in gone if layer.is_warm else (*gone, *layer.base.outputs):
        _hide(layer, path)
    second = layer.base.census.newest_ns // _SECOND + 1
    for path, found in [*walk(layer.upper)]:
        if not stat.S_ISDIR(found.st_mode) and found.st_mtime_ns < second * _SECOND:
            os.utime(layer.upper / path, ns=(second * _SECOND,) * 2, follow_symlinks=False)
    _finish_folders(layer, {one.path.rpartition("/")[0] for one in changed})


def _hide(layer: Layer, path: str) -> None:
    """``path`` of the lower layer is not to be seen, but for what the upper layer holds there."""
    above = layer.upper / path
    if any((layer.upper / folder).is_symlink() or (layer.upper / folder).is_file() for folder in _above(path)):
        return  # a file of the upper layer hides it already
    if above.is_dir() and not above.is_symlink():
        if not (layer.base.files / path).is_dir():
            return
        make_opaque(above)
    elif not os.path.lexists(above):
        whiteout(above)


def _finish_folders(layer: Layer, touched: set[str]) -> None:
    """A folder has the mode that it has in the base; where nothing in it changed, its time as well."""
    folders = [path for path, found in walk(layer.upper) if stat.S_ISDIR(found.st_mode)]
    for path in sorted(folders, reverse=True):
        below, above = layer.base.files / path, layer.upper / path
        if below.is_dir() and not below.is_symlink():
            before = above.stat()
            _take_after(below, above)
            if path in touched:
                os.utime(above, ns=(before.st_atime_ns, before.st_mtime_ns))


def _take_after(below: Path, above: Path) -> None:
    found = below.stat()
    above.chmod(stat.S_IMODE(found.st_mode))
    os.utime(above, ns=(found.st_atime_ns, found.st_mtime_ns))
