"""Whether the sandbox and its overlays work here at all."""

from pathlib import Path

import pytest

from orchestrator.domain.sandbox import Overlay, SandboxPolicy
from orchestrator.errors import SandboxUnavailableError
from orchestrator.sandbox import SandboxRunner


@pytest.fixture(scope="session")
def _fault_of_sandbox(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("sandbox")
    lower, kept = folder / "lower", folder / "kept"
    for path in (lower, kept / "upper", kept / "work"):
        path.mkdir(parents=True)
    policy = SandboxPolicy(tree="", mount=str(lower), overlays=(Overlay(lower=str(lower), kept=str(kept)),))
    try:
        SandboxRunner(policy).record  # noqa: B018  # trying it is the point
    except SandboxUnavailableError as error:
        return str(error)
    return ""


@pytest.fixture
def sandbox(_fault_of_sandbox: str) -> None:
    """For tests that need a sandbox with overlays."""
    if _fault_of_sandbox:
        pytest.skip(_fault_of_sandbox)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Where runs and warm bases are kept."""
    return tmp_path / "state"
