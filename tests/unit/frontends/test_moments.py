import time
from collections.abc import Iterator

import pytest

from orchestrator.frontends.cli.moments import moment, moments

NOON = 1_800_014_400.0
DAY = 86_400


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_a_moment_is_local_date_and_time() -> None:
    assert moment(NOON) == "2027-01-15 12:00:00"
    assert moment(0.0) == "-"


def test_dates_stand_there_only_where_they_differ() -> None:
    assert moments([NOON, NOON + 61]) == ["12:00:00", "12:01:01"]
    assert moments([NOON, NOON + DAY]) == ["2027-01-15 12:00:00", "2027-01-16 12:00:00"]
    assert moments([]) == []
