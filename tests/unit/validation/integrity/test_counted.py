"""Tests counted beside the base's, and files that are put back."""

import pytest

from orchestrator.domain.finding import Severity
from orchestrator.domain.verdict import CaseResult, CaseStatus
from orchestrator.validation.integrity import FileChange, compare_tests, restore_plan
from orchestrator.validation.integrity.counted import same_test, suite_of


def ran(*names: str, status: CaseStatus = CaseStatus.PASSED) -> list[CaseResult]:
    return [CaseResult(id=name, status=status) for name in names]


def codes(found: object, severity: Severity = Severity.ERROR) -> list[tuple[str, str]]:
    assert isinstance(found, tuple)
    return [(one.code, one.test) for one in found if one.severity is severity]


def test_the_same_tests_are_nothing_to_tell() -> None:
    assert compare_tests(ran("m::a", "m::b"), ran("m::b", "m::a")) == ()
    assert compare_tests([], []) == ()


def test_a_test_that_is_gone_is_told_with_what_is_left() -> None:
    found = compare_tests(ran("m::a", "m::b", "m::c"), ran("m::a", "m::c"))
    assert codes(found) == [("test-gone", "m::b")]
    assert found[0].message == "m::b was run on the base and is not run here; 2 of its suite are left"


def test_a_whole_suite_that_is_gone_is_one_finding() -> None:
    found = compare_tests(ran("m::a", "m::b", "n::c"), ran("n::c"))
    assert codes(found) == [("suite-gone", "m")]
    assert found[0].detail == "m::a\nm::b"


def test_nothing_at_all_is_one_finding() -> None:
    assert codes(compare_tests(ran("m::a", "n::b"), [])) == [("nothing-ran", "")]


def test_a_new_name_in_the_same_suite_is_named_and_no_more_is_claimed() -> None:
    found = compare_tests(ran("m::a", "m::b"), ran("m::a", "m::bb"))
    assert codes(found) == [("test-gone", "m::b")]
    assert "perhaps" in found[0].detail
    assert "m::bb" in found[0].detail
    assert codes(found, Severity.NOTE) == [("test-new", "m::bb")]


@pytest.mark.parametrize("status", [CaseStatus.PASSED, CaseStatus.FAILED, CaseStatus.ERROR, CaseStatus.FLAKY])
def test_what_ran_and_is_skipped_now_is_told(status: CaseStatus) -> None:
    found = compare_tests(ran("m::a", status=status), ran("m::a", status=CaseStatus.SKIPPED))
    assert codes(found) == [("test-skipped", "m::a")]


def test_what_was_skipped_before_may_stay_so_or_go() -> None:
    skipped = ran("m::a", status=CaseStatus.SKIPPED)
    assert compare_tests(skipped, skipped) == ()
    assert codes(compare_tests([*skipped, *ran("m::b")], ran("m::b"))) == []


def test_a_test_that_fails_now_is_not_for_this_comparison() -> None:
    assert compare_tests(ran("m::a"), ran("m::a", status=CaseStatus.FAILED)) == ()


VARYING = [
    ("m::a[<X object at 0x7f01>]", "m::a[<X object at 0x7f02>]"),
    ("m::a[/tmp/pytest-1/x]", "m::a[/tmp/pytest-2/x]"),
    ("m::a[1985-expected0-%Y]", "m::a[1985-expected12-%Y]"),
    ("m::a[1700000000.25]", "m::a[1700000001.5]"),
    ("m::a[3f2504e0-4f89-11d3-9a0c-0305e82c3301]", "m::a[3f2504e0-4f89-11d3-9a0c-0305e82c3302]"),
]


@pytest.mark.parametrize(("before", "after"), VARYING)
def test_parameters_may_vary_from_run_to_run(before: str, after: str) -> None:
    assert compare_tests(ran(before), ran(after)) == ()
    assert same_test(before) == same_test(after)


def test_of_parameters_that_vary_there_have_to_be_as_many() -> None:
    assert codes(compare_tests(ran("m::a[1]", "m::a[2]"), ran("m::a[3]"))) == [("test-gone", "m::a[2]")]
    assert codes(compare_tests(ran("m::a[1]", "m::a[2]"), ran("m::a[2]"))) == [("test-gone", "m::a[1]")]


def test_numbers_in_a_name_are_the_name() -> None:
    assert codes(compare_tests(ran("m::a1", "m::a2"), ran("m::a1", "m::a3"))) == [("test-gone", "m::a2")]


def test_two_tests_of_one_name_are_noted_with_the_worst_of_them() -> None:
    found = compare_tests(ran("m::a"), [*ran("m::a"), *ran("m::a", status=CaseStatus.FAILED)])
    assert codes(found) == []
    assert "the worst of them failed" in found[0].message


def test_a_report_that_is_cut_off_is_an_error_whatever_it_holds() -> None:
    assert codes(compare_tests(ran("m::a"), ran("m::a"), is_complete=False)) == [("report-incomplete", "")]


def test_what_is_permitted_is_a_note() -> None:
    found = compare_tests(ran("m::a", "m::b"), ran("m::b"), permitted=["m::a"])
    assert codes(found) == []
    assert codes(found, Severity.NOTE) == [("test-gone", "m::a")]


@pytest.mark.parametrize(
    ("name", "suite"),
    [("m.T::a[x::y]", "m.T"), ("a > b > c", "a > b"), ("pkg/sub/Test", "pkg/sub"), ("A.b", "A"), ("alone", "")],
)
def test_the_suite_is_what_stands_before_the_name(name: str, suite: str) -> None:
    assert suite_of(name) == suite


PROTECTED = ["**/test_*.py", "**/conftest.py", "ci/**"]


def test_protected_files_are_put_back_and_new_ones_taken_out() -> None:
    changes = [
        FileChange(path="app/a.py", before="1", after="2"),
        FileChange(path="tests/test_a.py", before="1", after="2"),
        FileChange(path="tests/test_b.py", before="1"),
        FileChange(path="conftest.py", after="1"),
        FileChange(path="pyproject.toml", before="1", after="2"),
    ]
    base = ["app/a.py", "tests/test_a.py", "tests/test_b.py", "pyproject.toml"]
    plan = restore_plan(base, changes, protected=PROTECTED)
    assert (plan.restored, plan.removed, plan.kept) == (("tests/test_a.py", "tests/test_b.py"), ("conftest.py",), ())
    allowed = restore_plan(base, changes, protected=PROTECTED, permitted=["tests/**"])
    assert (allowed.restored, allowed.removed) == ((), ("conftest.py",))
    assert allowed.kept == ("tests/test_a.py", "tests/test_b.py")


def test_a_patch_of_the_product_alone_needs_nothing_put_back() -> None:
    assert not restore_plan(["a.py"], [FileChange(path="a.py", before="1", after="2")], protected=PROTECTED)
