"""Finds the program that a command means, before anything is started."""

import errno
import os
from pathlib import Path

from orchestrator.domain.command import Command

__all__ = ["locate"]


def locate(command: Command) -> str:
    """The absolute path of the file to execute for ``command.argv[0]``, by the rules of ``execvp``.

    A name with a slash is taken from ``command.cwd``; another one is looked for on the ``PATH`` of
    ``command.env`` (:data:`os.defpath` where it has none), whose empty and relative entries count from
    ``command.cwd``. The first file that may be executed is it.

    Raises:
        FileNotFoundError: there is no such file, or the working directory is none.
        PermissionError: files of that name exist, but none may be executed; or the directory may not be entered.
    """
    cwd, name = command.cwd, command.argv[0]
    _check_directory(Path(cwd))
    folders = [""] if "/" in name else command.env.get("PATH", os.defpath).split(os.pathsep)
    found = [path for folder in folders if _is_there(path := Path(cwd, folder, name))]
    for path in found:
        if path.is_file() and os.access(path, os.X_OK):
            return str(path)
    if found:
        raise PermissionError(errno.EACCES, "not an executable file", str(found[0]))
    where = "no such program" if "/" in name else "no such program on the PATH of the command"
    raise FileNotFoundError(errno.ENOENT, where, name)


def _check_directory(cwd: Path) -> None:
    if not cwd.is_dir():
        raise FileNotFoundError(errno.ENOENT, "no such working directory", str(cwd))
    if not os.access(cwd, os.X_OK):
        raise PermissionError(errno.EACCES, "the working directory may not be entered", str(cwd))


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except PermissionError:
        return False  # a folder on the PATH that this user may not read is passed over
