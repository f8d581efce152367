"""Where the suite runs as root, its promises are checked for a plain user as well."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
HERE = Path(__file__).parent
NOBODY = 65534
# The program that setpriv executes is still found with the rights of root, what the shell executes is not.
AS_NOBODY = ("setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups", "sh", "-c", '"$@"', "sh")
MODULES = (
    HERE / "test_choice.py",
    HERE / "test_holding.py",
    HERE / "test_layers.py",
    HERE / "test_runner.py",
    HERE / "test_sandboxed.py",
    HERE / "test_survivors.py",
    HERE / "test_treewatch.py",
    HERE / "attack",
    HERE / "test_tried.py",
    ROOT / "tests" / "contract" / "test_command_runner.py",
)
WORKSPACE = ROOT / "tests" / "unit" / "workspace"
OF_GIT = (
    *(WORKSPACE / f"test_{name}.py" for name in ("attacks", "checkout", "damage", "locks", "results", "words")),
    WORKSPACE / "edits" / "test_git_apply.py",
)
ABOUT = {"processes": MODULES, "git": OF_GIT}


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that a plain user can reach and owns: those of pytest are private to root."""
    with tempfile.TemporaryDirectory() as name:
        os.chown(name, NOBODY, NOBODY)
        yield Path(name)


def interpreter(env: dict[str, str]) -> str:
    """One of our own version that a plain user may execute, or nothing."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (sys.executable, f"/usr/local/bin/{version}", f"/usr/bin/{version}"):
        tried = [*AS_NOBODY, candidate, "-c", "import anyio, hypothesis, pytest, orchestrator"]
        if subprocess.run(tried, env=env, cwd="/", check=False, capture_output=True).returncode == 0:
            return candidate
    return ""


@pytest.mark.skipif(os.getuid() != 0, reason="the suite itself runs as a plain user")
@pytest.mark.skipif(not shutil.which("setpriv"), reason="setpriv is not installed")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("about", ABOUT)
def test_the_same_holds_for_a_plain_user(folder: Path, about: str) -> None:
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join([str(ROOT), *(path for path in sys.path if path.endswith("-packages"))]),
    }
    python = interpreter(env)
    if not python:
        pytest.skip("no interpreter with our packages that a plain user may execute")
    options = ["-q", "-p", "no:cacheprovider", "--basetemp", str(folder / "base"), "--rootdir", str(ROOT)]
    done = subprocess.run(
        [*AS_NOBODY, python, "-m", "pytest", *options, *map(str, ABOUT[about])],
        env=env,
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\b[1-9]\d* passed", done.stdout), done.stdout
