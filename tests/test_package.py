"""What is declared: the version, the command, the dependencies and the locks that serve them."""

import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from orchestrator._version import __version__
from scripts.project import ROOT, project_files

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUNTIME = PROJECT["project"]["dependencies"]
LOCKED = re.compile(r"^([a-z0-9-]+)==([^\s;]+)", re.MULTILINE)


def locked(name: str) -> dict[str, str]:
    """Package -> version, as the lock ``name`` has them."""
    return dict(LOCKED.findall((ROOT / "requirements" / name).read_text(encoding="utf-8")))


def unserved(requirements: list[str], versions: dict[str, str]) -> list[str]:
    """The requirements that no locked version meets: `make lock` was forgotten."""
    parsed = ((wanted, versions.get(canonicalize_name(wanted.name))) for wanted in map(Requirement, requirements))
    return [str(wanted) for wanted, version in parsed if not version or not wanted.specifier.contains(version)]


@pytest.mark.parametrize(
    ("lock", "requirements"),
    [
        ("runtime.txt", RUNTIME),
        ("dev.txt", [*RUNTIME, *PROJECT["dependency-groups"]["dev"], *PROJECT["build-system"]["requires"]]),
    ],
)
def test_each_requirement_is_met_by_its_lock(lock: str, requirements: list[str]) -> None:
    assert unserved(requirements, locked(lock)) == []


def test_a_requirement_that_no_lock_meets_is_seen() -> None:
    assert unserved(["click>=8", "rich>=13", "absent"], {"click": "7.1", "rich": "14.0"}) == ["click>=8", "absent"]


def test_developers_use_the_versions_that_users_get() -> None:
    runtime, dev = locked("runtime.txt"), locked("dev.txt")
    assert {name: version for name, version in runtime.items() if dev.get(name) != version} == {}


def test_the_distribution_says_the_version_of_the_package() -> None:
    assert importlib.metadata.version("rung") == __version__
    assert re.fullmatch(r"\d+\.\d+\.\d+(?:\.dev\d+|rc\d+)?", __version__)


def test_the_changelog_has_a_section_for_what_is_not_released() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## \[Unreleased\]$\n+### ", text, re.MULTILINE)


def test_the_package_declares_its_types() -> None:
    assert Path("orchestrator/py.typed") in project_files()


BESIDE = Path(sys.executable).parent


@pytest.mark.parametrize("argv", [[BESIDE / "rung"], [sys.executable, "-m", "orchestrator"]], ids=["rung", "python -m"])
def test_the_command_says_its_version(argv: list[str | Path], tmp_path: Path) -> None:
    ended = subprocess.run([*argv, "--version"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert __version__ in ended.stdout.split()


def test_what_the_sdist_names_is_there() -> None:
    there = {path.parts[0] for path in project_files()}
    assert set(PROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["only-include"]) - there == set()
