"""The full sandbox keeps the contract of every command runner: the same tests, on a tree at its own path."""

from pathlib import Path

import pytest

from orchestrator.domain.sandbox import SandboxPolicy
from orchestrator.errors import SandboxUnavailableError
from orchestrator.ports import CommandRunner
from orchestrator.sandbox import SandboxRunner
from tests.contract import test_command_runner as contract

pytestmark = pytest.mark.anyio


@pytest.fixture
def runner(tmp_path: Path) -> CommandRunner:
    made = SandboxRunner(SandboxPolicy(tree=str(tmp_path), mount=str(tmp_path)))
    try:
        str(made.record)
    except SandboxUnavailableError as error:
        pytest.skip(str(error))
    return made


OWN_WORD = "test_the_isolation_is_one_of_the_known_words"


def test_the_isolation_is_called_sandbox(runner: CommandRunner) -> None:
    assert runner.isolation == "sandbox"


globals().update({name: test for name, test in vars(contract).items() if name.startswith("test_") and name != OWN_WORD})
