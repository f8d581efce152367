"""The broken projects that `make demo` repairs: broken as they lie here, whole after `rung fix`."""

import os
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestrator.testing.repo import TempRepo
from tests.acceptance.conftest import Told
from tests.acceptance.skeleton import no_sandbox

EXAMPLES = Path(__file__).parents[2] / "examples"
LEFTOVERS = shutil.ignore_patterns("target", "build", "dist", "__pycache__")
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
LONGEST = 200
SAME = "def f():\n    return 1\n"
TEST = "import unittest\nimport {name}\n\n\nclass F(unittest.TestCase):\n    def test_f(self):\n        {check}\n"


@dataclass(frozen=True)
class Example:
    """A row of examples.toml."""

    name: str
    tools: tuple[str, ...]
    test: str

    @property
    def folder(self) -> Path:
        return EXAMPLES / "broken" / self.name

    def copied(self, target: Path) -> TempRepo:
        """A repository with one commit; skips where one of the tools is missing."""
        missing = [
            tool for tool in self.tools if not shutil.which(tool, path=f"{PATH}:{self.folder}/node_modules/.bin")
        ]
        if missing:
            pytest.skip(f"no {', no '.join(missing)} on this machine")
        shutil.copytree(self.folder, target, symlinks=True, ignore=LEFTOVERS)
        repository = TempRepo(target)
        repository.git("add", ".")
        repository.git("commit", "--quiet", "--message", "As it was")
        return repository


LISTED = tomllib.loads((EXAMPLES / "broken" / "examples.toml").read_text(encoding="utf-8"))
EVERY = [Example(name, tuple(one["tools"]), one["test"]) for name, one in LISTED.items()]
QUICK = frozenset({"bookkeeping", "ring-buffer"})
REPAIRED = [pytest.param(one, id=one.name, marks=() if one.name in QUICK else pytest.mark.accept) for one in EVERY]
"""The compilers of the others take longer than this suite may."""


def called(example: Example) -> str:
    return example.name


def ended(argv: Sequence[str], folder: Path, state: Path) -> Told:
    """How a command ended in ``folder``; `rung` is the one under test, and notes its runs in ``state``."""
    surroundings = {**os.environ, "PATH": PATH, "RUNG_STATE_DIR": str(state), "PYTHONDONTWRITEBYTECODE": "1"}
    if no_sandbox():
        surroundings["RUNG_SANDBOX__MODE"] = "off"
    done = subprocess.run(
        argv, cwd=folder, env=surroundings, capture_output=True, text=True, timeout=LONGEST, check=False
    )
    return Told(done.returncode, done.stdout, done.stderr)


def test_every_broken_project_is_listed_and_says_how_it_is_tested() -> None:
    folders = sorted(path.name for path in (EXAMPLES / "broken").iterdir() if path.is_dir())
    assert sorted(example.name for example in EVERY) == folders
    for example in EVERY:
        assert f"`{example.test}`" in (example.folder / "README.md").read_text(encoding="utf-8")


@pytest.mark.timeout(LONGEST)
@pytest.mark.parametrize("example", EVERY, ids=called)
def test_a_broken_project_fails_its_own_tests_as_it_lies_here(example: Example, tmp_path: Path) -> None:
    repository = example.copied(tmp_path / example.name)
    told = ended(shlex.split(example.test), repository.folder, tmp_path / "state")
    assert told.code not in {0, 126, 127}, told


@pytest.mark.timeout(3 * LONGEST)
@pytest.mark.parametrize("example", REPAIRED)
def test_a_broken_project_passes_its_own_tests_after_rung_fix(example: Example, tmp_path: Path) -> None:
    if why := no_sandbox():
        pytest.skip(f"no sandbox on this machine: {why}")
    repository = example.copied(tmp_path / example.name)
    fixed = ended(["rung", "fix", "--apply", "--quiet"], repository.folder, tmp_path / "state")
    assert fixed.code == 0, fixed
    assert "Repaired, without a model and at no cost" in fixed.out
    changed = repository.git("diff", "--name-only").splitlines()
    assert changed, "something was repaired, so something differs"
    assert all(path.startswith(("src/", "bookkeeping/")) for path in changed), changed
    assert ended(shlex.split(example.test), repository.folder, tmp_path / "state").code == 0


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """The program of the demo beside projects of this test: one to repair, one that nothing can repair, and so on."""
    folder = tmp_path / "examples"
    folder.mkdir()
    shutil.copy2(EXAMPLES / "repair.py", folder)
    projects = {
        "typo": ("def f()\n    return 1\n", "self.assertEqual(typo.f(), 1)", "python3"),
        "hopeless": (SAME, "self.fail('nothing can change this')", "python3"),
        "whole": (SAME, "self.assertEqual(whole.f(), 1)", "python3"),
        "foreign": (SAME, "self.fail('nobody comes here')", "no-such-tool"),
    }
    rows = []
    for name, (source, check, tool) in projects.items():
        project = folder / "broken" / name
        project.mkdir(parents=True)
        (project / f"{name}.py").write_text(source)
        (project / f"test_{name}.py").write_text(TEST.format(name=name, check=check))
        rows.append(f'[{name}]\nlanguage = "Python"\ntools = ["{tool}"]\ntest = "python3 -m unittest"\n')
    (folder / "broken" / "examples.toml").write_text("".join(rows))
    return folder


def shown(demo: Path, *names: str) -> Told:
    return ended([sys.executable, "repair.py", *names], demo, demo.parent / "state")


@pytest.mark.timeout(LONGEST)
def test_the_demo_repairs_and_names_what_it_skips(demo: Path) -> None:
    told = shown(demo, "typo", "foreign")
    assert told.code == 0, told
    assert "+def f():" in told.out
    assert told.out.split("Afterwards, its own tests:")[1].count("exit code 0") == 1
    last, skipped = told.out.splitlines()[-2:]
    assert last.split() == ["typo", "Python", "1", last.split()[3], "0", "$0", "pass"]
    assert skipped == "foreign: skipped, because this machine has no no-such-tool"


@pytest.mark.timeout(LONGEST)
def test_the_demo_fails_where_a_project_is_not_repaired_or_was_not_broken(demo: Path) -> None:
    told = shown(demo, "hopeless", "whole")
    assert told.code == 1, told
    assert [line.endswith("NOT REPAIRED") for line in told.out.splitlines()[-2:]] == [True, True]
    assert "whole is not broken: nothing can be shown with it" in told.out


def test_the_demo_says_which_examples_there_are(demo: Path) -> None:
    told = shown(demo, "typpo")
    assert (told.code, told.out) == (2, "there is no example 'typpo'; there are: typo, hopeless, whole, foreign\n")
