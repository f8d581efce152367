"""A repository of a user, and a trap that tells whether something was run."""

from pathlib import Path

import pytest

from orchestrator.testing.repo import TempRepo
from tests.unit.workspace.observing import Trap


@pytest.fixture
def project(tmp_path: Path) -> TempRepo:
    """A repository with one commit."""
    files = {"a.txt": "one\n", "src/b.txt": "b\n" * 30, "tool.sh": "#!/bin/sh\n", ".gitignore": "*.log\n/build/\n"}
    repo = TempRepo(tmp_path / "project").write(files)
    (repo.folder / "tool.sh").chmod(0o755)
    return repo.commit({})


@pytest.fixture
def trap(tmp_path: Path) -> Trap:
    """A program that leaves a mark when it is run."""
    return Trap(tmp_path / "trap")
