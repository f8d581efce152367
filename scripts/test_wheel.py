"""Builds the sdist, builds the wheel from it, looks inside, installs it on its own and runs it.

The build works offline (the back end comes with the development lock); the installation takes the runtime lock.
The files go into the build from a copy that also holds local files which git ignores: none may be shipped.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from scripts.project import ROOT, project_files

DATA = {"validators": "orchestrator/_data/validators", "workflows": "orchestrator/_data/workflows"}
LOCAL_FILES = ("orchestrator/__pycache__/old.pyc", "validators/.env", "workflows/.rung/runs.sqlite", "dist/old.whl")
IMPORT_ALL = """
import importlib, pkgutil, orchestrator
for module in pkgutil.walk_packages(orchestrator.__path__, "orchestrator."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""


class WheelError(Exception):
    """The wheel is not what it should be; the text says how."""


def run(*command: str | Path, cwd: Path, env: Mapping[str, str] = os.environ) -> str:
    """Standard output of a command; its failure is an error with all that it printed."""
    ended = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if ended.returncode:
        words = " ".join(str(part) for part in command)
        message = f"`{words}` ended with {ended.returncode}:\n{ended.stdout}{ended.stderr}"
        raise WheelError(message)
    return ended.stdout


def copy_with_local_files(target: Path) -> None:
    """The project as a developer has it: its own files, and local ones that git ignores."""
    for path in project_files():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, target / path)
    for name in LOCAL_FILES:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_text("local\n", encoding="utf-8")


def build(kind: str, source: Path, target: Path) -> Path:
    """Call the build back end for an ``sdist`` or a ``wheel``; returns the one file it made."""
    code = f"import sys, hatchling.build as b; b.build_{kind}(sys.argv[1])"
    run(sys.executable, "-c", code, target, cwd=source)
    (made,) = target.iterdir()
    return made


def unpack(sdist: Path, target: Path) -> Path:
    """The one folder inside the sdist."""
    with tarfile.open(sdist) as archive:
        # Python below 3.11.4 knows no filters; the archive is our own, made a moment ago.
        options: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        archive.extractall(target, **options)
    (folder,) = target.iterdir()
    return folder


def expected_files(files: Iterable[Path]) -> set[str]:
    """What the wheel must hold besides its own metadata: the package, and the data inside it."""
    places = {"orchestrator": "orchestrator", **DATA}
    return {
        str(PurePosixPath(places[path.parts[0]], *path.parts[1:]))
        for path in files
        if len(path.parts) > 1 and path.parts[0] in places
    }


def check_contents(wheel: Path) -> int:
    """How many files the wheel holds.

    Raises:
        WheelError: a file is missing or should not be there.
    """
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    expected = expected_files(project_files())
    faults = [f"missing: {name}" for name in sorted(expected - held)]
    faults += [f"should not be there: {name}" for name in sorted(held - expected)]
    faults += [f"code among the data: {name}" for name in sorted(held) if "/_data/" in name and name.endswith(".py")]
    faults += [f"another top-level package: {name}" for name in sorted(held) if not name.startswith("orchestrator/")]
    if faults:
        raise WheelError(f"{wheel.name}: " + "; ".join(faults))
    return len(held)


def install(wheel: Path, target: Path) -> Path:
    """A fresh environment with the runtime lock and the wheel, nothing else; returns its ``bin``."""
    venv.create(target, with_pip=True)
    python = target / "bin" / "python"
    pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    lock = ROOT / "requirements" / "runtime.txt"
    run(*pip, "--require-hashes", "--only-binary", ":all:", "-r", lock, cwd=target)
    run(*pip, "--no-deps", "--no-index", wheel, cwd=target)
    run(python, "-m", "pip", "check", cwd=target)
    return target / "bin"


def try_out(commands: Path, scratch: Path) -> int:
    """Import every module and use the command line away from the checkout; returns how many workflows it checked."""
    clean = {"PATH": f"{commands}{os.pathsep}{os.defpath}", "HOME": str(scratch)}
    run(commands / "python", "-I", "-W", "error", "-c", IMPORT_ALL, cwd=scratch, env=clean)
    said = run(commands / "rung", "--version", cwd=scratch, env=clean)
    version = run(
        commands / "python",
        "-I",
        "-c",
        "from orchestrator._version import __version__; print(__version__)",
        cwd=scratch,
        env=clean,
    )
    if version.strip() not in said.split():
        raise WheelError(f"`rung --version` says {said!r}, the package is {version.strip()}")
    shipped = sorted((commands.parent / "lib").glob("python*/site-packages/orchestrator/_data/workflows/*.y*ml"))
    workflows = [*shipped, *(ROOT / "examples").glob("*/rung.yaml")]
    for workflow in workflows:
        run(commands / "rung", "check", workflow, cwd=scratch, env=clean)
    return len(workflows)


def main() -> int:
    """Do all of it in a scratch folder. Returns 0, or 1 after the fault on stderr."""
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        folders = {part: scratch / part for part in ("source", "sdist", "unpacked", "wheel", "environment", "home")}
        for folder in folders.values():
            folder.mkdir()
        try:
            copy_with_local_files(folders["source"])
            sdist = build("sdist", folders["source"], folders["sdist"])
            wheel = build("wheel", unpack(sdist, folders["unpacked"]), folders["wheel"])
            files = check_contents(wheel)
            workflows = try_out(install(wheel, folders["environment"]), folders["home"])
        except WheelError as error:
            print(f"wheel: {error}", file=sys.stderr)
            return 1
    print(
        f"wheel: {wheel.name}, built from {sdist.name}, holds {files} files, imports, and checks {workflows} workflows"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
