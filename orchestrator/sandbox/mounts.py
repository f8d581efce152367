"""What is mounted inside a sandbox, as values, and how bubblewrap is told so."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["BindMount", "FileMount", "LinkMount", "Mount", "SealMount", "TmpMount", "arguments", "contents", "ordered"]


@dataclass(frozen=True, slots=True)
class BindMount:
    """A file or folder of the host."""

    target: str
    source: str
    writable: bool = False

    def words(self, fd: int) -> tuple[str, ...]:
        """Bubblewrap's arguments."""
        del fd
        return ("--bind" if self.writable else "--ro-bind", self.source, self.target)


@dataclass(frozen=True, slots=True)
class TmpMount:
    """An empty folder in memory; one with a ``size`` in bytes may be written to, one with 0 is sealed later."""

    target: str
    size: int = 0
    mode: str = "0755"

    def words(self, fd: int) -> tuple[str, ...]:
        """Bubblewrap's arguments."""
        del fd
        size = ("--size", str(self.size)) if self.size else ()
        return (*size, "--perms", self.mode, "--tmpfs", self.target)


@dataclass(frozen=True, slots=True)
class FileMount:
    """A file with this content, in a folder in memory."""

    target: str
    content: bytes

    def words(self, fd: int) -> tuple[str, ...]:
        """Bubblewrap's arguments."""
        return ("--perms", "0644", "--file", str(fd), self.target)


@dataclass(frozen=True, slots=True)
class LinkMount:
    """A symbolic link, in a folder in memory."""

    target: str
    points_to: str

    def words(self, fd: int) -> tuple[str, ...]:
        """Bubblewrap's arguments."""
        del fd
        return ("--symlink", self.points_to, self.target)


@dataclass(frozen=True, slots=True)
class FixedMount:
    """A file system that bubblewrap knows how to make: ``--proc``, ``--dev``, or a plain folder with ``--dir``."""

    target: str
    option: str

    def words(self, fd: int) -> tuple[str, ...]:
        """Bubblewrap's arguments."""
        del fd
        return (self.option, self.target)


@dataclass(frozen=True, slots=True)
class OverFile:
    """This content in place of a file that is there."""

    target: str
    content: bytes

    def words(self, fd: int) -> tuple[str, ...]:
        """Bubblewrap's arguments."""
        return ("--perms", "0644", "--ro-bind-data", str(fd), self.target)


@dataclass(frozen=True, slots=True)
class SealMount:
    """From now on nothing in this mount can be written; mounts below it are not concerned."""

    target: str

    def words(self, fd: int) -> tuple[str, ...]:
        """Bubblewrap's arguments."""
        del fd
        return ("--remount-ro", self.target)


Mount: TypeAlias = BindMount | TmpMount | FileMount | LinkMount | FixedMount | OverFile | SealMount


def ordered(mounts: Iterable[Mount]) -> tuple[Mount, ...]:
    """Each folder before what lies in it, what is at the same place in the order given, seals last; equal ones once."""

    def place(mount: Mount) -> tuple[bool, list[str]]:
        return isinstance(mount, SealMount), [part for part in mount.target.split("/") if part]

    return tuple(sorted(dict.fromkeys(mounts), key=place))


def contents(mounts: Iterable[Mount]) -> tuple[bytes, ...]:
    """Of each mount that needs a descriptor, what has to be in it, in order."""
    return tuple(mount.content for mount in mounts if isinstance(mount, FileMount | OverFile))


def arguments(mounts: Iterable[Mount], fds: Iterable[int]) -> Iterator[str]:
    """Bubblewrap's arguments for ``mounts``; ``fds`` belong to :func:`contents` of the same."""
    given = iter(fds)
    for mount in mounts:
        yield from mount.words(next(given) if isinstance(mount, FileMount | OverFile) else -1)
