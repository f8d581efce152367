"""What passes in one run and fails in another: pure decisions over assessments made by hand."""

from dataclasses import replace

import pytest

from orchestrator.domain.assessment import Assessment, Scope
from orchestrator.domain.finding import FailureClass, Severity
from orchestrator.domain.judgement import Decision
from orchestrator.domain.verdict import VerdictStatus
from orchestrator.validation.judgement import judged
from orchestrator.validation.judgement.chance import (
    confirmed,
    excused,
    failing,
    incurred,
    newly_passing,
    once_more,
    passing,
)
from tests.unit.validation.judgement.trees import finding, stage, tree, with_tests


def turning(tests: dict[str, str]) -> Assessment:
    return tree(replace(with_tests(tests), has_turns=True))


def statuses(assessment: Assessment) -> dict[str, str]:
    return {test.id: str(test.status) for stage in assessment.stages for test in stage.tests}


def test_only_what_failed_and_passes_is_doubted_and_only_where_turns_differ() -> None:
    before = {"a": "failed", "b": "passed", "c": "error", "d": "failed"}
    after = {"a": "passed", "b": "passed", "c": "passed", "d": "failed", "e": "passed"}
    assert newly_passing(turning(before), turning(after)) == {"a", "c"}
    assert newly_passing(tree(with_tests(before)), tree(with_tests(after))) == frozenset()


def test_what_fails_when_it_is_run_once_more_is_flaky_and_the_others_stay() -> None:
    base, after = turning({"a": "failed", "b": "failed"}), turning({"a": "passed", "b": "passed"})
    again = tree(stage("test", finding("no", test="a"), a="failed", b="passed"))
    settled = confirmed(after, again, tests={"a", "b"})
    assert statuses(settled) == {"a": "flaky", "b": "passed"}
    assert [(one.test, one.severity) for one in settled.stages[0].findings] == [("a", Severity.WARNING)]
    assert judged(base, settled).unsteady == ("a",)


def test_a_candidate_that_mends_nothing_but_by_chance_is_rejected_with_a_plain_line() -> None:
    base = turning({"a": "failed", "c": "passed"})
    result = judged(base, turning({"a": "flaky", "c": "passed"}))
    assert (result.decision, result.reasons) == (Decision.REJECTED, ("passes or fails by chance: a",))
    assert (result.fixed, [one.name for one in result.left]) == ((), ["a"])


def test_a_candidate_that_mends_something_else_is_accepted_and_what_passes_by_chance_is_not_fixed() -> None:
    base = turning({"a": "failed", "b": "failed"})
    result = judged(base, turning({"a": "flaky", "b": "passed"}))
    assert (result.decision, result.reasons) == (Decision.ACCEPTED, ())
    assert ([one.name for one in result.fixed], [one.name for one in result.left]) == (["b"], ["a"])
    worse = judged(base, turning({"a": "flaky", "b": "failed"}))
    assert worse.reasons == ("passes or fails by chance: a", "still failing: b")


@pytest.mark.parametrize(
    ("first", "again", "flaky"),
    [
        ({"t[x0]": "passed", "t[x1]": "failed"}, {"t[x0]": "failed", "t[x1]": "passed"}, set[str]()),
        ({"t[x0]": "passed", "t[x1]": "passed"}, {"t[x0]": "passed", "t[x1]": "failed"}, {"t[x0]"}),
        ({"t[a]": "passed", "t[b]": "failed"}, {"t[a]": "failed", "t[b]": "passed"}, {"t[a]"}),
        ({"t[a]": "passed", "t[b]": "passed"}, {"t[a]": "passed", "t[b]": "failed"}, set[str]()),
        ({"m::t": "passed"}, {"m::u": "failed"}, set[str]()),
        ({"m::t": "passed"}, {"::m": "error"}, {"m::t"}),
    ],
    ids=["moved", "one more of that name", "not moved", "another one", "not found", "not loaded"],
)
def test_names_that_hold_a_place_may_have_moved(first: dict[str, str], again: dict[str, str], flaky: set[str]) -> None:
    wanted = next(iter(first))
    settled = confirmed(turning(first), turning(again), tests={wanted})
    assert {test for test, how in statuses(settled).items() if how == "flaky"} == flaky


def test_what_a_tool_leaves_open_when_it_is_run_once_more_changes_nothing() -> None:
    after = turning({"a": "passed"})
    broken = tree(stage("test", finding("no memory"), status=VerdictStatus.TOOL_ERROR))
    assert confirmed(after, broken, tests={"a"}) == after
    assert confirmed(after, tree(), tests={"a"}) == after


def test_a_module_that_does_not_come_up_in_another_turn_makes_its_tests_unsteady() -> None:
    stopped = tree(stage("test", finding("RuntimeError", failure_class=FailureClass.RUNTIME)))
    assert statuses(confirmed(turning({"a": "passed"}), stopped, tests={"a"})) == {"a": "flaky"}


def test_a_flaky_test_of_which_the_candidate_is_to_blame_has_failed() -> None:
    base, after = turning({"a": "passed", "b": "passed"}), turning({"a": "flaky", "b": "flaky"})
    assert excused(base, after) == {"a", "b"}
    assert judged(base, after).decision is Decision.ACCEPTED
    warned = replace(after.stages[0], findings=(finding("no", test="a", severity=Severity.WARNING),))
    blamed = incurred(replace(after, stages=(warned,)), frozenset({"a"}))
    assert statuses(blamed) == {"a": "failed", "b": "flaky"}
    result = judged(base, blamed)
    assert (result.decision, blamed.status) == (Decision.REJECTED, VerdictStatus.FAILED)
    assert [one.message for one in result.regressions] == ["no (not in each run: by chance)"]
    assert incurred(after, frozenset()) is after


def test_another_turn_needs_what_is_built_and_the_tests_and_nothing_else() -> None:
    scope = once_more(Scope(below="a", known=frozenset("x")), {"t"}, turn=1)
    assert scope == Scope(stages=frozenset({"build", "test"}), below="a", tests=frozenset({"t"}), turn=1)
    assert once_more(Scope(stages=frozenset({"test", "lint"})), {"t"}, turn=2).stages == {"test"}


def test_who_passes_and_who_fails_is_told_of_those_that_are_asked_about() -> None:
    said = turning({"a": "passed", "b": "failed", "c": "skipped"})
    assert passing(said, "abcd") == {"a"}
    assert failing(said, "abcd") == {"b"}
