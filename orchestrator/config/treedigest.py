"""What a file or a folder has to be like to be trusted by its content, and a folder's digest."""

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from orchestrator.config.files import MAX_BYTES
from orchestrator.errors import ConfigError, Problem

MAX_FILES = 1000
"""A folder with more is no configuration."""


def fault_of(path: Path) -> str:
    """Why ``path`` cannot be trusted whatever it holds; ``""`` where it can."""
    try:
        about = path.lstat()
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    if stat.S_ISLNK(about.st_mode):
        return "it is a symbolic link"
    if not (stat.S_ISREG(about.st_mode) or stat.S_ISDIR(about.st_mode)):
        return "it is neither a file nor a folder"
    return "everybody may write to it" if about.st_mode & stat.S_IWOTH else ""


def digest_of_folder(folder: Path) -> str:
    """SHA-256, in hexadecimal, over all files below ``folder``: their paths, whether they can be run, their contents.

    Raises:
        ConfigError: it holds a symbolic link, something that everybody may write to, or too much; or it cannot be read.
    """
    digest = hashlib.sha256()
    for number, path in enumerate(_files(folder)):
        if number == MAX_FILES:
            raise _refusal(folder, f"it holds more than {MAX_FILES:,} files")
        name = os.fsencode(path.relative_to(folder))
        try:
            with path.open("rb") as file:
                can_be_run = os.fstat(file.fileno()).st_mode & stat.S_IXUSR
                content = file.read(MAX_BYTES + 1)
        except OSError as error:
            raise _refusal(path, f"it cannot be read: {error.strerror}") from None
        if len(content) > MAX_BYTES:
            raise _refusal(path, f"it is larger than {MAX_BYTES:,} bytes")
        digest.update(b"%d %d %d\0%s%s" % (len(name), bool(can_be_run), len(content), name, content))
    return digest.hexdigest()


def _files(path: Path) -> Iterator[Path]:
    """The files at or below ``path``, in the order of their names."""
    if why := fault_of(path):
        raise _refusal(path, why)
    if not path.is_dir():
        yield path
        return
    try:
        below = sorted(path.iterdir())
    except OSError as error:
        raise _refusal(path, f"it cannot be read: {error.strerror}") from None
    for one in below:
        yield from _files(one)


def _refusal(path: Path, what: str) -> ConfigError:
    return ConfigError([Problem(file=str(path), what=what)])
