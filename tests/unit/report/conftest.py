"""Scripted runs, fresh for each test."""

import pytest

from orchestrator.domain.events import Event
from tests.unit.report.script import BLOCKING, EDITING, FAILING, HOSTILE, OPENING, hostile_events


@pytest.fixture
def opening() -> list[Event]:
    """A build in its middle: a retry, an expansion, a tolerated failure, four nodes running."""
    return list(OPENING)


@pytest.fixture
def failing() -> list[Event]:
    """The same build to its end: it fails."""
    return list(FAILING)


@pytest.fixture
def blocking() -> list[Event]:
    """A release that waits for a person."""
    return list(BLOCKING)


@pytest.fixture
def editing() -> list[Event]:
    """A model's edit is rejected, a stronger model's one accepted, and the result published."""
    return list(EDITING)


@pytest.fixture(params=list(HOSTILE.values()), ids=list(HOSTILE))
def hostile(request: pytest.FixtureRequest) -> list[Event]:
    """A run full of one kind of hostile text; it never ended."""
    return hostile_events(str(request.param))
