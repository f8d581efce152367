"""Fault localisation on small spectra."""

import math

from orchestrator.fixers.search.localise import Observed, ochiai, suspicion
from orchestrator.fixers.search.mining import mined_numbers, mined_strings

A, B, C = ("x.py", 1), ("x.py", 2), ("x.py", 3)


def seen(name: str, *lines: tuple[str, int], how: str = "ok", places: tuple[tuple[str, int], ...] = ()) -> Observed:
    return Observed(name=name, how=how, lines=frozenset(lines), places=places)


def test_a_line_that_only_failing_tests_run_is_most_suspicious() -> None:
    found = ochiai([seen("1", A, B, how="fail"), seen("2", A), seen("3", A, C)])
    assert found == {A: 1 / math.sqrt(3), B: 1.0}


def test_where_nothing_fails_nothing_is_suspicious() -> None:
    assert ochiai([seen("1", A)]) == {}


def test_a_traceback_and_weights_break_ties() -> None:
    tests = [seen("1", A, B, C, how="fail", places=(B, A))]
    found = suspicion(tests, {C: 1.0})
    assert sorted(found, key=lambda line: -found[line]) == [B, A, C]
    assert suspicion([seen("1", A, C, how="fail")], {C: 1.0})[C] > suspicion([seen("1", A, C, how="fail")], {C: 1.0})[A]


def test_what_differs_between_two_texts_is_mined() -> None:
    test = Observed(name="1", how="fail", pair=(["Jupyter", "Mars"], ["Jupiter", "Mars"]))
    assert mined_strings([test])[:3] == ("i", "y", "Jupiter")


def test_expected_numbers_and_differences_are_mined() -> None:
    test = Observed(name="1", how="fail", pair=(10, 13))
    assert mined_numbers([test]) == (13, 3)


def test_the_message_of_an_assertion_is_mined_where_the_values_are_not_known() -> None:
    test = Observed(name="1", how="fail", error="AssertionError: assert 'a-b' == 'a+b'")
    assert mined_strings([test]) == ("+", "-", "a+b")


def test_passing_tests_are_not_mined() -> None:
    assert mined_numbers([Observed(name="1", how="ok", pair=(1, 2))]) == ()
