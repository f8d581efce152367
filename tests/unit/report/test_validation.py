"""A validation in its four forms; the ones for machines are read back by readers of their formats."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from orchestrator.domain.assessment import Assessment, SkippedStage, StageResult, Unit
from orchestrator.domain.finding import Category, FailureClass, Finding, Severity
from orchestrator.domain.judgement import Comparison, Decision, Target, Validation
from orchestrator.domain.verdict import CaseResult, CaseStatus, Evidence, VerdictStatus
from orchestrator.report.validation import validation_json, validation_schema
from orchestrator.report.validationjunit import validation_junit
from orchestrator.report.validationsarif import validation_sarif
from orchestrator.report.validationtext import validation_text
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.table import PARSERS

SCHEMA = Path(__file__).parents[3] / "docs" / "reference" / "validate.schema.json"
VALIDATOR = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))

UNIT = Unit(root="libs/words", pack="python")
UNUSED = Finding(
    tool="ruff", message="unused import", severity=Severity.WARNING, code="F401", file="a b.py", line=2, column=8,
    failure_class=FailureClass.LINT, fingerprint="1111",
)  # fmt: skip
WRONG = Finding(
    tool="pytest", message="assert 1 == 2", file="tests/test_a.py", line=4, test="tests.test_a::test_one",
    failure_class=FailureClass.ASSERT, detail="E  assert 1 == 2\n\x1b[31mE\x07 odd", fingerprint="2222",
)  # fmt: skip
TESTS = tuple(
    CaseResult(id=f"tests.test_a::test_{name}", status=status, seconds=0.5)
    for name, status in (
        ("one", CaseStatus.FAILED), ("two", CaseStatus.PASSED),
        ("three", CaseStatus.SKIPPED), ("four", CaseStatus.FLAKY),
    )
)  # fmt: skip
LINT = StageResult(
    name="lint", unit=UNIT, status=VerdictStatus.PASSED, evidence=Evidence.EXIT_CODE, score=1.0, seconds=0.25,
    command=("ruff", "check"), findings=(UNUSED,),
)  # fmt: skip
TEST = StageResult(
    name="test", unit=UNIT, status=VerdictStatus.FAILED, evidence=Evidence.IDS, score=0.5, seconds=65.0,
    command=("python", "-m", "pytest"), findings=(WRONG,), tests=TESTS,
)  # fmt: skip
BROKEN = StageResult(
    name="build", unit=Unit(pack="c"), status=VerdictStatus.TOOL_ERROR,
    findings=(Finding(tool="make", message="make is not installed", fingerprint="3333"),),
)  # fmt: skip
FOUND = Assessment(
    status=VerdictStatus.FAILED, evidence=Evidence.IDS, failure_class=FailureClass.ASSERT, category=Category.CODE,
    score=0.5, stages=(LINT, BROKEN, TEST),
    skipped=(SkippedStage(name="test", unit=Unit(pack="c"), reason="build failed"),),
    sandbox="bubblewrap", notices=("a pack was ignored",),
)  # fmt: skip
FAILED = Validation(status=VerdictStatus.FAILED, assessment=FOUND)
BESIDE = Validation(
    status=VerdictStatus.PASSED, assessment=FOUND, base="main",
    judgement=Comparison(
        decision=Decision.REJECTED,
        left=(Target(stage="test", unit=UNIT, name="tests.test_a::test_one", is_test=True),),
        fixed=(Target(stage="lint", unit=UNIT, name="4444"),), revealed=(WRONG,),
    ),
)  # fmt: skip
EMPTY = Validation(status=VerdictStatus.EMPTY, assessment=Assessment(status=VerdictStatus.EMPTY))


def test_the_published_schema_is_the_one_that_the_code_has() -> None:
    argv = [sys.executable, "-m", "orchestrator.report.validation"]
    printed = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    assert printed == SCHEMA.read_text(encoding="utf-8"), (
        f"make it again: {' '.join(argv[1:])} > docs/reference/{SCHEMA.name}"
    )
    Draft202012Validator.check_schema(validation_schema())


@pytest.mark.parametrize("validation", [FAILED, BESIDE, EMPTY], ids=["failed", "beside", "empty"])
def test_every_document_fits_its_schema(validation: Validation) -> None:
    read = json.loads(validation_json(validation))
    VALIDATOR.validate(read)
    for wrong in ({**read, "verdict": "fine"}, {**read, "more": 1}, {**read, "score": 2}):
        assert not VALIDATOR.is_valid(wrong)


def test_the_document_holds_what_its_contract_says() -> None:
    read = json.loads(validation_json(FAILED))
    assert {key: read[key] for key in ("verdict", "evidence", "failure_class", "category", "score", "sandbox")} == {
        "verdict": "failed", "evidence": "ids", "failure_class": "assert", "category": "code", "score": 0.5,
        "sandbox": "bubblewrap",
    }  # fmt: skip
    assert read["tests"] == {"total": 4, "passed": 1, "failed": 1, "skipped": 1, "flaky": 1}
    lint, build, test = read["stages"]
    assert set(test) >= {"name", "verdict", "score", "seconds", "cached", "command", "findings"}
    assert (lint["verdict"], build["verdict"], test["verdict"]) == ("passed", "tool_error", "failed")
    contract = {"tool", "code", "severity", "file", "line", "column", "message", "test", "fingerprint"}
    assert set(test["findings"][0]) >= contract
    assert [lint["findings"][0][key] for key in ("code", "line", "column")] == ["F401", 2, 8]


def test_beside_a_base_new_fixed_revealed_and_left_are_told_apart() -> None:
    base = json.loads(validation_json(BESIDE))["base"]
    assert (base["ref"], base["new"]) == ("main", [])
    assert [one["test"] for one in base["revealed"]] == ["tests.test_a::test_one"]
    assert [(one["name"], one["is_test"]) for one in base["left"]] == [("tests.test_a::test_one", True)]
    assert [one["name"] for one in base["fixed"]] == ["4444"]


def test_a_person_reads_what_failed_where_and_how_to_run_it_again() -> None:
    text = validation_text(FAILED, path="libs/my words")
    lines = text.splitlines()
    assert lines[0].split() == ["ok", "lint", "(python", "in", "libs/words)", "0.2", "s"]
    assert "FAILED       test (python in libs/words)   1 min 05 s  4 tests, 1 failed, 1 skipped, 1 flaky" in text
    assert "    tests/test_a.py:4: tests.test_a::test_one: assert 1 == 2" in lines
    assert "    again: rung validate 'libs/my words' --stage test" in lines
    assert "not run: build failed" in text
    assert "note: a pack was ignored" in lines
    assert lines[-1].startswith("failed (assert, code); 1 min 05 s")
    assert text.isascii()
    assert "\x1b" not in text
    assert "\x07" not in text


def test_a_person_reads_what_a_verdict_is_worth() -> None:
    assert validation_text(EMPTY).splitlines()[-1].startswith("empty: no test was run")
    assert "passed: nothing is worse than in main" in validation_text(BESIDE)
    assert "  1 fixed, 1 as before" in validation_text(BESIDE).splitlines()


def test_many_findings_are_not_all_shown_to_a_person() -> None:
    many = replace(TEST, findings=tuple(replace(WRONG, line=number, detail="") for number in range(1, 31)))
    text = validation_text(replace(FAILED, assessment=replace(FOUND, stages=(many,))))
    assert "    and 10 more (--json tells all)" in text.splitlines()


def test_junit_readers_count_the_same_tests() -> None:
    text = validation_junit(FAILED)
    report = PARSERS["junit"](Output(reports=[text]), Context())
    assert report.is_complete
    statuses = {test.id: test.status for test in report.tests}
    assert statuses["tests.test_a::test_one"] is CaseStatus.FAILED
    assert statuses["tests.test_a::test_two"] is CaseStatus.PASSED
    assert statuses["tests.test_a::test_three"] is CaseStatus.SKIPPED
    assert statuses["c/build::make 1"] is CaseStatus.ERROR
    assert statuses["python/libs/words/lint::lint"] is CaseStatus.PASSED
    assert [one.message for one in report.findings] == ["make is not installed", "assert 1 == 2"]


def test_sarif_readers_see_the_same_findings_and_no_tools_failure_as_one() -> None:
    report = PARSERS["sarif"](Output(reports=[validation_sarif(FAILED)]), Context())
    assert {(one.tool, one.file, one.line, one.severity) for one in report.findings} == {
        ("ruff", "a b.py", 2, Severity.WARNING),
        ("pytest", "tests/test_a.py", 4, Severity.ERROR),
    }
    broken = next(
        run for run in json.loads(validation_sarif(FAILED))["runs"] if run["tool"]["driver"]["name"] == "make"
    )
    assert (broken["results"], broken["invocations"][0]["executionSuccessful"]) == ([], False)
    assert json.loads(validation_sarif(EMPTY))["runs"][0]["results"] == []
