"""`rung validate` twice: what has not changed is not judged again; anything that counts, and it is."""

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from orchestrator.testing.repo import TempRepo
from tests.acceptance.conftest import Rung
from tests.acceptance.skeleton import no_sandbox

CONFIGURED = """\
[validate.test]
run = "{tool} check"
"""
TOOL = """\
#!/bin/sh
[ "$1" = --version ] && { echo "probe {version}"; exit 0; }
echo started >> '{marker}'
! grep -q wrong words.txt
"""


@dataclass
class Marked:
    """A repository whose only check is a program outside of it, which leaves a mark each time it is started."""

    rung: Rung
    repository: TempRepo
    home: Path

    @property
    def folder(self) -> Path:
        return self.repository.folder

    @property
    def starts(self) -> int:
        marker = self.home / "marker"
        return marker.read_text().count("\n") if marker.exists() else 0

    def write_tool(self) -> None:
        tool = self.home / "probe"
        tool.write_text(TOOL.replace("{version}", "1").replace("{marker}", str(self.home / "marker")))
        tool.chmod(0o755)

    def validate(self, *arguments: str) -> tuple[int, Any]:
        told = self.rung("validate", "--sandbox", "off", "--json", *arguments, cwd=self.folder)
        assert told.out, told.err
        return told.code, json.loads(told.out)


@pytest.fixture
def marked(here: Rung, tmp_path: Path) -> Marked:
    home = tmp_path / "home"
    home.mkdir()
    repository = TempRepo(tmp_path / "project").commit(
        {"words.txt": "right\n", "rung.toml": CONFIGURED.format(tool=home / "probe")}
    )
    made = Marked(here, repository, home)
    made.write_tool()
    assert here("trust", cwd=repository.folder).code == 0
    return made


@pytest.fixture(autouse=True)
def own_homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))


def are_cached(read: Any) -> set[bool]:
    return {stage["cached"] for stage in read["stages"]}


@pytest.mark.parametrize(("text", "code"), [("right\n", 0), ("wrong\n", 1)])
def test_the_second_time_nothing_is_started_and_the_answer_says_so(marked: Marked, text: str, code: int) -> None:
    marked.repository.write({"words.txt": text})
    first, second = marked.validate(), marked.validate()
    assert (first[0], second[0], marked.starts) == (code, code, 1)
    assert (are_cached(first[1]), are_cached(second[1])) == ({False}, {True})
    assert any("--fresh judges anew" in line for line in second[1]["notices"])
    assert not any("--fresh" in line for line in first[1]["notices"])
    told = marked.rung("validate", "--sandbox", "off", cwd=marked.folder)
    assert "(remembered)" in told.out
    assert marked.starts == 1


def test_a_dirty_tree_counts_by_what_it_holds(marked: Marked) -> None:
    marked.validate()
    marked.repository.write({"words.txt": "wrong\n"})
    assert (marked.validate()[0], marked.starts) == (1, 2)
    marked.repository.write({"words.txt": "right\n"})
    assert (marked.validate()[0], marked.starts) == (0, 2)
    marked.repository.write({"new.txt": ""})
    assert (marked.validate()[0], marked.starts) == (0, 3)
    (marked.folder / "new.txt").chmod(0o755)
    assert (marked.validate()[0], marked.starts) == (0, 4)


def test_afresh_it_is_judged_anew(marked: Marked) -> None:
    marked.validate()
    assert are_cached(marked.validate("--fresh")[1]) == {False}
    assert marked.starts == 2


@pytest.mark.parametrize("line", ["[validate.test]\nmin_score = 0.5\n", "[validate.lint]\nenabled = false\n"])
def test_another_configuration_of_the_user_is_judged_anew(marked: Marked, tmp_path: Path, line: str) -> None:
    marked.validate()
    config = tmp_path / "xdg_config_home" / "rung"
    config.mkdir(parents=True, exist_ok=True)
    (config / "config.toml").write_text(line)
    marked.validate()
    assert marked.starts == 2


def test_a_changed_rung_toml_is_judged_anew(marked: Marked) -> None:
    marked.validate()
    own = marked.folder / "rung.toml"
    own.write_text(f"{own.read_text()}timeout = 1000\n")
    assert marked.rung("trust", cwd=marked.folder).code == 0
    marked.validate()
    assert marked.starts == 2


def test_another_environment_is_judged_anew_where_commands_see_it(
    marked: Marked, monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in ("1", "2", "2"):
        monkeypatch.setenv("WORDS", words)
        marked.validate()
    assert marked.starts == 2


def test_another_commit_is_judged_anew_where_commands_see_it(marked: Marked) -> None:
    marked.validate()
    marked.repository.commit({})
    marked.validate()
    assert marked.starts == 2


def test_with_a_base_both_sides_are_remembered(marked: Marked) -> None:
    marked.repository.write({"words.txt": "wrong\n"})
    first, starts = marked.validate("--base", "HEAD"), marked.starts
    second = marked.validate("--base", "HEAD")
    assert (first[0], second[0]) == (1, 1)
    assert (starts, marked.starts) == (2, 2)
    assert first[1]["base"] == second[1]["base"]


def test_what_a_broken_tool_says_is_not_remembered(marked: Marked) -> None:
    (marked.home / "probe").unlink()
    assert [marked.validate()[0] for _ in range(2)] == [6, 6]
    marked.write_tool()
    assert (marked.validate()[0], marked.starts) == (0, 1)


FAILING = """\
import unittest, uuid

class Words(unittest.TestCase):
    def test_one(self):
        self.fail(str(uuid.uuid4()))
"""


def python_project(folder: Path) -> Path:
    """A folder whose only test says something else each time it runs."""
    folder.mkdir()
    (folder / "test_words.py").write_text(FAILING)
    return folder


def said(here: Rung, folder: Path, mode: str) -> list[str]:
    told = here("validate", "--json", "--sandbox", mode, "--stage", "test", cwd=folder)
    assert told.code == 1, told
    return [one["message"] for stage in json.loads(told.out)["stages"] for one in stage["findings"]]


def test_in_the_sandbox_and_outside_of_a_repository_it_is_remembered_too(here: Rung, tmp_path: Path) -> None:
    folder, mode = python_project(tmp_path / "plain"), "off" if no_sandbox() else "auto"
    first = said(here, folder, mode)
    assert first
    assert said(here, folder, mode) == first
    assert [path.name for path in folder.iterdir()] == ["test_words.py"]


def test_another_version_of_a_tool_is_judged_anew(here: Rung, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, tools = python_project(tmp_path / "plain"), tmp_path / "tools"
    tools.mkdir()
    real = shutil.which("python3") or sys.executable
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")

    def install(version: str) -> None:
        program = tools / "python3"
        probed = f"""case "$3" in *version_info*) printf '{version}\\n%s\\n' "$0"; exit;; esac"""
        program.write_text(f'#!/bin/sh\n{probed}\nexec {real} "$@"\n')
        program.chmod(0o755)

    install("3.98.1")
    first = said(here, folder, "off")
    assert said(here, folder, "off") == first
    install("3.98.2")
    assert said(here, folder, "off") != first
