"""Makes `.venv` what the checkout needs: the locked tools and Rung itself, editable.

Uses the standard library only. Does nothing when the stamp in `.venv` says that all is in place, and keeps an
environment that somebody made by hand as long as its Python works.
"""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".stamp"
LOCK = ROOT / "requirements" / "dev.txt"
PROBE = "import sys, pip; print(sys.version_info >= (3, 11))"
PIP_ENVIRONMENT = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PIP_ROOT_USER_ACTION": "ignore"}


class SetupError(Exception):
    """The set-up cannot go on; the text is one line that says what to do."""


def fingerprint() -> str:
    """What `.venv` was made from: the lock, the parts of pyproject.toml that an install reads, and the place."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    installed = {name: project.get(name) for name in ("build-system", "project")}
    parts = [str(ROOT), LOCK.read_text(encoding="utf-8"), json.dumps(installed, sort_keys=True)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def is_healthy() -> bool:
    """Whether the environment's Python runs, is new enough and has pip."""
    try:
        probe = subprocess.run([PYTHON, "-c", PROBE], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return probe.stdout.strip() == "True"


def is_current() -> bool:
    """Whether nothing is left to do."""
    return STAMP.is_file() and STAMP.read_text(encoding="utf-8") == fingerprint() and is_healthy()


def run(*command: str | Path) -> None:
    """Run one step with its output shown; a failure ends the set-up."""
    ended = subprocess.run(command, cwd=ROOT, env={**os.environ, **PIP_ENVIRONMENT}, check=False)
    if ended.returncode:
        text = " ".join(str(part) for part in command)
        message = f"`{text}` failed with exit code {ended.returncode}; its output above says why"
        raise SetupError(message)


def has_venv_module() -> bool:
    """Whether this Python can make environments with pip inside (Debian and Ubuntu split that off)."""
    return all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))


def provide_venv_module() -> None:
    """Install the missing part with apt-get where that is allowed, else say what to install."""
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        message = f"{sys.executable} cannot make virtual environments: install the package {package}, then try again"
        raise SetupError(message)
    run("apt-get", "update", "-qq")
    run("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-qq", "--no-install-recommends", package)


def make_environment() -> None:
    """A fresh `.venv`, in place of a broken one."""
    if not has_venv_module():
        provide_venv_module()
    print(f"setup: making .venv with {sys.executable}", flush=True)
    run(sys.executable, "-m", "venv", "--clear", VENV)


def install() -> None:
    """The locked tools, each by its hash, then Rung itself from this checkout."""
    print("setup: installing requirements/dev.txt", flush=True)
    pip: tuple[str | Path, ...] = (PYTHON, "-m", "pip", "install", "--quiet")
    run(*pip, "--require-hashes", "--only-binary", ":all:", "-r", LOCK)
    run(*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT)


def main() -> int:
    """Set the checkout up. Returns 0, or 1 after one line on stderr."""
    if is_current():
        return 0
    try:
        if not is_healthy():
            make_environment()
        STAMP.unlink(missing_ok=True)
        install()
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    STAMP.write_text(fingerprint(), encoding="utf-8")
    print("setup: .venv is ready")
    return 0


if __name__ == "__main__":
    sys.exit(main())
