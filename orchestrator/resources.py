"""Finds the files that ship with Rung and the ones that people put beside them, and names Rung's folders.

A *folder* is a kind of data file (``workflows``, ``validators``). A name is looked for, in this order, in
``.rung/<folder>/`` of the project, ``<user configuration>/<folder>/``, the data of the installed package,
and the top level of a source checkout. The first hit wins, so a project can replace a built-in file.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from orchestrator.errors import InputError, Problem

__all__ = ["SUFFIXES", "Places", "config_home", "find", "names", "places", "project_root", "state_home"]

SUFFIXES = (".yaml", ".yml")
"""Endings of data files, in the order in which they are tried."""

_PACKAGE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Places:
    """Where data files of people are looked for; ``None`` where there is no such place."""

    project: Path | None = None
    user: Path | None = None

    def folders(self, folder: str) -> tuple[Path, ...]:
        """The directories to look in, most important first; they need not exist."""
        own = (self.project / ".rung" / folder,) if self.project else ()
        user = (self.user / folder,) if self.user else ()
        return (*own, *user, *_shipped(folder))


def places(cwd: Path, environ: Mapping[str, str]) -> Places:
    """The places that hold for a command started in ``cwd`` under ``environ``."""
    return Places(project=project_root(cwd), user=config_home(environ))


def find(folder: str, name: str, *, where: Places) -> Path:
    """The file that ``name`` means: a path as it is, or the first file of that name in ``where``.

    A name with a directory separator or a data file's ending is a path and is returned without a look
    at the disk, so that reading it gives the error. So is the name of a file in the working directory; that of
    anything else there (a directory) only where no place knows the name.

    Raises:
        InputError: no place holds a file of that name; the problem lists a near miss.
    """
    if os.sep in name or name.endswith(SUFFIXES) or _is_file(Path(name)):
        return Path(name)
    for directory in where.folders(folder):
        for suffix in SUFFIXES:
            if _is_file(candidate := directory / f"{name}{suffix}"):
                return candidate
    if _exists(Path(name)):
        return Path(name)
    raise InputError([_missing(folder, name, known=names(folder, where))])


def names(folder: str, where: Places) -> tuple[str, ...]:
    """Every name that :func:`find` knows for ``folder``, sorted; empty where there is none."""
    return tuple(sorted({path.stem for directory in where.folders(folder) for path in _listed(directory)}))


def project_root(cwd: Path) -> Path:
    """The nearest directory at or above ``cwd`` that holds ``.git``; ``cwd`` itself where none does.

    Nothing above a project is trusted to speak for it: a file in a shared parent is never found.
    """
    return next((parent for parent in (cwd, *cwd.parents) if (parent / ".git").exists()), cwd)


def config_home(environ: Mapping[str, str]) -> Path | None:
    """``$XDG_CONFIG_HOME/rung`` or ``~/.config/rung``; ``None`` where neither variable gives an absolute path.

    Source: XDG Base Directory Specification, which has relative paths ignored.
    """
    return _home(environ, "XDG_CONFIG_HOME", below_home=".config")


def state_home(environ: Mapping[str, str]) -> Path | None:
    """``$XDG_STATE_HOME/rung`` or ``~/.local/state/rung``; ``None`` as in :func:`config_home`."""
    return _home(environ, "XDG_STATE_HOME", below_home=".local/state")


def _home(environ: Mapping[str, str], variable: str, *, below_home: str) -> Path | None:
    chosen = environ.get(variable, "")
    if os.path.isabs(chosen):  # noqa: PTH117 - an empty string is no path, and Path("") would be "."
        return Path(chosen) / "rung"
    home = environ.get("HOME", "")
    return Path(home) / below_home / "rung" if os.path.isabs(home) else None  # noqa: PTH117 - as above


def _shipped(folder: str) -> tuple[Path, ...]:
    """Beside the package only in a checkout: site-packages may hold an unrelated directory of that name."""
    checkout = _PACKAGE.parent
    beside = (checkout / folder,) if _is_file(checkout / "pyproject.toml") else ()
    return (_PACKAGE / "_data" / folder, *beside)


def _listed(directory: Path) -> Iterable[Path]:
    try:
        return [path for path in directory.iterdir() if path.suffix in SUFFIXES and _is_file(path)]
    except OSError:
        return []  # a folder that is absent or closed to us offers no names


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False  # a name that no file system can hold


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False  # a name that no file system can hold, or a folder that may not be entered


def _missing(folder: str, name: str, *, known: tuple[str, ...]) -> Problem:
    near = get_close_matches(name, known, 1)
    listed = f"known: {', '.join(known)}" if known else f"give the path of a file, or put it into .rung/{folder}/"
    return Problem(
        file=name,
        what=f"there is no such file, and no name in {folder}",
        hint=f"did you mean {near[0]!r}?" if near else listed,
    )
