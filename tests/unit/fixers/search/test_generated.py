"""Generated inputs and how behaviours are told apart."""

from collections import deque
from copy import deepcopy
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.fixers.search.worker.compare import difference, generated, grouped, shown
from orchestrator.fixers.search.worker.limits import Limit, counted, guarded, install
from orchestrator.fixers.search.worker.mutate import Mutator

VALUES = st.recursive(
    st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5) | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=8,
)


@given(values=st.lists(VALUES, min_size=1, max_size=3), seed=st.integers(0, 99))
def test_types_are_kept_and_the_seen_values_stay_as_they_are(values: list[Any], seed: int) -> None:
    before = repr(values)
    changed = Mutator(seed, values).inputs(values)
    assert [type(value) for value in changed] == [type(value) for value in values]
    assert repr(values) == before


@given(values=st.lists(VALUES, min_size=1, max_size=3))
def test_the_same_seed_gives_the_same_inputs(values: list[Any]) -> None:
    calls: list[Any] = [(0, values, {})]
    assert repr(generated(calls, seed=5, count=20)) == repr(generated(calls, seed=5, count=20))


def test_numbers_stay_natural_where_all_were() -> None:
    mutator = Mutator(1, [3, 7, 1])
    assert all(mutator.inputs([1])[0] >= 1 for _ in range(200))


def test_without_a_call_there_is_no_input() -> None:
    assert generated([], seed=1, count=10) == []


def test_what_counts_is_shown_and_addresses_are_not() -> None:
    class Box:
        def __init__(self) -> None:
            self.held = {2, 1}

    assert shown(Box()) == shown(Box()) == "Box(dict('held': set(1, 2)))"
    assert shown(1) != shown(1.5)
    assert shown([1]) != shown((1,))
    assert shown(value=True) != shown(1)


def test_what_keeps_no_fields_is_told_apart_by_how_it_shows_itself() -> None:
    class Slotted:
        __slots__ = ("held",)

        def __init__(self, held: int) -> None:
            self.held = held

    pairs = [(Decimal("3.00"), Decimal("3.01")), (date(2024, 2, 28), date(2024, 2, 29)), (Slotted(1), Slotted(2))]
    for one, other in [*pairs, (Fraction(1, 3), Fraction(2, 3)), (deque([1]), deque([2])), (range(3), range(4))]:
        assert shown(one) != shown(other)
        assert shown([one]) == shown([deepcopy(one)])
    assert shown(object()) == shown(object())
    assert shown(iter([1])) == shown(iter([1])), "an address says nothing"


def test_amounts_and_days_are_changed_as_numbers_are() -> None:
    seen = [Decimal("7.50"), date(2024, 2, 29), datetime(2024, 2, 29, 12, tzinfo=UTC)]
    changed = [Mutator(seed, seen).inputs(seen) for seed in range(20)]
    for place, value in enumerate(seen):
        assert len({row[place] for row in changed}) > 3
        assert {type(row[place]) for row in changed} == {type(value)}


def test_patches_are_grouped_by_all_of_their_outputs() -> None:
    rows = {3: ["a", "b"], 5: ["a", "c"], 9: ["a", "b"]}
    assert grouped(rows) == [[3, 9], [5]]
    assert difference(rows[3], rows[5]) == 1
    assert difference(rows[3], rows[9]) == -1


def test_an_endless_loop_ends_by_its_steps_even_if_it_catches_all() -> None:
    import ast

    install(0)
    text = (
        "def f():\n    while True:\n        try:\n            [x for x in (1, 2)]\n        except:\n            pass\n"
    )
    space: dict[str, Any] = {}
    tree: Any = counted(ast.parse(text))
    exec(compile(tree, "x", "exec"), space)
    assert guarded(space["f"], Limit(steps=1000, seconds=5.0)).how == "steps"
