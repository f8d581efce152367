"""Values as a worker tells them, in the words of Python."""

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.fixers.literals import parted, written
from orchestrator.fixers.search.worker.compare import shown

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=60)
@given(PLAIN)
def test_collections_are_written_such_that_python_reads_them_back(value: object) -> None:
    assert ast.literal_eval(written(shown(value))) == value


@settings(max_examples=60)
@given(PLAIN, st.lists(PLAIN, max_size=3))
def test_a_result_is_told_from_the_arguments_behind_it(value: object, arguments: list[object]) -> None:
    assert parted(f"{shown(value)} {shown(arguments)}") == (shown(value), shown(arguments))


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ("KeyError", "KeyError"),
        ("set()", "set()"),
        ("tuple(set(1, 2))", "({1, 2},)"),
        ("Stock(dict('items': list('a')))", "Stock({'items': ['a']})"),
        ("Queue {limit: 2, items: [1]}", "Queue {limit: 2, items: [1]}"),
        ("list(1, 'cut", "[1, 'cut"),
        (") ] a", ") ] a"),
    ],
)
def test_what_is_no_collection_stays_as_it_is(told: str, text: str) -> None:
    assert written(told) == text


def test_an_exception_has_no_arguments_behind_it() -> None:
    assert parted("KeyError") == ("KeyError", "")
