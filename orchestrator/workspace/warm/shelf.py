"""The warm bases of one project, shared by all its runs.

::

    <folder>/<key>/            a warm base (see :mod:`orchestrator.workspace.warm.base`)
    <folder>/<key>.lock        held shared by those who use it, exclusively by who makes or removes it;
                               its modification time is the last use
    <folder>/.new-<key>-*      one that is being made; renamed when it is whole and on disk
    <folder>/.gone-*           one that is being removed
"""

import ctypes
import os
import random
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import anyio.to_thread

from orchestrator.errors import RepositoryError
from orchestrator.workspace.removal import remove_tree
from orchestrator.workspace.warm.base import WarmBase, read_base, recall_base
from orchestrator.workspace.warm.key import WarmKey, is_key_name
from orchestrator.workspace.warm.lock import locked, try_lock

_TRIES = 40
_PAUSE = 0.25
"""Seconds at most between two tries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What was removed: keys, and their allocated bytes together."""

    keys: tuple[str, ...] = ()
    size: int = 0


@dataclass(frozen=True, slots=True)
class Shelf:
    """Finds, makes and removes warm bases. Any number of processes may use one folder at a time."""

    folder: Path

    @asynccontextmanager
    async def prepare(self, key: WarmKey, make: Callable[[Path], Awaitable[WarmBase]]) -> AsyncIterator[WarmBase]:
        """The base of ``key``, made by ``make`` in an empty folder where there is none; it is kept until the end.

        Who comes while it is being made waits for it. One that is not what it was when it was made is made again.

        Raises:
            RepositoryError: it has to be made again while somebody uses it.
            OSError: the folder cannot be written.
            Exception: what ``make`` raises; nothing is left then.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for tries in count(1):
            async with locked(self._lock(key.name), exclusive=False):
                base = await anyio.to_thread.run_sync(read_base, self.folder / key.name)
                if base:
                    os.utime(self._lock(key.name))
                    yield base
                    return
                is_damaged = (self.folder / key.name).exists()
            if not await self._made(key.name, make):  # somebody else is making it, or looks at it as we do
                if is_damaged and tries > _TRIES:
                    raise RepositoryError("the warm base was changed while it is used", hint="end the other runs first")
                await anyio.sleep(_PAUSE * random.random())  # noqa: S311  # so that those who wait do not meet again

    async def _made(self, name: str, make: Callable[[Path], Awaitable[WarmBase]]) -> bool:
        """Make it, unless others hold it; whether it is there now."""
        handle = try_lock(self._lock(name), exclusive=True)
        if handle is None:
            return False
        try:
            self._clear(name)
            if await anyio.to_thread.run_sync(read_base, self.folder / name):
                return True
            new = self.folder / f".new-{name}-{secrets.token_hex(4)}"
            new.mkdir(mode=0o700)
            try:
                await make(new)
                await anyio.to_thread.run_sync(self._install, new, name)
            finally:
                await _remove(new)
        finally:
            os.close(handle)
        return True

    def _install(self, new: Path, name: str) -> None:
        _flush(new)
        if (self.folder / name).exists():
            self._throw_away(name)
        new.rename(self.folder / name)

    def sweep(self, *, now: float, max_age: float, max_size: int) -> Swept:
        """Remove bases that nobody uses: those not used for ``max_age`` seconds, then the longest unused ones.

        Those in use stay, whatever their age and size. What makers and removers that died left is removed as well.

        Args:
            now: seconds since the epoch.
            max_age: seconds; 0 removes all that are unused.
            max_size: allocated bytes that may stay, those in use included.

        Raises:
            OSError: one cannot be removed.
        """
        if not self.folder.exists():
            return Swept()
        for half in self.folder.glob(".gone-*"):
            remove_tree(half)
        sizes = {name: _size(self.folder / name) for name in self._names()}
        left = sum(sizes.values())
        gone = []
        for name in sorted(sizes, key=self._last_use):
            is_old = now - self._last_use(name) >= max_age
            if (is_old or left > max_size or not sizes[name]) and self._remove(name):
                gone.append(name)
                left -= sizes[name]
        return Swept(keys=tuple(gone), size=sum(sizes[name] for name in gone))

    def _remove(self, name: str) -> bool:
        handle = try_lock(self._lock(name), exclusive=True)
        if handle is None:
            return False
        try:
            self._clear(name)
            if (self.folder / name).exists():
                self._throw_away(name)
            self._lock(name).unlink(missing_ok=True)
        finally:
            os.close(handle)
        return True

    def _throw_away(self, name: str) -> None:
        gone = self.folder / f".gone-{secrets.token_hex(8)}"
        (self.folder / name).rename(gone)
        remove_tree(gone)

    def _clear(self, name: str) -> None:
        """Remove what makers of ``name`` left that did not come to their end; its lock is held."""
        for half in self.folder.glob(f".new-{name}-*"):
            remove_tree(half)

    def _names(self) -> Iterator[str]:
        halves = {path.name.split("-")[1] for path in self.folder.glob(".new-*-*")}
        locks = {path.stem for path in self.folder.glob("*.lock")}
        names = halves | locks | {path.name for path in self.folder.iterdir()}
        yield from sorted(name for name in names if is_key_name(name))

    def _lock(self, name: str) -> Path:
        return self.folder / f"{name}.lock"

    def _last_use(self, name: str) -> float:
        with suppress(FileNotFoundError):
            return self._lock(name).stat().st_mtime
        return 0.0


def _size(folder: Path) -> int:
    base = recall_base(folder)
    return base.census.size if base else 0


async def _remove(folder: Path) -> None:
    with anyio.CancelScope(shield=True):
        if folder.exists():  # noqa: ASYNC240  # once for each base
            await anyio.to_thread.run_sync(remove_tree, folder)


def _flush(folder: Path) -> None:
    """Have the file system that holds ``folder`` on disk: after a loss of power a name must not stand for less.

    Raises:
        OSError: it could not be written.
    """
    library = ctypes.CDLL(None, use_errno=True)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if library.syncfs(handle):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(folder))
    finally:
        os.close(handle)
