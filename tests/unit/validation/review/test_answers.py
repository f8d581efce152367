"""Answers are read strictly: one object of the shape that was asked for, or none."""

import copy
import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.domain.finding import FailureClass, Severity
from orchestrator.errors import ParseError
from orchestrator.validation.review import (
    DIAGNOSIS_SCHEMA,
    REVIEW_SCHEMA,
    Decision,
    read_diagnosis,
    read_review,
)
from tests.unit.validation.review.questions import APPROVE, DIAGNOSIS, FILES, FINDING, HOLD, text

LONG = "x" * 2_001


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "```json\n{}\n```",
        "Here is my review:\n\n```\n{}\n```\nI hope that helps.",
        "<think>a set {{1, 2}} and a {{placeholder}}</think>\n{}",
    ],
)
def test_chatter_and_fences_around_one_object_do_not_count(around: str) -> None:
    review = read_review(around.format(text(HOLD)), FILES)
    assert (review.decision, review.confidence) == (Decision.HOLD, 0.9)


def test_a_finding_becomes_one_of_the_class_review() -> None:
    answer = text(HOLD, findings=[{**FINDING, "message": "Wrong.\nBecause \x1b[31mit\u202e is."}])
    (finding,) = read_review(answer, FILES).findings
    assert (finding.tool, finding.failure_class, finding.severity) == ("review", FailureClass.REVIEW, Severity.ERROR)
    assert (finding.file, finding.line, finding.message) == ("src/a.py", 2, "Wrong.")
    assert finding.detail == "Because [31mit is."


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "approve",
        "[]",
        '"approve"',
        text(HOLD) + text(HOLD),
        f"You said {text(APPROVE)}, but I say {text(HOLD)}",
        text(HOLD)[:-1],
        '{"decision": "approve", "decision": "hold", "confidence": 1, "findings": []}',
        text(APPROVE).replace("0.8", "NaN"),
        text(APPROVE).replace("0.8", "1e999"),
        text(APPROVE).replace("0.8", "9" * 5_000),
        text(APPROVE, confidence=1.01),
        text(APPROVE, confidence=-0.01),
        text(APPROVE, confidence="0.8"),
        text(APPROVE, confidence=True),
        text(APPROVE, confidence=None),
        text(APPROVE, decision="APPROVE"),
        text(APPROVE, decision=["approve"]),
        text(APPROVE, findings={}),
        text(APPROVE, findings="none"),
        text(APPROVE, reason="fine"),
        '{"decision": "approve", "confidence": 1}',
        json.dumps({"review": APPROVE}),
        text(HOLD, findings=[]),
        text(HOLD, findings=[FINDING] * 51),
        text(HOLD, findings=[{**FINDING, "line": 0}]),
        text(HOLD, findings=[{**FINDING, "line": 1.5}]),
        text(HOLD, findings=[{**FINDING, "line": True}]),
        text(HOLD, findings=[{**FINDING, "line": "2"}]),
        text(HOLD, findings=[{**FINDING, "severity": "fatal"}]),
        text(HOLD, findings=[{**FINDING, "message": " "}]),
        text(HOLD, findings=[{**FINDING, "message": LONG}]),
        text(HOLD, findings=[{**FINDING, "extra": 1}]),
        text(HOLD, findings=["src/a.py:2: wrong"]),
        "{" * 100_000,
        '{"a":' * 30_000,
        text(APPROVE) + " " * 200_000,
    ],
)
def test_anything_else_is_no_review(broken: str) -> None:
    with pytest.raises(ParseError):
        read_review(broken, FILES)


@pytest.mark.parametrize(
    "invented", [{"file": "src/none.py"}, {"line": 11}, {"file": "../a.py"}, {"file": "/src/a.py"}]
)
def test_findings_that_name_what_does_not_exist_are_dropped(invented: dict[str, Any]) -> None:
    review = read_review(text(HOLD, findings=[{**FINDING, **invented}, FINDING]), FILES)
    assert len(review.findings) == review.dropped == 1
    with pytest.raises(ParseError, match="exist"):
        read_review(text(HOLD, findings=[{**FINDING, **invented}]), FILES)


def test_the_score_says_how_good_the_reviewer_finds_the_candidate() -> None:
    assert read_review(text(APPROVE), FILES).score == 0.8
    assert read_review(text(HOLD), FILES).score == pytest.approx(0.1)


def test_a_diagnosis_names_files_that_exist() -> None:
    answer = text(DIAGNOSIS, files=["./src/a.py", "src/a.py", "src/none.py"], context_needed=["the caller"])
    diagnosis = read_diagnosis(answer, FILES)
    assert diagnosis.files == ("src/a.py",)
    assert diagnosis.dropped == 1
    assert (diagnosis.cause, diagnosis.context_needed, diagnosis.confidence) == ("A typo.", ("the caller",), 0.5)


@pytest.mark.parametrize(
    "broken",
    [
        text(DIAGNOSIS, cause=""),
        text(DIAGNOSIS, files="src/a.py"),
        text(DIAGNOSIS, files=[1]),
        text(DIAGNOSIS, files=["a"] * 51),
        text(DIAGNOSIS, context_needed=None),
        text(DIAGNOSIS, confidence=2),
        text(DIAGNOSIS, fix="x"),
        "The cause is a typo.",
    ],
)
def test_anything_else_is_no_diagnosis(broken: str) -> None:
    with pytest.raises(ParseError):
        read_diagnosis(broken, FILES)


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 12),
    st.floats(-1, 2, allow_nan=False),
    st.sampled_from(["", " ", "hold", "approve", "error", "src/a.py", "x", LONG]),
    st.lists(st.just("x"), max_size=2),
    st.just({}),
)


def _mutated(base: dict[str, Any], path: tuple[Any, ...], value: object) -> dict[str, Any]:
    found = copy.deepcopy(base)
    place: Any = found
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return found


PATHS = st.sampled_from(
    [
        ("decision",),
        ("confidence",),
        ("findings",),
        ("extra",),
        *(("findings", 0, key) for key in (*FINDING, "extra")),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([HOLD, {**APPROVE, "findings": [FINDING]}]), PATHS, ODD)
def test_what_is_read_is_what_the_schema_admits(base: dict[str, Any], path: tuple[Any, ...], value: object) -> None:
    answer = _mutated(base, path, value)
    is_valid = jsonschema.Draft202012Validator(REVIEW_SCHEMA).is_valid(answer)
    names = {finding["file"] for finding in (answer["findings"] if is_valid else [])}
    everything = dict.fromkeys({name.strip().removeprefix("./") for name in names}, 1_000)
    try:
        read_review(json.dumps(answer), everything)
    except ParseError:
        assert not is_valid
    else:
        assert is_valid


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["cause", "files", "context_needed", "confidence", "extra"]), ODD)
def test_a_diagnosis_is_what_its_schema_admits(key: str, value: object) -> None:
    answer = {**DIAGNOSIS, key: value}
    is_valid = jsonschema.Draft202012Validator(DIAGNOSIS_SCHEMA).is_valid(answer)
    try:
        read_diagnosis(json.dumps(answer), FILES)
    except ParseError:
        assert not is_valid
    else:
        assert is_valid


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.sampled_from([text(HOLD), '{"', '"}', "{", "}", "[", ",", ":", "1", "null"]), st.text())))
def test_any_text_is_a_review_or_a_typed_error(parts: list[str]) -> None:
    try:
        review = read_review("".join(parts), FILES)
    except ParseError:
        return
    assert 0 <= review.confidence <= 1
    assert all(1 <= finding.line <= FILES[finding.file] for finding in review.findings)
