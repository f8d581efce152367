"""The class of a failure, by the one table that triage, validation and workflows share."""

import pytest

from orchestrator.domain.finding import Category, FailureClass, Finding
from orchestrator.validation.pipeline.classes import category_of, class_of, class_of_text, root_cause


@pytest.mark.parametrize(
    ("tool", "kind", "expected"),
    [
        ("gcc", FailureClass.SYNTAX, FailureClass.COMPILE),
        ("javac", FailureClass.TYPE, FailureClass.COMPILE),
        ("rustc", FailureClass.NAME, FailureClass.COMPILE),
        ("gcc", FailureClass.WERROR, FailureClass.WERROR),
        ("clippy", FailureClass.LINT, FailureClass.LINT),
        ("tsc", FailureClass.NAME, FailureClass.TYPE),
        ("tsc", FailureClass.SYNTAX, FailureClass.SYNTAX),
        ("python", FailureClass.NAME, FailureClass.NAME),
        ("bash", FailureClass.SYNTAX, FailureClass.SYNTAX),
    ],
)
def test_what_a_compiler_says_is_compile_and_what_others_say_is_what_it_is(
    tool: str, kind: FailureClass, expected: FailureClass
) -> None:
    assert class_of(Finding(tool=tool, message="no", failure_class=kind)) is expected


def test_a_root_cause_is_one_that_has_a_class_where_there_is_one() -> None:
    vague = Finding(tool="make", message="Error 1")
    clear = Finding(tool="gcc", message="expected ';'", file="a.c", line=1, failure_class=FailureClass.SYNTAX)
    assert root_cause([vague, clear]) == clear
    assert root_cause([vague]) == vague
    assert root_cause([]) is None


def test_source_that_does_not_parse_is_the_root_cause_wherever_it_is_told() -> None:
    name = Finding(tool="tsc", message="Cannot find name 'k'.", file="a.ts", line=1, failure_class=FailureClass.NAME)
    syntax = Finding(tool="tsc", message="'}' expected.", file="a.ts", line=9, failure_class=FailureClass.SYNTAX)
    assert root_cause([name, syntax]) == syntax


def test_who_has_to_act_follows_from_the_class() -> None:
    assert category_of(FailureClass.ASSERT) is Category.CODE
    assert category_of(FailureClass.DEPENDENCY_LOCK) is Category.DEPENDENCY
    assert category_of(FailureClass.TIMEOUT) is Category.INFRA


def test_output_without_a_parser_is_classified_like_a_log() -> None:
    assert class_of_text("ERROR: No matching distribution found for x") is FailureClass.DEPENDENCY_RESOLUTION
    assert class_of_text("all is well") is FailureClass.UNKNOWN
