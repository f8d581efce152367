"""How many random examples a property is tried on: a thousand in the suite, a hundred thousand in soak."""

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Many: TypeAlias = Callable[[st.SearchStrategy[Any], Callable[[Any], None]], None]
SOAK = [pytest.mark.soak, pytest.mark.timeout(3_600)]


@pytest.fixture(params=[pytest.param(1_000, id="suite"), pytest.param(100_000, id="soak", marks=SOAK)])
def many(request: pytest.FixtureRequest) -> Many:
    """Tries a check on that many values of a strategy."""
    lenient = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    limits = settings(max_examples=request.param, deadline=None, suppress_health_check=lenient)

    def run(strategy: st.SearchStrategy[Any], check: Callable[[Any], None]) -> None:
        limits(given(strategy)(check))()

    return run
