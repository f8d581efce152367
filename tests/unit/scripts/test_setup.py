"""The set-up chooses a Python that fits, and says in one line what is missing."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from scripts import setup
from scripts.project import ROOT

NAMES = ("python3", "python3.14", "python3.13", "python3.12", "python3.11")
OLD = '#!/bin/sh\n[ "$1" != -c ]\n'
FITTING = '#!/bin/sh\n[ "$1" = -c ] || echo "$(basename "$0") $*"\n'


def with_pythons(folder: Path, fitting: tuple[str, ...]) -> dict[str, str]:
    """An environment in which only the named interpreters are new enough."""
    for name in NAMES:
        (folder / name).write_text(FITTING if name in fitting else OLD, encoding="utf-8")
        (folder / name).chmod(0o755)
    return {"PATH": f"{folder}{os.pathsep}{os.defpath}"}


def run_setup(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [ROOT / "scripts" / "setup.sh"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("fitting", "chosen"),
    [
        (("python3", "python3.13"), "python3"),
        (("python3.12", "python3.11"), "python3.12"),
        (("python3.11",), "python3.11"),
    ],
)
def test_the_first_python_that_fits_is_chosen(tmp_path: Path, fitting: tuple[str, ...], chosen: str) -> None:
    assert run_setup(with_pythons(tmp_path, fitting)).stdout == f"{chosen} scripts/setup.py\n"


def test_a_named_python_is_tried_first(tmp_path: Path) -> None:
    ended = run_setup({**with_pythons(tmp_path, ("python3", "python3.12")), "PYTHON": "python3.12"})
    assert ended.stdout == "python3.12 scripts/setup.py\n"


def test_without_a_python_that_fits_one_line_says_what_to_do(tmp_path: Path) -> None:
    ended = run_setup(with_pythons(tmp_path, ()))
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (1, "", 1)
    assert "Python 3.11" in ended.stderr


def test_a_user_who_cannot_install_is_told_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(setup.SetupError, match=r"install the package python3\.\d+-venv"):
        setup.provide_venv_module()


def test_root_installs_the_missing_part(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    log = tmp_path / "log"
    (tmp_path / "apt-get").write_text(f'#!/bin/sh\necho "$*" >> {log}\n', encoding="utf-8")
    (tmp_path / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    setup.provide_venv_module()
    update, install = log.read_text(encoding="utf-8").splitlines()
    assert update.startswith("update")
    assert install.endswith("-venv")


def test_a_step_that_fails_ends_the_setup_with_its_name() -> None:
    with pytest.raises(setup.SetupError, match="`sh -c exit 3` failed with exit code 3"):
        setup.run("sh", "-c", "exit 3")


def test_a_change_of_the_lock_makes_the_environment_stale(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = setup.fingerprint()
    changed = Path(shutil.copy2(setup.LOCK, tmp_path))
    changed.write_text(f"{changed.read_text(encoding='utf-8')}\n", encoding="utf-8")
    monkeypatch.setattr(setup, "LOCK", changed)
    assert setup.fingerprint() != before


def test_an_environment_whose_python_is_gone_is_not_healthy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(setup, "PYTHON", tmp_path / "python")
    assert not setup.is_healthy()
