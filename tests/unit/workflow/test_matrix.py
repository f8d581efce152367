"""The matrix is expanded as GitHub documents it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.jsonvalue import JsonObject, JsonValue
from orchestrator.errors import InputError
from orchestrator.workflow import matrix_combinations


def test_the_last_axis_changes_fastest() -> None:
    assert matrix_combinations({"a": [1, 2], "b": ["x", "y"]}) == [
        {"a": 1, "b": "x"},
        {"a": 1, "b": "y"},
        {"a": 2, "b": "x"},
        {"a": 2, "b": "y"},
    ]


def test_the_include_rules_apply_in_turn() -> None:
    """Each kind of entry once: added to all, overwriting what was added, added to one, new, new beside that."""
    combinations = matrix_combinations(
        {
            "size": ["s", "l"],
            "tone": ["low", "high"],
            "include": [
                {"paint": "blue"},
                {"paint": "red", "tone": "high"},
                {"size": "s", "shape": "round"},
                {"size": "xl"},
                {"size": "xl", "tone": "high"},
            ],
        }
    )
    assert combinations == [
        {"size": "s", "tone": "low", "paint": "blue", "shape": "round"},
        {"size": "s", "tone": "high", "paint": "red", "shape": "round"},
        {"size": "l", "tone": "low", "paint": "blue"},
        {"size": "l", "tone": "high", "paint": "red"},
        {"size": "xl"},
        {"size": "xl", "tone": "high"},
    ]


def test_include_alone_makes_the_combinations() -> None:
    assert matrix_combinations({"include": [{"a": 1}, {"a": 1, "b": 2}]}) == [{"a": 1}, {"a": 1, "b": 2}]


def test_exclude_needs_to_match_in_its_own_keys_only() -> None:
    matrix: JsonObject = {"a": [1, 2], "b": [1, 2], "exclude": [{"a": 1}, {"a": 2, "b": 2}]}
    assert matrix_combinations(matrix) == [{"a": 2, "b": 1}]


def test_include_is_applied_after_exclude() -> None:
    matrix: JsonObject = {"a": [1, 2], "exclude": [{"a": 1}], "include": [{"a": 1, "b": 3}]}
    assert matrix_combinations(matrix) == [{"a": 2}, {"a": 1, "b": 3}]


def test_excluding_everything_leaves_nothing() -> None:
    assert matrix_combinations({"a": [1], "exclude": [{"a": 1}]}) == []


@pytest.mark.parametrize(
    ("value", "same"),
    [(1, False), (True, True), ("true", False), (None, False)],
)
def test_true_is_not_the_number_one(value: JsonValue, *, same: bool) -> None:
    kept = matrix_combinations({"a": [True], "exclude": [{"a": value}]})
    assert (kept == []) is same


def test_lists_and_mappings_are_compared_in_depth() -> None:
    matrix: JsonObject = {
        "a": [{"x": [1, {"y": True}]}, {"x": [1, {"y": 1}]}],
        "exclude": [{"a": {"x": [1.0, {"y": 1}]}}],
    }
    assert matrix_combinations(matrix) == [{"a": {"x": [1, {"y": True}]}}]


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ({}, "matrix: the matrix has no axis"),
        ({"a": []}, "matrix.a: the axis 'a' has no values"),
        ({"a": "x"}, "matrix.a: the axis 'a' is no list"),
        ({"a": {"b": 1}}, "matrix.a: the axis 'a' is no list"),
        ({"a": [1], "exclude": {"a": 1}}, "matrix.exclude: exclude is no list"),
        ({"a": [1], "include": [1]}, "matrix.include[0]: the entry of include is no mapping"),
        ({"version": [1], "exclude": [{"verson": 1}]}, "did you mean 'version'?"),
        ({"a": list(range(17)), "b": list(range(17))}, "289 combinations, more than 256"),
        ({"a": list(range(50)), "b": list(range(50))}, "more than 2,048 combinations"),
        ({"include": [{"a": 1}] * 1001}, "more than 1,000 entries"),
    ],
)
def test_a_wrong_matrix_is_refused(matrix: JsonObject, message: str) -> None:
    with pytest.raises(InputError) as caught:
        matrix_combinations(matrix)
    assert message in str(caught.value)


def test_exclude_may_bring_a_matrix_below_the_limit() -> None:
    numbers: list[JsonValue] = list(range(17))
    matrix: JsonObject = {"a": numbers, "b": numbers, "exclude": [{"a": number} for number in range(2)]}
    assert len(matrix_combinations(matrix)) == 15 * 17


_NAMES = st.sampled_from(["a", "b", "c"])
_VALUES = st.integers(0, 2) | st.booleans()
_MATRICES = st.fixed_dictionaries(
    {
        "a": st.lists(_VALUES, min_size=1, max_size=3, unique_by=repr),
        "b": st.lists(_VALUES, min_size=1, max_size=3, unique_by=repr),
    },
    optional={"include": st.lists(st.dictionaries(_NAMES, _VALUES), max_size=3)},
)


@given(_MATRICES)
def test_include_never_changes_a_value_of_an_axis_and_never_removes_a_combination(matrix: JsonObject) -> None:
    plain = matrix_combinations({key: value for key, value in matrix.items() if key != "include"})
    full = matrix_combinations(matrix)
    assert [{key: repr(one[key]) for key in ("a", "b")} for one in full[: len(plain)]] == [
        {key: repr(one[key]) for key in ("a", "b")} for one in plain
    ]
