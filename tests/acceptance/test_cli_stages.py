"""`rung run` with checks that are words: the project's own tests judge a model's edit, without any script."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Rung, Told
from tests.acceptance.skeleton import Project, edit

TESTS = """\
import unittest

from calc import add


class Adds(unittest.TestCase):
    def test_two_and_three(self):
        self.assertEqual(add(2, 3), 5)

    def test_nothing(self):
        self.assertEqual(add(0, 0), 0)
"""
WORKFLOW = """\
version: 1
name: fix
nodes:
  mend:
    prompt: add(a, b) has to return the sum.
    files: [calc.py]
    tier: {{ start: local, max: premium }}
    validate: [{words}]
"""
BENDING = """
test_calc.py
<<<<<<< SEARCH
        self.assertEqual(add(2, 3), 5)
=======
        self.assertEqual(add(2, 3), 6)
>>>>>>> REPLACE
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Its tests fail; the small model's edit leaves them so."""
    made = Project.make(tmp_path)
    made.repository.commit({"test_calc.py": TESTS, "fix.yaml": WORKFLOW.format(words="syntax, test")})
    return made


@pytest.fixture
def ask(here: Rung, project: Project, monkeypatch: pytest.MonkeyPatch) -> Rung:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(project.home.parent))

    def call(*arguments: str) -> Told:
        return here(*arguments, "--json", "--quiet", cwd=project.folder)

    return call


def mended(told: Told) -> Any:
    [node] = json.loads(told.out)["nodes"]
    return node


def test_a_wrong_edit_is_rejected_by_the_projects_own_tests_and_a_right_one_lands(ask: Rung, project: Project) -> None:
    before = project.belongings()
    told = ask("run", "fix.yaml")
    assert told.code == 0, mended(told)["reason"]
    first, second = mended(told)["attempts"]
    assert (first["verdict"], second["verdict"], second["evidence"]) == ("failed", "passed", "ids")
    assert "6 != 5" in json.dumps(first)
    assert project.billed() == {"small": 1, "large": 1}
    assert project.belongings() == before
    branch = next(name for name in project.refs() if name.startswith("refs/heads/rung/"))
    assert "a + b" in project.repository.git("show", f"{branch}:calc.py")


def test_an_edit_that_bends_the_tests_is_rejected_though_they_pass(ask: Rung, project: Project) -> None:
    (project.home / "small.json").write_text(json.dumps({"replies": [{"text": edit("*") + BENDING}]}))
    text = WORKFLOW.format(words="auto").replace("[calc.py]", "[calc.py, test_calc.py]")
    project.repository.commit({"fix.yaml": text})
    told = ask("run", "fix.yaml")
    assert told.code == 0, mended(told)["reason"]
    first, second = mended(told)["attempts"]
    assert "a protected file was changed" in json.dumps(first)
    assert second["verdict"] == "passed"


def test_where_there_is_no_test_no_model_is_blamed_and_nothing_lands(ask: Rung, project: Project) -> None:
    project.repository.commit({"test_calc.py": None, "fix.yaml": WORKFLOW.format(words="test")})
    told = ask("run", "fix.yaml")
    assert (told.code, mended(told)["reason"].partition(":")[0]) == (1, "nothing was looked at")
    assert project.billed() == {"small": 1, "large": 0}
    assert not [name for name in project.refs() if name.startswith("refs/heads/rung/")]
