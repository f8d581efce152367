"""Files below a folder that code under repair can write to: no symbolic link of its making is ever followed."""

import contextlib
import errno
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestrator.validation.packs.globs import is_literal, matching

__all__ = ["add", "files_below", "put", "read", "read_exactly", "remove", "renewed", "rewrite"]

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def add(root: Path, path: str, *, text: str, mode: int = 0o644) -> None:
    """Make ``path`` below ``root`` a file that holds ``text`` as it is, where its folder is there and nothing else is.

    Raises:
        OSError: the file system refuses.
    """
    missing = (FileNotFoundError, FileExistsError, NotADirectoryError)
    try:
        with _folder_of(root, path) as (folder, name):
            handle = os.open(name, _NEW, mode, dir_fd=folder)
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode("utf-8"))
    except missing:
        return
    except OSError as error:
        if error.errno != errno.ELOOP:  # a folder on the way is a link
            raise


def put(root: Path, path: str, *, text: str, mode: int = 0o644) -> None:
    """Make ``path`` below ``root`` a file that holds ``text``, in place of what may be there.

    Raises:
        OSError: a level is no folder, or the file system refuses.
    """
    with _folder_of(root, path, make=True) as (folder, name):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name, dir_fd=folder)
        with os.fdopen(os.open(name, _NEW, mode, dir_fd=folder), "w", encoding="utf-8") as file:
            file.write(text)


def read(root: Path, path: str, *, limit: int) -> str | None:
    """The first ``limit`` bytes of the regular file at ``path`` as text; ``None`` where there is none."""
    try:
        with _folder_of(root, path) as (folder, name), os.fdopen(os.open(name, _READ, dir_fd=folder), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return None
            return file.read(limit).decode("utf-8", "replace")
    except OSError:
        return None


def read_exactly(root: Path, path: str, *, limit: int) -> str | None:
    """The regular file at ``path``, line ends as they are; ``None`` where it is none, too large, or not UTF-8."""
    try:
        with _folder_of(root, path) as (folder, name), os.fdopen(os.open(name, _READ, dir_fd=folder), "rb") as file:
            content = file.read(limit + 1) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else b""
            is_small = len(content) <= limit and stat.S_ISREG(os.fstat(file.fileno()).st_mode)
            return content.decode("utf-8") if is_small else None
    except (OSError, UnicodeDecodeError):
        return None


def rewrite(root: Path, path: str, *, text: str) -> None:
    """Have ``path``, a regular file, hold ``text`` as it is; its mode stays.

    Raises:
        OSError: there is no such file, or the file system refuses.
    """
    flags = os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    with _folder_of(root, path) as (folder, name), os.fdopen(os.open(name, flags, dir_fd=folder), "wb") as file:
        file.write(text.encode("utf-8"))


def remove(root: Path, path: str) -> None:
    """Remove the file or link at ``path``; what is not there is fine.

    Raises:
        OSError: it is a folder, or the file system refuses.
    """
    with contextlib.suppress(FileNotFoundError, NotADirectoryError), _folder_of(root, path) as (folder, name):
        os.unlink(name, dir_fd=folder)


def files_below(root: Path, pattern: str) -> tuple[str, ...]:
    """The files below ``root`` that the glob ``pattern`` fits, sorted; folders that are links are not entered."""
    if is_literal(pattern):
        return (pattern,) if os.path.lexists(root / pattern) else ()
    levels = pattern.split("/")
    fixed = "/".join(levels[: next(number for number, level in enumerate(levels) if not is_literal(level))])
    return tuple(sorted(matching(_walked(root, fixed), [pattern])))


def renewed(folder: Path) -> None:
    """Make ``folder`` an empty one, whatever is there.

    Raises:
        OSError: the file system refuses.
    """
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)


def _walked(root: Path, start: str) -> Iterator[str]:
    above = (Path(start), *Path(start).parents)
    if any((root / level).is_symlink() for level in above):
        return
    for folder, _, names in os.walk(root / start):
        below = os.path.relpath(folder, root)
        yield from (name if below == "." else f"{below}/{name}" for name in names)


@contextmanager
def _folder_of(root: Path, path: str, *, make: bool = False) -> Iterator[tuple[int, str]]:
    *levels, name = path.split("/")
    handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for level in levels:
            if make:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(level, dir_fd=handle)
            inner = os.open(level, _FOLDER, dir_fd=handle)
            os.close(handle)
            handle = inner
        yield handle, name
    finally:
        os.close(handle)
