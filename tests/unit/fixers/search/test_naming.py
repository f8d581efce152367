"""Tests that a runner and the worker name differently."""

from orchestrator.fixers.search.localise import Observed
from orchestrator.fixers.search.naming import dotted, is_one, narrowed
from orchestrator.fixers.search.protocol import Observation


def among(name: str, names: object) -> bool:
    assert isinstance(names, list)
    return is_one(dotted(name), [dotted(other) for other in names])


def failing(wanted: set[str], *names: str) -> set[str]:
    tests = tuple(Observed(name=name, how="fail") for name in names)
    return {test.name for test in narrowed(Observation(tests=tests), wanted, is_wanted=among).failing}


def test_only_what_is_wanted_is_left_of_what_fails() -> None:
    assert failing({"tests.a::test_x[v0]"}, "tests/a.py::test_x[v0]", "tests/a.py::test_x[v1]") == {
        "tests/a.py::test_x[v0]"
    }
    assert failing(set(), "a.py::test_x", "a.py::test_y") == {"a.py::test_x", "a.py::test_y"}
    assert failing({"a::test_z"}, "a.py::test_x") == set()


def test_parameters_that_were_counted_in_another_order_are_found_without_their_numbers() -> None:
    wanted = {"tests.a::test_x[1985-expected3-%Y]", "tests.a::test_x[1986-expected4-%Y]"}
    seen = ("tests/a.py::test_x[1985-expected9-%Y]", "tests/a.py::test_x[1986-expected4-%Y]", "tests/a.py::test_y")
    assert failing(wanted, *seen) == set(seen[:2])


def test_addresses_are_others_in_each_run() -> None:
    assert failing({"a::test_x[<f at 0x7f0000aa>]"}, "a.py::test_x[<f at 0x7fffffbb>]") == {
        "a.py::test_x[<f at 0x7fffffbb>]"
    }
