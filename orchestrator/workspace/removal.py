"""Removing what commands have left, whatever they did to it."""

import os
from contextlib import suppress
from pathlib import Path


def remove_tree(folder: Path) -> None:
    """Remove ``folder``, also where a command took away the permission to; what is gone meanwhile is fine.

    Links are removed, never followed.

    Raises:
        OSError: the file system refuses.
    """
    folders = [folder]
    with suppress(FileNotFoundError):
        for top in iter(folders):
            os.chmod(top, 0o700)  # noqa: PTH101  # it is never a link: see below
            with os.scandir(top) as entries:
                folders += [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]
    for top in reversed(folders):
        _empty(top)


def _empty(folder: Path) -> None:
    with suppress(FileNotFoundError):
        with os.scandir(folder) as entries:
            for entry in entries:
                if not entry.is_dir(follow_symlinks=False):
                    os.unlink(entry.path)  # noqa: PTH108  # as scandir gives it
        folder.rmdir()
