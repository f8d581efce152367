"""The environment of commands that run in a copy, outside of a sandbox: nothing in it leads to the user's own files."""

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

_QUOTED = re.compile(r"""['"](/[^'"\n]+)['"]""")
_DIRECTORIES = ("PWD", "OLDPWD")


def relocated(env: Mapping[str, str], *, user: Path, folder: Path) -> dict[str, str]:
    """Those variables that have to be others when the work on ``user`` is done in ``folder``.

    Paths below ``user``, also those in a list, lead to the same place below ``folder``: a ``PATH`` with the user's
    ``.venv/bin`` finds the copy's own, or none. Packages that the user's interpreter has installed in place, from
    ``user``, are found in ``folder`` first, by ``PYTHONPATH``.

    Args:
        env: what commands would inherit.
        user: the root of the user's own files, absolute.
        folder: the root of the copy, absolute.
    """
    moved = {
        name: value
        for name, old in env.items()
        if name not in _DIRECTORIES and (value := _moved_list(old, user, folder=folder)) != old
    }
    linked = [str(folder / path.relative_to(user)) for path in dict.fromkeys(_installed_in_place(env, user))]
    if linked:
        rest = moved.get("PYTHONPATH", env.get("PYTHONPATH", ""))
        moved["PYTHONPATH"] = os.pathsep.join([*linked, *([rest] if rest else [])])
    return moved


def _moved_list(value: str, user: Path, *, folder: Path) -> str:
    return os.pathsep.join(_moved(part, user, folder=folder) for part in value.split(os.pathsep))


def _moved(part: str, user: Path, *, folder: Path) -> str:
    return str(folder / Path(part).relative_to(user)) if _is_below(part, user) else part


def _is_below(text: str, user: Path) -> bool:
    return text.startswith("/") and Path(text).is_relative_to(user)


def _installed_in_place(env: Mapping[str, str], user: Path) -> Iterator[Path]:
    """Folders below ``user`` that an interpreter on the ``PATH`` is led to by what ``pip install -e`` left.

    Formats: a ``.pth`` file holds a path a line (Python's ``site``); setuptools' ``__editable__`` finders hold a
    mapping of package -> folder, whose parent is what an interpreter needs.
    """
    for tool in ("python", "python3"):
        found = shutil.which(tool, path=env.get("PATH", os.defpath))
        root = Path(found).parent.parent if found else user
        for site in sorted(root.glob("lib/python3*/site-packages")):
            for file in sorted(site.glob("*.pth")):
                lines = file.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
                yield from (Path(line) for line in lines if _is_below(line.strip(), user))
            for file in sorted(site.glob("__editable__*.py")):
                text = file.read_text(encoding="utf-8", errors="surrogateescape")
                yield from (
                    Path(path).parent for path in _QUOTED.findall(text) if _is_below(path, user) and Path(path) != user
                )
