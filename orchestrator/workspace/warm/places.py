"""Gives every candidate a place to be worked on: over the warm base where that works, else as a copy of its own."""

import os
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import anyio.to_thread

from orchestrator.domain.sandbox import Overlay
from orchestrator.domain.tree import CommitId, TreeId
from orchestrator.errors import RungError
from orchestrator.workspace.checkout import Checkout
from orchestrator.workspace.removal import remove_tree
from orchestrator.workspace.repository import RunRepository
from orchestrator.workspace.values import Caps
from orchestrator.workspace.warm.base import WarmBase
from orchestrator.workspace.warm.collecting import collect
from orchestrator.workspace.warm.gitview import read_tags, view_of, write_view
from orchestrator.workspace.warm.key import WarmKey, conversion_of
from orchestrator.workspace.warm.layer import Layer, can_lie, lay
from orchestrator.workspace.warm.lock import try_lock
from orchestrator.workspace.warm.making import Order, make_base
from orchestrator.workspace.warm.place import PYCACHE, Place, WarmUp
from orchestrator.workspace.warm.relocation import relocated
from orchestrator.workspace.warm.shelf import Shelf

_NO_FOLDER = Path("/srv/project")
"""Where the files of a bare repository are seen: it has no folder of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How commands will be run.

    Attributes:
        sandboxed: whether in the sandbox, which can show files at another path.
        fault_of: says why an overlay cannot be mounted, one line; ``""`` where it can. It may block.
        env: what commands outside of a sandbox inherit.
    """

    sandboxed: bool
    fault_of: Callable[[Overlay], str]
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Placed:
    """A place, and the way back into a tree."""

    place: Place
    _repository: RunRepository
    _files: Layer | Checkout

    async def collect(self, caps: Caps = Caps()) -> TreeId:  # noqa: B008  # a frozen value
        """The files as they are now; see :meth:`orchestrator.workspace.checkout.Checkout.collect`."""
        if isinstance(self._files, Layer):
            return await collect(self._repository.store, self._files, caps=caps)
        return await self._files.collect(caps)


class Places:
    """The places of one run's candidates; see :func:`open_places`.

    All lie over one warm base: the one of the tree that the run began from.
    """

    def __init__(self, repository: RunRepository, shelf: Shelf, *, warm_up: WarmUp, terms: Terms) -> None:
        self._repository = repository
        self._shelf = shelf
        self._warm_up = warm_up
        self._terms = terms
        self._mount = repository.facts.work_tree or _NO_FOLDER
        self._stack = AsyncExitStack()
        self._making = anyio.Lock()
        self._base: WarmBase | None = None
        self._tags: Mapping[str, str] | None = None
        self._open: dict[str, Place] = {}
        self._why = "" if terms.sandboxed else "there is no sandbox"

    async def close(self) -> None:
        """Let go of the warm base."""
        await self._stack.aclose()

    @asynccontextmanager
    async def place(self, commit: CommitId) -> AsyncIterator[Placed]:
        """The files of ``commit``; thrown away on leaving, collected or not.

        Raises:
            RungError: not even a copy can be made: git failed, or dependencies cannot be set up in it.
            OSError: the disk is full, for example.
        """
        async with _own_folder(self._layers) as folder:
            placed = await self._overlay(commit, folder / "layer") or await self._copy(commit, folder / "copy")
            self._open[placed.place.folder] = placed.place
            try:
                yield placed
            finally:
                del self._open[placed.place.folder]

    def find(self, path: str) -> Place | None:
        """The place that is open now and whose folder is ``path``, or holds it; ``None`` where there is none."""
        return next((place for folder, place in self._open.items() if Path(path).is_relative_to(folder)), None)

    @property
    def _layers(self) -> Path:
        return self._shelf.folder / "layers"

    async def _overlay(self, commit: CommitId, folder: Path) -> Placed | None:
        base = await self._prepared()
        if base is None:
            return None
        repository = self._repository
        tree = await repository.tree_of(commit)
        changed = await repository.changes(base.tree, tree)
        if not can_lie(changed):
            return None
        layer = await lay(repository.store, base, tree=tree, changed=changed, folder=folder)
        view = view_of(repository, commit, tags=await self._known_tags(), index=layer.index)
        place = Place(
            how="warm overlay" if layer.is_warm else "cold overlay",
            folder=str(folder / "merged"),
            mount=str(self._mount),
            overlays=(
                Overlay(lower=str(base.files), target=str(self._mount), kept=str(folder)),
                Overlay(lower=str(base.pycache), target=PYCACHE),
            ),
            variables={"PYTHONPYCACHEPREFIX": PYCACHE},
            git=view,
            why="" if layer.is_warm else "it removes files, so nothing that was built from them is taken",
        )
        return Placed(place, repository, layer)

    async def _copy(self, commit: CommitId, folder: Path) -> Placed:
        repository, user = self._repository, self._repository.facts.work_tree
        files = folder / "tree"
        checkout = await repository.check_out(await repository.tree_of(commit), files)
        view = view_of(repository, commit, tags=await self._known_tags(), index=checkout.index)
        variables = {"PYTHONPYCACHEPREFIX": PYCACHE}
        if not self._terms.sandboxed:
            await anyio.to_thread.run_sync(write_view, view, files / ".git")
            moved = relocated(self._terms.env, user=user, folder=files) if user else {}
            variables = {**moved, "PYTHONPYCACHEPREFIX": str(folder / "pycache")}
        place = Place(
            how="plain copy",
            folder=str(files),
            mount=str(self._mount if self._terms.sandboxed else files),
            variables=variables,
            git=view if self._terms.sandboxed else None,
            why=self._why or "a submodule differs",
        )
        if self._warm_up.set_up:
            await self._warm_up.set_up(place)
        return Placed(place, repository, checkout)

    async def _prepared(self) -> WarmBase | None:
        """The base; made on first use. ``None`` where there is none, and then :attr:`_why` says why."""
        async with self._making:
            if self._base is None and not self._why:
                try:
                    self._base = await self._stack.enter_async_context(self._shelf.prepare(self._key, self._make))
                    self._why = await self._fault(self._base)
                except (RungError, OSError) as error:
                    self._why = f"no warm base could be made: {error}"
            return None if self._why else self._base

    @property
    def _key(self) -> WarmKey:
        return WarmKey(
            tree=self._repository.facts.tree,
            mount=str(self._mount),
            conversion=conversion_of(self._repository),
            toolchain=self._warm_up.toolchain,
            lock=self._warm_up.lock,
            recipe=self._warm_up.recipe,
        )

    async def _make(self, folder: Path) -> WarmBase:
        repository = self._repository
        tree = repository.facts.tree
        order = Order(
            store=repository.store,
            tree=tree,
            submodules=await repository.submodules(tree),
            mount=str(self._mount),
            warm_up=self._warm_up,
            git=view_of(repository, repository.facts.base, tags=await self._known_tags(), index=folder / "index"),
        )
        return await make_base(order, folder)

    async def _fault(self, base: WarmBase) -> str:
        """Why overlays on ``base`` cannot be had: not every file system can hold an upper layer."""
        async with _own_folder(self._layers) as folder:
            for part in ("upper", "work"):
                (folder / part).mkdir()
            kept = Overlay(lower=str(base.files), target=str(self._mount), kept=str(folder))
            fault = await anyio.to_thread.run_sync(self._terms.fault_of, kept)
        return f"no overlay can be mounted: {fault}" if fault else ""

    async def _known_tags(self) -> Mapping[str, str]:
        if self._tags is None:
            self._tags = await read_tags(self._repository)
        return self._tags


@asynccontextmanager
async def open_places(
    repository: RunRepository, folder: Path, *, warm_up: WarmUp, terms: Terms
) -> AsyncIterator[Places]:
    """The places of a run, below ``folder``, which runs of one project share; what dead engines left is removed.

    Where overlays are wanted, ``folder`` is on a file system that can hold an upper layer. The steps of ``warm_up``
    are done once for each base, tools and lock files, by whichever run is first.

    Raises:
        OSError: ``folder`` cannot be written.
    """
    places = Places(repository, Shelf(folder), warm_up=warm_up, terms=terms)
    await anyio.to_thread.run_sync(sweep_layers, folder / "layers")
    try:
        yield places
    finally:
        with anyio.CancelScope(shield=True):
            await places.close()


def sweep_layers(folder: Path) -> int:
    """Remove the layers and copies that engines left that are gone; how many.

    Raises:
        OSError: one cannot be removed.
    """
    count = 0
    for lock in sorted(folder.glob("*.lock")):
        handle = try_lock(lock, exclusive=True)
        if handle is not None:
            try:
                _throw_away(lock)
                count += 1
            finally:
                os.close(handle)
    return count


@asynccontextmanager
async def _own_folder(layers: Path) -> AsyncIterator[Path]:
    """A folder that is gone afterwards; while its lock is held nobody else removes it."""
    lock, handle = _new_folder(layers)
    try:
        yield lock.with_suffix("")
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(_throw_away, lock)
        os.close(handle)


def _new_folder(layers: Path) -> tuple[Path, int]:
    """Its lock, which has its name, and the handle that holds it."""
    layers.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = layers / f"{secrets.token_hex(8)}.lock"
    handle = try_lock(lock, exclusive=True)
    assert handle is not None, "nobody else knows its name"
    lock.with_suffix("").mkdir()
    return lock, handle


def _throw_away(lock: Path) -> None:
    if lock.with_suffix("").exists():
        remove_tree(lock.with_suffix(""))
    lock.unlink(missing_ok=True)
