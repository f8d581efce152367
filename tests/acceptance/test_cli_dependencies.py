"""Commands on a copy of the project use the dependencies of the user's own folder, and change nothing of them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.conftest import Rung, Told
from tests.acceptance.skeleton import Project, no_sandbox

CHECK = ".venv/bin/python -B check.py && node_modules/.bin/tell"
IGNORED = ".venv/\nnode_modules/\n"
FOLLOWER = """\
  follow:
    needs: mend
    run: |
      {script}
"""

needs_sandbox = pytest.mark.skipif(bool(no_sandbox()), reason=f"no sandbox here: {no_sandbox()}")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """What its check needs lies in its own environment and among its own packages, which git ignores."""
    made = Project.make(tmp_path, models=("large",), check=CHECK)
    check = "from calc import add\nfrom expected import SUM\n\nassert add(2, 3) == SUM\n"
    made.repository.commit({".gitignore": IGNORED, "check.py": check})
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", made.folder / ".venv"], check=True)
    [packages] = (made.folder / ".venv" / "lib").glob("python*/site-packages")
    (packages / "expected.py").write_text("SUM = 5\n")
    programs = made.folder / "node_modules" / ".bin"
    programs.mkdir(parents=True)
    (programs / "tell").write_text("#!/bin/sh\necho told\n")
    (programs / "tell").chmod(0o755)
    return made


@pytest.fixture
def ask(here: Rung, project: Project, monkeypatch: pytest.MonkeyPatch) -> Rung:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(project.home.parent))

    def call(*arguments: str) -> Told:
        return here(*arguments, "--json", "--quiet", cwd=project.folder)

    return call


def reasons(told: Told) -> list[str]:
    return [node["reason"] for node in json.loads(told.out)["nodes"]]


def followed_by(project: Project, *script: str) -> None:
    text = (project.folder / "fix.yaml").read_text() + FOLLOWER.format(script="\n      ".join(script))
    project.repository.write({"fix.yaml": text})


@needs_sandbox
def test_a_check_and_a_command_find_what_is_installed_beside_the_files(ask: Rung, project: Project) -> None:
    followed_by(project, CHECK, 'test -z "$(git status --porcelain)"')
    told = ask("run", "fix.yaml")
    assert told.code == 0, reasons(told)


@needs_sandbox
def test_a_check_that_writes_there_changes_nothing_of_the_users(ask: Rung, project: Project) -> None:
    spoil = "echo exit 1 > node_modules/.bin/tell; rm -r .venv/lib; touch .venv/new node_modules/new"
    text = (project.folder / "fix.yaml").read_text().replace(CHECK, f"{CHECK} && {{ {spoil}; }}")
    project.repository.write({"fix.yaml": text})
    followed_by(project, f"test ! -e .venv/new; test ! -e node_modules/new; {CHECK}")
    before = project.belongings()
    told = ask("run", "fix.yaml")
    assert told.code == 0, reasons(told)
    assert project.belongings() == before


@needs_sandbox
def test_packages_that_belong_to_the_repository_itself_are_those_of_the_copy(ask: Rung, project: Project) -> None:
    project.repository.commit({".gitignore": ".venv/\n"})
    (project.folder / "node_modules" / ".bin" / "tell").write_text("#!/bin/sh\nexit 1\n")
    told = ask("run", "fix.yaml")
    assert told.code == 0, reasons(told)


def test_without_a_sandbox_they_are_not_taken_along(ask: Rung, project: Project) -> None:
    followed_by(project, "test ! -e .venv; test ! -e node_modules")
    text = (project.folder / "fix.yaml").read_text().replace(f"run: {CHECK}", "run: test ! -e .venv")
    project.repository.write({"fix.yaml": text})
    told = ask("run", "fix.yaml", "--sandbox", "off")
    assert told.code == 0, reasons(told)
