"""The broken projects that `make demo` repairs: broken as they lie here, whole after `rung fix`."""

import os
import re
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
from scripts.doc_blocks import Step, blocks, steps
from tests.acceptance.conftest import Told
from tests.acceptance.skeleton import no_sandbox

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
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
    surroundings |= {"COLUMNS": "120", "NO_COLOR": "1"}
    if no_sandbox():
        surroundings["RUNG_SANDBOX__MODE"] = "off"
    done = subprocess.run(
        argv, cwd=folder, env=surroundings, capture_output=True, text=True, timeout=LONGEST, check=False
    )
    return Told(done.returncode, done.stdout, done.stderr)


def promised(project: str) -> list[Step]:
    """What the README shows of a broken project, command by command."""
    found = [block for block in blocks(ROOT / "README.md", ROOT) if f"cd examples/broken/{project}\n" in block.text]
    return [step for block in found for step in steps(block.text)]


def expected(project: str, command: str) -> list[list[str]]:
    """The lines that the README shows below ``command``, each time that it does."""
    return [step.expected for step in promised(project) if step.command == command]


def not_printed(lines: Sequence[str], printed: str) -> list[str]:
    """Those of ``lines`` that ``printed`` does not hold in this order; ``...`` stands for anything, also for lines."""
    left = iter(printed.splitlines())
    missing = []
    for line in lines:
        pattern = ".*".join(map(re.escape, line.split("...")))
        if line != "..." and not any(re.fullmatch(pattern, one) for one in left):
            missing.append(line)
    return missing


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
    assert re.search(r"\berror\b|Error:", told.out + told.err), told
    for lines in expected(example.name, example.test)[:1]:
        assert not_printed(lines, told.out + told.err) == []


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
    told = ended(shlex.split(example.test), repository.folder, tmp_path / "state")
    assert told.code == 0, told
    for lines in expected(example.name, "rung fix --apply"):
        assert not_printed(lines, fixed.out) == []
    for lines in expected(example.name, example.test)[1:]:
        assert not_printed(lines, told.out + told.err) == []


def test_the_readme_shows_a_project_before_and_after() -> None:
    test = LISTED["bookkeeping"]["test"]
    commands = [step.command for step in promised("bookkeeping")]
    assert commands == ["cd examples/broken/bookkeeping", test, "rung fix --apply", test]


def test_a_line_that_is_not_printed_is_seen() -> None:
    assert not_printed(["a ... c", "...", "d"], "a b c\nx\nd\n") == []
    assert not_printed(["d", "a"], "a\nd\n") == ["a"]


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
