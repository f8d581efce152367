"""What a folder holds, seen without opening a file."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_BLOCK = 512


@dataclass(frozen=True, slots=True)
class Census:
    """A folder at one time. Whatever is written, made, removed or renamed in it later makes another census.

    Attributes:
        entries: of all kinds, at all depths, the folder itself included.
        size: allocated bytes.
        newest_ns: the latest modification time, in nanoseconds since the epoch.
        changed_ns: the latest change of an inode, likewise; unlike the former nobody can set it.
    """

    entries: int
    size: int
    newest_ns: int
    changed_ns: int


def walk(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Everything below ``folder``: path relative to it, and state; a folder before what it holds. Links stay links.

    Raises:
        OSError: a folder cannot be read.
    """
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        with os.scandir(folder / inside) as entries:
            for entry in entries:
                path = f"{inside}/{entry.name}" if inside else entry.name
                found = entry.stat(follow_symlinks=False)
                yield path, found
                if stat.S_ISDIR(found.st_mode):
                    waiting.append(path)


def take_census(folder: Path) -> Census:
    """Look at everything in ``folder``.

    Raises:
        OSError: a part cannot be read.
    """
    found = [folder.stat(), *(state for _, state in walk(folder))]
    return Census(
        entries=len(found),
        size=sum(one.st_blocks for one in found) * _BLOCK,
        newest_ns=max(one.st_mtime_ns for one in found),
        changed_ns=max(one.st_ctime_ns for one in found),
    )


def names_in(folder: Path) -> frozenset[str]:
    """The relative paths of everything below ``folder``.

    Raises:
        OSError: a part cannot be read.
    """
    return frozenset(path for path, _ in walk(folder))


def topmost(names: frozenset[str]) -> tuple[str, ...]:
    """Those whose parent is not among them, sorted."""
    return tuple(sorted(name for name in names if name.rpartition("/")[0] not in names))


def pull_back(folder: Path, now_ns: int) -> None:
    """Give every file in ``folder`` that claims to come from the future the time ``now_ns``.

    An archive or a build may set any time; nothing that is written later could be newer than such a file.

    Raises:
        OSError: a part cannot be read or touched.
    """
    for path, found in walk(folder):
        if found.st_mtime_ns > now_ns:
            os.utime(folder / path, ns=(found.st_atime_ns, now_ns), follow_symlinks=False)
