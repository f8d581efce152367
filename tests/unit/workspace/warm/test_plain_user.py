"""Where the suite runs as root, what overlays promise is checked for a plain user as well: their marks are others."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.sandbox.test_plain_user import AS_NOBODY, folder, interpreter

__all__ = ["folder"]  # a fixture

HERE = Path(__file__).parent
ROOT = HERE.parents[3]
MODULES = (
    "test_layer.py",
    "test_collecting.py",
    "test_shelf.py",
    "test_stale.py",
    "test_views.py",
    "test_place_kills.py",
)
LAYERS = "(kill or folder or link or refused or swept or one_object or gone) and not (Rust or TypeScript)"
VIEWS = "overlay and (editable or cmake or node_modules or describe)"
CHOSEN = f"({LAYERS}) or ({VIEWS})"


@pytest.mark.skipif(os.getuid() != 0, reason="the suite itself runs as a plain user")
@pytest.mark.skipif(not shutil.which("setpriv"), reason="setpriv is not installed")
@pytest.mark.timeout(400)
def test_the_same_holds_for_a_plain_user(folder: Path) -> None:
    env = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join([str(ROOT), *(path for path in sys.path if path.endswith("-packages"))]),
    }
    python = interpreter(env)
    if not python:
        pytest.skip("no interpreter with our packages that a plain user may execute")
    options = ["-q", "-p", "no:cacheprovider", "--basetemp", str(folder / "base"), "--rootdir", str(ROOT), "-k", CHOSEN]
    modules = [str(HERE / name) for name in MODULES]
    argv = [*AS_NOBODY, python, "-m", "pytest", *options, *modules]
    done = subprocess.run(argv, env=env, cwd=folder, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\b[1-9]\d+ passed", done.stdout), done.stdout
    assert "skipped" not in done.stdout, done.stdout
