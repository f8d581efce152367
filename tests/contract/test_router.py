"""What every router does: there is the configured ladder, and the one that follows a table."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import pytest

from orchestrator.models.registry import ModelEntry, ladder_of
from orchestrator.models.tiers import TIERS, Ladder
from orchestrator.ports import Router

Make: TypeAlias = Callable[[Mapping[str, Sequence[str]]], Router]
"""A router for models by tier."""


def of_entries(models: Mapping[str, Sequence[str]]) -> Router:
    return ladder_of(
        ModelEntry(name=name, tier=tier, provider="scripted", script=Path("x"))
        for tier, names in reversed([*models.items()])  # the order of the tiers is the table's, not the configuration's
        for name in names
    )


@pytest.fixture(params=[Ladder, of_entries])
def make(request: pytest.FixtureRequest) -> Make:
    made: Make = request.param
    return made


MODELS = {"local-fast": ["tiny"], "local": ["a", "b"], "premium": ["best"]}


@pytest.mark.parametrize(
    ("start", "top", "rungs"),
    [
        ("local-fast", "premium", ("tiny", "a", "b", "best")),
        ("rules", "premium", ("tiny", "a", "b", "best")),
        ("local", "local", ("a", "b")),
        ("local", "cloud-fast", ("a", "b")),
        ("cloud-fast", "premium", ("best",)),
        ("cloud-fast", "cloud-fast", ()),
        ("rules", "rules", ()),
        ("premium", "local", ()),
    ],
)
def test_the_rungs_are_the_models_of_the_tiers_in_their_order(
    make: Make, start: str, top: str, rungs: Sequence[str]
) -> None:
    assert make(MODELS).ladder(start, top) == rungs


def test_without_models_there_is_no_rung(make: Make) -> None:
    assert make({}).ladder(TIERS[0], TIERS[-1]) == ()
