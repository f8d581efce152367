"""The ground on which attacks are tried; skipped with its reason where no sandbox can be had."""

from pathlib import Path

import pytest

from orchestrator.domain.sandbox import SandboxPolicy
from orchestrator.errors import SandboxUnavailableError
from orchestrator.sandbox import SandboxRunner
from tests.unit.sandbox.attack.ground import Ground


@pytest.fixture(scope="session")
def _sandbox(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("tree")
    try:
        str(SandboxRunner(SandboxPolicy(tree=str(folder), mount="/srv/people/project")).record)
    except SandboxUnavailableError as error:
        pytest.skip(str(error))


@pytest.fixture
def ground(tmp_path: Path, _sandbox: None) -> Ground:
    made = Ground(tmp_path / "tree", tmp_path / "host")
    made.tree.mkdir()
    made.host.mkdir()
    (made.host / "secret").write_text("treasure\n")
    return made
