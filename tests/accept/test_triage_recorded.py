"""Triage on recorded logs of real CI runs: a fixed sample in the suite where the data is there, all of it in accept."""

import hashlib
import os
from pathlib import Path

import pytest

from benchmarks.triage import (
    Labelled,
    by_keywords,
    by_triage,
    kept_at_the_end,
    kept_by_triage,
    labelled,
    lines_met,
    marked,
    mean,
    ranges_met,
    share,
)

DATA = os.environ.get("RUNG_DATA", "")
SAMPLE = 40
ENOUGH = 0.95


def sample(logs: list[Labelled]) -> list[Labelled]:
    """Always the same logs: those whose text hashes lowest."""
    return sorted(logs, key=lambda log: hashlib.sha256("\n".join(log.lines).encode()).digest())[:SAMPLE]


def check_classes(logs: list[Labelled]) -> None:
    assert share(logs, by_triage) >= ENOUGH
    assert share(logs, by_triage) > share(logs, by_keywords)


def check_lines(data: Path) -> None:
    logs = marked(data)
    assert mean(logs, ranges_met, kept_by_triage) >= ENOUGH
    assert mean(logs, lines_met, kept_by_triage) >= ENOUGH
    assert mean(logs, lines_met, kept_by_triage) > mean(logs, lines_met, kept_at_the_end(40))


@pytest.mark.skipif(not DATA, reason="no recorded data here (RUNG_DATA)")
def test_a_sample_of_recorded_logs_is_classified_and_excerpted() -> None:
    check_classes(sample(labelled(Path(DATA))))
    check_lines(Path(DATA))


@pytest.mark.accept
def test_all_recorded_logs_are_classified(recorded_data: Path) -> None:
    check_classes(labelled(recorded_data))


@pytest.mark.accept
def test_marked_lines_of_all_recorded_logs_are_kept(recorded_data: Path) -> None:
    check_lines(recorded_data)
