"""Files below a folder, reached one level at a time and never through a symbolic link.

A path is looked up from an open folder, level by level, with links refused: between a check and a write nobody can
lead the write elsewhere. A file is replaced at once: it is written beside the old one, flushed and renamed.
"""

import contextlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_EXECUTE = 0o111


class Beneath:
    """The files below ``root``. Paths have forward slashes and no ``.`` or ``..`` level.

    Args:
        temporary: the name of files that are not whole yet; one that an earlier try left is written over.
    """

    def __init__(self, root: Path, *, temporary: str) -> None:
        self._root = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._temporary = temporary

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._root)

    def put(self, path: str, source: Path) -> None:
        """Make ``path`` what ``source`` is, a file or a symbolic link; folders on the way are made.

        A file that is replaced keeps its owner and its permissions, but for the executable bits.

        Raises:
            OSError: a level is no folder, ``path`` is a folder, or the file system refuses.
        """
        with self._folder_of(path, make=True) as (folder, name):
            self._drop(folder)
            if source.is_symlink():
                os.symlink(source.readlink(), self._temporary, dir_fd=folder)
            else:
                self._write(folder, name, source=source)
            os.replace(self._temporary, name, src_dir_fd=folder, dst_dir_fd=folder)

    def remove(self, path: str) -> None:
        """Remove the file at ``path`` and the folders that are empty then; what is not there is fine.

        Raises:
            OSError: a level is no folder, ``path`` is a folder, or the file system refuses.
        """
        with contextlib.suppress(FileNotFoundError):
            with self._folder_of(path) as (folder, name):
                os.unlink(name, dir_fd=folder)
            self._remove_empty(path)

    def tidy(self, path: str) -> None:
        """Remove what an interrupted :meth:`put` of ``path`` may have left beside it."""
        with contextlib.suppress(OSError), self._folder_of(path) as (folder, _):
            self._drop(folder)

    @contextmanager
    def _folder_of(self, path: str, *, make: bool = False) -> Iterator[tuple[int, str]]:
        *levels, name = path.split("/")
        handles = [os.dup(self._root)]
        try:
            for level in levels:
                if make:
                    with contextlib.suppress(FileExistsError):
                        os.mkdir(level, dir_fd=handles[-1])
                handles.append(os.open(level, _FOLDER, dir_fd=handles[-1]))
            yield handles[-1], name
        finally:
            for handle in handles:
                os.close(handle)

    def _write(self, folder: int, name: str, *, source: Path) -> None:
        executable = bool(source.stat().st_mode & _EXECUTE)
        handle = os.open(self._temporary, _NEW, 0o777 if executable else 0o666, dir_fd=folder)
        with os.fdopen(handle, "wb") as file:
            file.write(source.read_bytes())
            file.flush()
            with contextlib.suppress(FileNotFoundError):
                _inherit(handle, os.stat(name, dir_fd=folder, follow_symlinks=False), executable=executable)
            os.fsync(handle)

    def _drop(self, folder: int) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._temporary, dir_fd=folder)

    def _remove_empty(self, path: str) -> None:
        while "/" in path:
            path = path.rpartition("/")[0]
            try:
                with self._folder_of(path) as (folder, name):
                    os.rmdir(name, dir_fd=folder)
            except OSError:  # it still holds something, so the ones above it do too
                return


def _inherit(handle: int, old: os.stat_result, *, executable: bool) -> None:
    if not stat.S_ISREG(old.st_mode):
        return
    mode = stat.S_IMODE(old.st_mode) & 0o777
    readable = (mode & 0o444) >> 2
    os.fchmod(handle, mode | readable if executable else mode & ~_EXECUTE)
    if (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
        with contextlib.suppress(PermissionError):  # only root may give a file away
            os.fchown(handle, old.st_uid, old.st_gid)
