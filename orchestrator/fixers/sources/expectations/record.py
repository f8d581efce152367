"""Has a test runner record its snapshots anew in a copy of the project, and prints what is different then.

Run in the project's root by whatever Python (3.8 or later) is there, with one argument: a JSON object with ``argv`` (of
the runner), ``folder`` (to run it in; ``""`` for the root) and ``ending`` (of recorded files). Prints one JSON object:
``texts``, file -> new text of each recorded file that was there and is different now; or ``why``, one line.

Nothing is written in the project. What the runner says of the tests decides nothing: the change is judged by others.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

LEFT = frozenset([".git", "target", "__pycache__", ".pytest_cache"])
LINKED = frozenset(["node_modules", ".venv", "venv"])
MOST = 500_000_000
SECONDS = 110


def duplicate(root: Path, copy: Path) -> bool:
    """Copy ``root``; what is installed is linked. False where it has more than ``MOST`` bytes."""
    size = 0
    for folder, folders, files in os.walk(root):
        here = copy / Path(folder).relative_to(root)
        here.mkdir(parents=True, exist_ok=True)
        for name in LINKED.intersection(folders):
            (here / name).symlink_to(Path(folder, name).resolve())
        folders[:] = [name for name in folders if name not in LEFT | LINKED]
        for name in files:
            path = Path(folder, name)
            size += path.lstat().st_size
            if size > MOST:
                return False
            shutil.copy2(path, here / name, follow_symlinks=False)
    return True


def changed(root: Path, copy: Path, *, ending: str) -> "dict[str, str]":
    """Files that end in ``ending``, are in both and differ, with their text in ``copy``."""
    found = {}
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in LEFT | LINKED]
        for name in files:
            file = Path(folder, name).relative_to(root)
            old, new = (read(root / file), read(copy / file)) if name.endswith(ending) else (None, None)
            if old is not None and new is not None and old != new:
                found[file.as_posix()] = new
    return found


def read(path: Path) -> "str | None":
    """The text of a file, line ends as they are; ``None`` where there is none."""
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def answer(argv: "list[str]", folder: str, *, ending: str, copy: Path) -> "dict[str, object]":
    """What is printed."""
    if not duplicate(Path(), copy):
        return {"why": "the project is too large to be copied"}
    silent = subprocess.DEVNULL
    try:
        subprocess.run(
            argv, cwd=copy / folder, stdin=silent, stdout=silent, stderr=silent, timeout=SECONDS, check=False
        )
    except OSError as error:
        return {"why": f"{argv[0]}: {error.strerror}"}
    except subprocess.TimeoutExpired:
        return {"why": f"{argv[0]} comes to no end"}
    return {"texts": changed(Path(), copy, ending=ending)}


def main() -> None:
    """See the module."""
    request = json.loads(sys.argv[1])
    with tempfile.TemporaryDirectory() as copy:
        said = answer(request["argv"], request["folder"], ending=request["ending"], copy=Path(copy))
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
