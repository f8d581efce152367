"""What a command leaves in the tree for somebody who opens it later: no sandbox helps there, so a person is asked."""

import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.validation.integrity import FileChange, Places, Weight, flags_of

HARMFUL = (
    ".vscode/tasks.json", ".envrc", ".claude/settings.json", "AGENTS.md", ".pre-commit-config.yaml", "x.pth",
    "sitecustomize.py", "node_modules/.bin/tool", ".husky/pre-commit", ".npmrc", ".gitattributes", "conftest.py",
)  # fmt: skip
OF_CI = (".github/workflows/ci.yml", ".github/CODEOWNERS", "CODEOWNERS", ".gitlab-ci.yml")
BUILT = ("Makefile", "Dockerfile", "package-lock.json", "Cargo.lock", "uv.lock")
HARMLESS = ("src/invoices.py", "README.md", "data.txt")


def weights(path: str, before: str | None) -> set[Weight]:
    change = FileChange(path=path, before=before, after="changed\n")
    return {flag.weight for flag in flags_of([change], places=Places(), tests=[])}


@pytest.mark.parametrize("path", HARMFUL)
def test_row_36_a_file_that_harms_later_is_held_for_a_person_also_when_it_is_new(path: str) -> None:
    assert Weight.HOLD in weights(path, None)


@pytest.mark.parametrize("path", OF_CI)
@pytest.mark.parametrize("before", [None, "old\n"], ids=["new", "changed"])
def test_row_46_what_continuous_integration_obeys_is_held_for_a_person(path: str, before: str | None) -> None:
    assert Weight.HOLD in weights(path, before)


@pytest.mark.parametrize("path", BUILT)
@pytest.mark.parametrize("before", [None, "old\n"], ids=["new", "changed"])
def test_row_46_what_a_build_obeys_is_at_least_told(path: str, before: str | None) -> None:
    assert weights(path, before)


@pytest.mark.parametrize("path", HARMLESS)
def test_an_ordinary_file_is_neither_held_nor_told(path: str) -> None:
    assert weights(path, None) == set()


def test_row_36_such_a_file_runs_where_nobody_looks(tmp_path: Path) -> None:
    """The control."""
    (tmp_path / "sitecustomize.py").write_text("print('run')\n")
    done = subprocess.run(
        [sys.executable, "-c", ""], env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "run\n"
