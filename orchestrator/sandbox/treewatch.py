"""Keeps an eye on how much of the disk a command fills."""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import anyio
import anyio.to_thread

__all__ = ["Footprint", "TreeWatch", "footprint"]

_SECONDS = 0.2
_PATIENCE = 20
"""Looking takes at most one part in so many of the time, whatever the size of the tree."""
_BLOCK = 512


@dataclass(frozen=True, slots=True)
class Footprint:
    """What a folder takes up.

    Attributes:
        size: allocated bytes; a file with several names counts once.
        entries: of all kinds.
        hidden: whether a part could not be looked at.
    """

    size: int
    entries: int
    hidden: bool = False


class TreeWatch:
    """Looks at a folder again and again until it holds more than it may.

    Attributes:
        exceeded: ``tree_mb`` or ``tree_files``, once it does; ``""`` before.
    """

    def __init__(self, folder: str, *, size: int, entries: int) -> None:
        self._folder = folder
        self._most = Footprint(size, entries)
        self._used = _used(folder)
        self.exceeded = ""

    async def watch(self, stop: Callable[[], None]) -> None:
        """Call ``stop`` when it is exceeded; returns then, and never else."""
        while not self.exceeded:
            pause = _SECONDS
            if self._might_be_full():
                began = anyio.current_time()
                await anyio.to_thread.run_sync(self.look)
                pause = max(pause, _PATIENCE * (anyio.current_time() - began))
            if not self.exceeded:
                await anyio.sleep(pause)
        stop()

    def look(self) -> None:
        """Look once."""
        found = footprint(self._folder, self._most)
        grown = _used(self._folder) - self._used
        if found.size > self._most.size or (found.hidden and grown > self._most.size):
            self.exceeded = "tree_mb"
        elif found.entries > self._most.entries:
            self.exceeded = "tree_files"

    def _might_be_full(self) -> bool:
        """Whether the file system as a whole holds so much that the folder could be beyond its limits."""
        system = os.statvfs(self._folder)
        if _used(self._folder) > self._most.size or not system.f_files:
            return True
        return system.f_files - system.f_ffree > self._most.entries


def _used(folder: str) -> int:
    """Bytes in use on the file system that holds ``folder``."""
    system = os.statvfs(folder)
    return (system.f_blocks - system.f_bfree) * system.f_frsize


def footprint(folder: str, most: Footprint) -> Footprint:
    """What ``folder`` takes up; counting ends when there is more than ``most``.

    A folder inside that cannot be opened because its path is too long counts as too much: nothing honest is that deep.
    One that cannot be read for another reason counts as itself, and as hidden.
    """
    size = entries = 0
    hidden = False
    seen: set[tuple[int, int]] = set()
    for found in _walk(folder):
        if isinstance(found, OSError):
            if found.errno == errno.ENAMETOOLONG:
                return Footprint(most.size + 1, entries)
            hidden = True
            continue
        entries += 1
        if found.st_nlink == 1 or stat.S_ISDIR(found.st_mode) or (found.st_dev, found.st_ino) not in seen:
            size += found.st_blocks * _BLOCK
        if found.st_nlink > 1:
            seen.add((found.st_dev, found.st_ino))
        if size > most.size or entries > most.entries:
            break
    return Footprint(size, entries, hidden)


def _walk(folder: str) -> Iterator[os.stat_result | OSError]:
    """The state of everything in ``folder``; for a folder that cannot be opened also why."""
    folders = [folder]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    found = _state(entry)
                    if found is not None:
                        yield found
                        if stat.S_ISDIR(found.st_mode):
                            folders.append(entry.path)
        except FileNotFoundError:
            continue  # gone meanwhile
        except OSError as error:
            yield error


def _state(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        return entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None  # gone meanwhile
