"""What passes only with one order of a set is no repair: told by `rung run` and `rung validate --base`."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from orchestrator.testing.repo import TempRepo
from tests.acceptance.conftest import Rung, Told
from tests.acceptance.skeleton import WORKFLOW as SCRIPTED
from tests.acceptance.skeleton import Project, edit, no_sandbox
from tests.unit.validation.luck import luck

UNITTEST = """\
import unittest

from calc import add


class Adds(unittest.TestCase):
    def test_two_and_three(self):
        self.assertEqual(add(2, 3), 5)

    def test_nothing(self):
        self.assertIn(add(0, 0), (0, 100))
"""
PYTEST = "from calc import add\n\n\ndef test_two_and_three():\n    assert add(2, 3) == 5\n"
WORKFLOW = SCRIPTED.partition("    validate:")[0] + "    validate: [test]\n"
LINE = "passes or fails by chance: test_calc"


def lucky() -> str:
    """Right in the first turn of the tests alone."""
    return f"+ 100 * ({luck().first} != {luck().firsts[0]!r}) +"


@pytest.mark.parametrize("tests", [UNITTEST, PYTEST], ids=["unittest", "pytest"])
def test_a_fix_that_depends_on_the_order_of_a_set_is_rejected_and_a_true_one_lands(
    here: Rung, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tests: str
) -> None:
    if tests == PYTEST and subprocess.run(("python3", "-c", "import pytest"), check=False).returncode:
        pytest.skip("the python3 of this machine has no pytest")
    project = Project.make(tmp_path)
    project.repository.commit({"test_calc.py": tests, "fix.yaml": WORKFLOW})
    (project.home / "small.json").write_text(json.dumps({"replies": [{"text": edit(lucky())}]}))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(project.home.parent))
    told = here("run", "fix.yaml", "--json", "--quiet", cwd=project.folder)
    [node] = json.loads(told.out)["nodes"]
    assert told.code == 0, node["reason"]
    first, second = node["attempts"]
    assert (first["verdict"], second["verdict"]) == ("failed", "passed")
    assert LINE in json.dumps(first), first
    branch = next(name for name in project.refs() if name.startswith("refs/heads/rung/"))
    assert project.repository.git("show", f"{branch}:calc.py").endswith("return a + b")


def beside(rung: Rung, folder: Path, *, body: str) -> tuple[Told, Any]:
    (folder / "calc.py").write_text(f"def add(a, b):\n    return {body}\n")
    told = rung("validate", str(folder), "--base", "HEAD", "--json", "--sandbox", "off" if no_sandbox() else "auto")
    return told, json.loads(told.out)


def test_beside_a_base_what_passes_by_chance_is_not_fixed_and_said_so_also_from_memory(
    rung: Rung, tmp_path: Path
) -> None:
    folder = (
        TempRepo(tmp_path / "repo")
        .commit({"calc.py": "def add(a, b):\n    return a\n", "test_calc.py": UNITTEST})
        .folder
    )
    for _ in range(2):
        told, read = beside(rung, folder, body=f"a {lucky()} b")
        assert (told.code, read["base"]["fixed"], read["tests"]["flaky"]) == (0, [], 1), read
        assert [one["name"] for one in read["base"]["left"]] == ["test_calc.Adds.test_two_and_three"]
        assert any(one.startswith(LINE) for one in read["notices"])
    told, read = beside(rung, folder, body="a + b")
    assert (told.code, len(read["base"]["fixed"]), read["base"]["left"]) == (0, 1, [])
    assert not any(one.startswith(LINE) for one in read["notices"])
