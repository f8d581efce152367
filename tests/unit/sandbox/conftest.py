"""The launchers that work on this machine, for this user."""

import pytest

from orchestrator.sandbox import LAUNCHERS, Launcher, LocalRunner, probe

FAULTS = {launcher.name: probe(launcher) for launcher in LAUNCHERS}


@pytest.fixture(params=LAUNCHERS, ids=lambda launcher: launcher.name)
def launcher(request: pytest.FixtureRequest) -> Launcher:
    """Each launcher in turn; one that this machine does not permit is skipped with its reason."""
    chosen: Launcher = request.param
    if FAULTS[chosen.name]:
        pytest.skip(f"{chosen.name} does not work here: {FAULTS[chosen.name]}")
    return chosen


@pytest.fixture
def runner(launcher: Launcher) -> LocalRunner:
    return LocalRunner(launcher)
