"""Private indexes. Reading a tree of 5,000 files into one costs more than copying the file, so a few are kept."""

import contextlib
import os
import secrets
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from orchestrator.domain.tree import TreeId
from orchestrator.workspace.store import Store

_KEPT = 8


@asynccontextmanager
async def index_of(store: Store, tree: TreeId) -> AsyncIterator[tuple[Path, Path]]:
    """An index that holds ``tree`` and knows no file, and an empty folder; both the caller's, gone afterwards.

    Raises:
        GitError: there is no such tree.
    """
    with store.scratch() as folder:
        index, files = folder / "index", folder / "files"
        await copy_index(store, tree, target=index)
        files.mkdir()
        yield index, files


async def copy_index(store: Store, tree: TreeId, *, target: Path) -> None:
    """Make ``target`` an index that holds ``tree`` and knows no file.

    Raises:
        GitError: there is no such tree.
    """
    kept = store.folder / "indexes" / tree
    if not _copied(kept, target):
        place = store.files(target.parent, target)
        await store.git.run(("read-tree", tree), place)
        _keep(target, kept)


def _copied(kept: Path, target: Path) -> bool:
    try:
        shutil.copyfile(kept, target)
    except FileNotFoundError:
        return False
    return True


def _keep(index: Path, kept: Path) -> None:
    kept.parent.mkdir(exist_ok=True)
    new = kept.with_name(f".{secrets.token_hex(8)}")
    shutil.copyfile(index, new)
    os.replace(new, kept)  # noqa: PTH105  # the same call, but it is the idiom for "at once or not at all"
    others = sorted(kept.parent.glob("[0-9a-f]*"), key=_age, reverse=True)
    for old in others[_KEPT:]:
        old.unlink(missing_ok=True)


def _age(path: Path) -> float:
    with contextlib.suppress(FileNotFoundError):
        return path.stat().st_mtime
    return 0.0
