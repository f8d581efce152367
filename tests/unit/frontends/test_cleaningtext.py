from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.app import Cleaning, Standing
from orchestrator.app.cleaning import Leaving, Staying
from orchestrator.domain.ids import RunId
from orchestrator.frontends.cli.cleaningtext import planned_text, removed_text, size

ONE = Leaving(
    run=RunId("r1"), store=Path("r1"), workflow="build", standing=Standing.FAILED, last_at=1.0, size=1_234_000
)
PLANNED = Cleaning(
    before=2.0, leaving=(ONE,), staying=(Staying(RunId("r2"), "it is blocked"),), cached=(3, 500), leftovers=7
)


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 B"), (999, "999 B"), (1_234, "1.2 kB"), (12_345, "12 kB"), (5_600_000, "5.6 MB"), (7 * 10**12, "7000 GB")],
)
def test_sizes_have_a_decimal_unit(number: int, text: str) -> None:
    assert size(number) == text


def test_everything_that_would_go_and_what_stays_is_listed() -> None:
    _head, run, *rest = planned_text(PLANNED).splitlines()
    assert run.startswith("r1   build     failed  19")
    assert run.endswith("  1.2 MB")
    assert rest == [
        "3 cached results, 500 B",
        "leftovers of an earlier removal, 7 B",
        "1 run, 1.2 MB may go",
        "kept: r2: it is blocked",
    ]


def test_what_stayed_after_all_is_told_with_the_sum() -> None:
    late = replace(PLANNED, leaving=(), staying=(*PLANNED.staying, Staying(RunId("r1"), "another\nengine")))
    assert removed_text(PLANNED, late) == "0 runs, 507 B removed\nkept: r1: another\\nengine\n"
