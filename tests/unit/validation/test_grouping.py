"""One group for each root cause; what follows from another finding is set aside, and nothing is lost."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.finding import FailureClass, Finding, Severity
from orchestrator.validation.grouping import Group, group
from orchestrator.validation.parsers.table import PARSERS
from tests.unit.validation.recorded import recorded


def groups_of(name: str, case: str) -> tuple[Group, ...]:
    (one,) = [one for one in recorded(name) if one.folder.name == case]
    return group(PARSERS[name](one.output, one.context).findings)


def heads(groups: tuple[Group, ...]) -> list[tuple[str, int, int]]:
    """The first message of each group, how many findings say it, and how many follow from it."""
    return [(one.findings[0].message, len(one.findings), len(one.cascade)) for one in groups]


def test_what_stands_below_a_syntax_error_follows_from_it() -> None:
    assert heads(groups_of("tsc", "syntax")) == [("':' expected.", 1, 4)]
    assert heads(groups_of("javac", "syntax")) == [("';' expected", 1, 1)]
    assert [len(one.cascade) for one in groups_of("pyright", "syntax")] == [6]


def test_one_name_that_is_not_known_is_one_cause_wherever_it_is_used() -> None:
    assert heads(groups_of("gcc", "clang-repeated-name")) == [
        ("use of undeclared identifier 'size'", 4, 0),
        ("use of undeclared identifier 'length'", 1, 0),
    ]
    assert [(len(one.findings), len(one.cascade)) for one in groups_of("eslint", "rules")] == [(1, 0), (2, 0), (1, 0)]
    assert [len(one.findings) for one in groups_of("javac", "types-and-names")] == [1, 1, 1]


@pytest.mark.parametrize("case", ["gcc-missing-header", "clang-missing-header"])
def test_a_missing_header_is_one_cause(case: str) -> None:
    (one,) = groups_of("gcc", case)
    assert (one.files, one.cascade) == (("a.h",), ())


def test_what_a_compiler_says_beside_a_missing_header_follows_from_it() -> None:
    header = Finding(
        tool="gcc", message="a.h: No such file or directory", file="a.c", line=1, failure_class=FailureClass.NAME
    )
    unknown = Finding(tool="gcc", message="unknown type name 'A'", file="a.c", line=3, failure_class=FailureClass.NAME)
    elsewhere = Finding(
        tool="gcc", message="unknown type name 'B'", file="b.c", line=3, failure_class=FailureClass.NAME
    )
    first, second = group([header, unknown, elsewhere])
    assert (first.findings, first.cascade) == ((header,), (unknown,))
    assert second.findings == (elsewhere,)


def test_the_same_missing_header_of_several_files_is_one_cause() -> None:
    rows = [
        Finding(
            tool="gcc", message="x.h: No such file or directory", file=name, line=1, failure_class=FailureClass.NAME
        )
        for name in ("a.c", "b.c")
    ]
    (one,) = group(rows)
    assert one.files == ("a.c", "b.c")


def test_summaries_follow_from_what_they_sum_up() -> None:
    assert heads(groups_of("cc", "compile-error")) == [
        ("\u2018missing\u2019 undeclared (first use in this function)", 1, 1)
    ]
    assert heads(groups_of("cc", "link-error")) == [("undefined reference to `missing'", 1, 1)]
    assert heads(groups_of("node-test", "tap-broken-file")) == [("SyntaxError: Unexpected end of input", 1, 1)]


def test_summaries_alone_are_kept() -> None:
    assert [one.findings[0].message for one in groups_of("make", "nested")] == ["all: Error 1", "all: Error 2"]


def test_tests_that_cannot_be_loaded_for_one_reason_are_one_cause() -> None:
    rows = [
        Finding(
            tool="pytest", message="SyntaxError: x", file="a.py", line=3, test=name, failure_class=FailureClass.SYNTAX
        )
        for name in ("test_a.py", "test_b.py")
    ]
    (one,) = group(rows)
    assert [finding.test for finding in one.findings] == ["test_a.py", "test_b.py"]


def test_failed_tests_are_causes_of_their_own() -> None:
    assert [len(one.findings) for one in groups_of("pytest", "failures")] == [1, 1, 1, 1]


def test_rustc_names_each_cause_once_and_its_summary_not_at_all() -> None:
    assert [one.findings[0].code for one in groups_of("cargo", "types-and-names")] == [
        "E0432",
        "E0308",
        "E0425",
        "unused_variables",
    ]


def test_a_template_with_its_notes_is_one_cause() -> None:
    for case in ("gcc-template", "clang-template"):
        assert [len(one.findings) for one in groups_of("gcc", case)] == [1, 1, 1]


def test_warnings_beside_errors_are_not_waved_away() -> None:
    told = groups_of("gcc", "gcc-c")
    warnings = [one for one in told if one.findings[0].severity is Severity.WARNING]
    assert len(warnings) == 6


FINDINGS = st.lists(
    st.builds(
        Finding,
        tool=st.sampled_from(["gcc", "ruff"]),
        message=st.sampled_from(["'x' undeclared", "expected ';'", "a.h: No such file", "aborting due to 2", "no"]),
        file=st.sampled_from(["", "a", "b"]),
        line=st.integers(0, 3),
        test=st.sampled_from(["", "t"]),
        severity=st.sampled_from(Severity),
        failure_class=st.sampled_from(FailureClass),
    )
)


@given(FINDINGS)
def test_every_finding_is_in_exactly_one_group(findings: list[Finding]) -> None:
    groups = group(findings)
    held = Counter(one for each in groups for one in (*each.findings, *each.cascade))
    assert held == Counter(findings)
    assert all(each.findings and each.id for each in groups)


@given(FINDINGS)
def test_a_failed_test_is_never_set_aside(findings: list[Finding]) -> None:
    tests = [one for one in findings if one.test and "aborting" not in one.message]
    kept = [one for each in group(findings) for one in each.findings]
    assert not Counter(tests) - Counter(kept)
