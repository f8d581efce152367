"""Folders that can be used as soon as they are made."""

import os
from pathlib import Path


def make_folder(path: Path, *, private: bool = False) -> None:
    """Make ``path`` and what is missing above it; the owner may always enter and write, whatever the umask.

    Args:
        path: nothing happens where it exists.
        private: nobody else may look into the folders that are made.

    Raises:
        OSError: it cannot be made, or something that is no folder stands in the way.
    """
    missing = [folder for folder in (path, *path.parents) if not folder.is_dir()]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700 if private else 0o777)
        folder.chmod(0o700 if private else folder.stat().st_mode | 0o700)


def write_new(path: Path, content: bytes) -> None:
    """Write a file that must not exist yet; its owner may read and write it, whatever the umask.

    Raises:
        FileExistsError: it exists, a link that leads nowhere included.
        OSError: it cannot be written.
    """
    with path.open("xb") as file:
        os.fchmod(file.fileno(), os.fstat(file.fileno()).st_mode | 0o600)
        file.write(content)
