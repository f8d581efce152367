"""Decisions about candidates: targets, regressions, what was hidden, how many stages passed."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.domain.finding import FailureClass
from orchestrator.domain.judgement import Decision
from orchestrator.domain.verdict import Evidence, VerdictStatus
from orchestrator.validation.integrity import FileChange, Weight, flags_of
from orchestrator.validation.judgement import Edit, Objections, held_back, judged, targets_of
from tests.unit.validation.judgement.trees import finding, stage, tree, with_tests

GREEN = tree(stage("build"), stage("test", a="passed", b="passed"))


def test_a_tree_that_is_as_good_as_its_base_is_accepted_where_nothing_has_to_be_gone() -> None:
    result = judged(GREEN, GREEN)
    assert (result.decision, result.left, result.reasons) == (Decision.ACCEPTED, (), ())


def test_every_target_has_to_be_gone() -> None:
    base = tree(stage("test", a="failed", b="failed", c="passed"))
    half = judged(base, tree(stage("test", a="passed", b="failed", c="passed")))
    assert half.decision is Decision.REJECTED
    assert [one.name for one in half.left] == ["b"]
    assert [one.name for one in half.fixed] == ["a"]
    assert half.reasons == ("still failing: b",)
    assert judged(base, tree(stage("test", a="passed", b="passed", c="passed"))).decision is Decision.ACCEPTED


@pytest.mark.parametrize("how", ["skipped", "flaky", "failed", "error"])
def test_a_target_that_does_not_plainly_pass_is_left(how: str) -> None:
    base = tree(stage("test", a="failed", b="passed"))
    result = judged(base, tree(stage("test", a=how, b="passed")))
    assert [one.name for one in result.left] == ["a"]
    assert result.decision is Decision.REJECTED


def test_a_target_that_was_deleted_is_left() -> None:
    result = judged(tree(stage("test", a="failed", b="passed")), tree(stage("test", b="passed")))
    assert [one.name for one in result.left] == ["a"]


ANEW = {"m::a[<X at 0x7f3a01>]": "failed", "m::a[<X at 0x7f3a02>]": "passed", "m::b": "passed"}


def test_a_target_that_has_another_name_in_each_run_is_gone_where_all_that_are_alike_pass() -> None:
    other = {"m::a[<X at 0x7f3b01>]": "passed", "m::a[<X at 0x7f3b02>]": "passed", "m::b": "passed"}
    assert judged(tree(with_tests(ANEW)), tree(with_tests(other))).decision is Decision.ACCEPTED


@pytest.mark.parametrize(
    "after",
    [
        {"m::a[<X at 0x7f3b01>]": "passed"},
        {"m::a[<X at 0x7f3b01>]": "passed", "m::a[<X at 0x7f3b02>]": "failed"},
        {"m::a[<X at 0x7f3b01>]": "passed", "m::a[<X at 0x7f3b02>]": "skipped"},
        {"m::b[<X at 0x7f3b01>]": "passed", "m::b[<X at 0x7f3b02>]": "passed"},
    ],
)
def test_a_target_that_has_another_name_in_each_run_is_left_where_one_like_it_is_gone_or_fails(
    after: dict[str, str],
) -> None:
    result = judged(tree(with_tests(ANEW)), tree(with_tests({**after, "m::b": "passed"})))
    assert [one.name for one in result.left] == ["m::a[<X at 0x7f3a01>]"]
    assert result.decision is Decision.REJECTED


def test_a_failure_that_only_has_another_name_is_not_new_and_a_further_one_is() -> None:
    same = {"m::a[<X at 0x7f3b01>]": "failed", "m::a[<X at 0x7f3b02>]": "passed", "m::b": "passed"}
    both = {"m::a[<X at 0x7f3b01>]": "failed", "m::a[<X at 0x7f3b02>]": "failed", "m::b": "passed"}
    base = tree(with_tests(ANEW))
    assert judged(base, tree(with_tests(same)), targets=()).regressions == ()
    assert [one.test for one in judged(base, tree(with_tests(both)), targets=()).regressions] == [
        "m::a[<X at 0x7f3b02>]"
    ]


@pytest.mark.parametrize("name", ["m::a[1]", "m::a[expected1]", "m::a[0x10]"])
def test_a_number_in_a_name_is_no_name_that_changes_by_itself(name: str) -> None:
    """Else a repair could put a test that passes in the place of the one that fails."""
    result = judged(tree(with_tests({name: "failed"})), tree(with_tests({name.replace("1", "2"): "passed"})))
    assert [one.name for one in result.left] == [name]


@pytest.mark.parametrize("after", [{"a": "passed"}, {"a": "passed", "b": "skipped"}, {"a": "passed", "b": "failed"}])
def test_a_test_that_passed_and_is_gone_skipped_or_failing_is_a_regression(after: dict[str, str]) -> None:
    result = judged(GREEN, tree(stage("build"), with_tests(after)))
    assert result.decision is Decision.REJECTED
    assert [one.test for one in result.regressions] == ["b"]


def test_a_flaky_test_is_neither_fixed_nor_a_regression() -> None:
    result = judged(GREEN, tree(stage("build"), stage("test", a="passed", b="flaky")))
    assert (result.decision, result.regressions, result.flaky) == (Decision.ACCEPTED, (), ("b",))


def test_tests_that_were_not_chosen_are_not_missed() -> None:
    chosen = replace(stage("test", a="passed"), is_narrowed=True)
    assert judged(GREEN, tree(stage("build"), chosen)).decision is Decision.ACCEPTED


def test_a_new_finding_in_a_stage_that_the_base_completed_is_a_regression() -> None:
    result = judged(GREEN, tree(stage("build", finding("wrong type"))))
    assert result.decision is Decision.REJECTED
    assert [one.message for one in result.regressions] == ["wrong type"]


def test_what_an_earlier_stage_hid_is_revealed() -> None:
    base = tree(stage("syntax", finding("no colon", failure_class=FailureClass.SYNTAX)), evidence=Evidence.EXIT_CODE)
    result = judged(base, tree(stage("syntax"), stage("test", a="failed", b="passed")))
    assert (result.decision, result.regressions) == (Decision.ACCEPTED, ())
    assert [one.test for one in result.revealed] == ["a"]


def test_what_an_error_in_the_same_file_hid_is_revealed_unless_the_candidate_wrote_it() -> None:
    base = tree(stage("lint", finding("no colon", failure_class=FailureClass.SYNTAX, line=9)))
    after = tree(stage("lint", finding("wrong type", line=2)), stage("test", a="passed"))
    kept, wrote = ["x = 1", "y: int = 'a'"], ["x = 1", "z = 2"]
    old = Edit(files={"a.py"}, before=lambda _: kept, after=lambda _: kept)
    own = Edit(files={"a.py"}, before=lambda _: wrote, after=lambda _: kept)
    assert [one.message for one in judged(base, after, edit=old).revealed] == ["wrong type"]
    assert [one.message for one in judged(base, after, edit=own).regressions] == ["wrong type"]


def test_an_error_in_another_file_hides_nothing_from_a_linter() -> None:
    base = tree(stage("lint", finding("no colon", failure_class=FailureClass.SYNTAX)))
    result = judged(base, tree(stage("lint", finding("wrong type", file="b.py"))))
    assert [one.file for one in result.regressions] == ["b.py"]


def test_what_a_compiler_did_not_come_to_is_revealed() -> None:
    base = tree(stage("build", finding("unknown name", failure_class=FailureClass.NAME)))
    result = judged(base, tree(stage("build", finding("wrong type", file="b.py"))))
    assert [one.file for one in result.revealed] == ["b.py"]


def test_tests_of_a_module_that_could_not_be_loaded_are_revealed_and_others_are_not() -> None:
    base = tree(with_tests({"::tests.test_x": "error", "tests.test_y::ok": "passed"}))
    after = {"tests.test_x::one": "failed", "tests.test_y::ok": "passed", "tests.test_y::new": "failed"}
    result = judged(base, tree(with_tests(after)))
    assert [one.test for one in result.revealed] == ["tests.test_x::one"]
    assert [one.test for one in result.regressions] == ["tests.test_y::new"]


def test_without_a_test_a_result_is_unverified_at_the_most() -> None:
    base = tree(stage("build", finding("wrong type")))
    result = judged(base, tree(stage("build"), evidence=Evidence.NONE))
    assert (result.decision, result.left) == (Decision.UNVERIFIED, ())
    assert result.reasons == ("no test gives evidence",)


def test_a_tool_that_fails_is_not_the_candidates_fault_and_no_pass_either() -> None:
    broken = stage("build", finding("make is not installed"), status=VerdictStatus.TOOL_ERROR)
    result = judged(GREEN, tree(broken, stage("test", a="passed", b="passed")))
    assert (result.decision, result.regressions) == (Decision.UNVERIFIED, ())
    assert result.reasons == ("build could not be judged: make is not installed",)


def test_a_tool_that_failed_in_the_base_too_decides_nothing() -> None:
    broken = stage("lint", finding("ruff is not installed"), status=VerdictStatus.TOOL_ERROR)
    base = tree(broken, stage("test", a="failed"))
    result = judged(base, tree(broken, stage("test", a="passed")))
    assert result.decision is Decision.ACCEPTED
    assert [target.stage for target in targets_of(base)] == ["test"]


def test_an_objection_holds_back_what_passes_everything() -> None:
    weakened = Objections(integrity=(finding("an assertion was removed"),))
    assert judged(GREEN, GREEN, objections=weakened).reasons == ("an assertion was removed",)
    doubtful = Objections(review="it is not what was asked for")
    assert judged(GREEN, GREEN, objections=doubtful).decision is Decision.REJECTED


def test_two_alike_findings_are_two_targets() -> None:
    one = finding("wrong type")
    base = tree(stage("build", one, one), evidence=Evidence.EXIT_CODE)
    assert len(targets_of(base)) == 2
    half = judged(base, tree(stage("build", one), evidence=Evidence.EXIT_CODE))
    assert (len(half.left), len(half.fixed), half.decision) == (1, 1, Decision.REJECTED)


def test_stages_count_that_passed_before_the_first_that_did_not() -> None:
    base = tree(stage("syntax", finding("no colon", failure_class=FailureClass.SYNTAX)))
    later = [tree(stage("syntax"), stage("test", a=end, b=end)) for end in ("failed", "passed")]
    assert [judged(base, one).stages_passed for one in (base, *later)] == [0, 1, 2]


_TESTS = st.dictionaries(
    st.sampled_from("abcdef"), st.sampled_from(["passed", "failed", "skipped", "error"]), min_size=1
)


@settings(max_examples=60)
@given(before=_TESTS)
def test_doing_nothing_is_accepted_only_where_nothing_fails(before: dict[str, str]) -> None:
    base = tree(with_tests(before))
    result = judged(base, base)
    assert (result.decision is Decision.ACCEPTED) == (not targets_of(base))
    assert result.regressions == result.revealed == ()


@settings(max_examples=60)
@given(before=_TESTS, after=_TESTS)
def test_every_target_is_either_fixed_or_left_and_no_failure_of_the_base_is_new(
    before: dict[str, str], after: dict[str, str]
) -> None:
    base = tree(with_tests(before))
    result = judged(base, tree(with_tests(after)))
    assert sorted(one.name for one in (*result.fixed, *result.left)) == sorted(one.name for one in targets_of(base))
    failed = {test for test, how in before.items() if how in {"failed", "error"}}
    assert not failed & {one.test for one in result.regressions}
    if result.decision is Decision.ACCEPTED:
        assert all(after.get(test) == "passed" for test in failed)


def test_only_flags_that_hold_a_candidate_back_are_objections() -> None:
    flags = flags_of(
        [
            FileChange(
                path="tests/test_a.py",
                before="def test_a():\n    assert 1 + 1 == 2\n",
                after="def test_a():\n    pass\n",
            ),
            FileChange(path="words.py", before="x = 1\n", after="x = 2\n"),
        ]
    )
    objections = held_back(flags)
    assert {one.file for one in objections} == {"tests/test_a.py"}
    assert all(one.fingerprint and one.code for one in objections)
    assert judged(GREEN, GREEN, objections=Objections(integrity=objections)).decision is Decision.REJECTED
    noted = [replace(flag, weight=Weight.NOTE) for flag in flags]
    assert held_back(noted) == ()


def test_what_follows_from_a_new_syntax_error_is_not_told_besides() -> None:
    said = [
        finding(text, tool="gofmt", line=number, failure_class=FailureClass.SYNTAX)
        for number, text in enumerate(("expected operand, found ')'", "expected ';'", "expected declaration"), 4)
    ]
    judgement = judged(tree(stage("syntax")), tree(stage("syntax", *said)))
    assert [one.message for one in judgement.regressions] == ["expected operand, found ')'"]
