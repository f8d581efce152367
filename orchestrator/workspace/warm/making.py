"""Makes a warm base in an empty folder."""

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import anyio
import anyio.to_thread

from orchestrator.domain.sandbox import GitView, Overlay
from orchestrator.domain.tree import TreeId
from orchestrator.workspace.checkout import check_out
from orchestrator.workspace.removal import remove_tree
from orchestrator.workspace.store import Store
from orchestrator.workspace.values import Submodule
from orchestrator.workspace.warm.base import WarmBase, write_base
from orchestrator.workspace.warm.census import names_in, pull_back, topmost
from orchestrator.workspace.warm.place import PYCACHE, Place, WarmUp

_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to make.

    Attributes:
        submodules: of ``tree``.
        mount: the path at which the commands see the files.
        warm_up: the commands.
        git: what they see of the repository.
    """

    store: Store
    tree: TreeId
    submodules: Sequence[Submodule]
    mount: str
    warm_up: WarmUp
    git: GitView | None = None


async def make_base(order: Order, folder: Path) -> WarmBase:
    """Check out, set up, build; what the commands did to files of the tree is undone.

    It is done in a later second than the last file was written in: so whatever is written from now on is newer by
    every clock, also one that counts seconds.

    Raises:
        RungError: a command failed, or git did.
        OSError: the disk is full, for example.
    """
    files = folder / "tree"
    await _check_out(order, folder)
    (folder / "nothing").mkdir()
    for part in ("upper", "work"):
        (folder / "bytecode" / part).mkdir(parents=True)
    place = Place(
        how="plain copy",
        folder=str(files),
        mount=order.mount,
        overlays=(Overlay(lower=str(folder / "nothing"), target=PYCACHE, kept=str(folder / "bytecode")),),
        variables={"PYTHONPYCACHEPREFIX": PYCACHE},
        git=order.git,
        why="it is being warmed",
    )
    if order.warm_up.set_up:
        await order.warm_up.set_up(place)
        await _restore(order, folder)
    prepared = await anyio.to_thread.run_sync(names_in, files)
    if order.warm_up.build:
        await order.warm_up.build(place)
        await _restore(order, folder)
    base = await anyio.to_thread.run_sync(partial(_finish, folder, order.tree, prepared=prepared))
    await _later_second(base.census.newest_ns)
    return base


async def _check_out(order: Order, folder: Path) -> None:
    checkout = await check_out(order.store, order.tree, folder=folder / "tree", submodules=order.submodules)
    shutil.move(checkout.index, folder / "index")
    for part in checkout.parts:
        if part.place.index:
            part.place.index.unlink(missing_ok=True)


async def _restore(order: Order, folder: Path) -> None:
    place = order.store.files(folder / "tree", folder / "index")
    await order.store.git.run(("read-tree", "--reset", "-u", order.tree), place)


def _finish(folder: Path, tree: TreeId, *, prepared: frozenset[str]) -> WarmBase:
    files = folder / "tree"
    (folder / "bytecode" / "upper").rename(folder / "pycache")
    remove_tree(folder / "bytecode")
    remove_tree(folder / "nothing")
    pull_back(files, time.time_ns())
    return write_base(folder, tree, outputs=topmost(names_in(files) - prepared - {".git"}))


async def _later_second(newest_ns: int) -> None:
    now = time.time_ns()
    if now // _SECOND == newest_ns // _SECOND:
        await anyio.sleep((_SECOND - now % _SECOND) / _SECOND)
