"""Reads answers strictly: what does not have the shape that was asked for is no answer."""

import math
from collections.abc import Container, Mapping, Sequence

from orchestrator.domain.finding import FailureClass, Finding, Severity
from orchestrator.domain.jsonvalue import JsonObject, JsonValue
from orchestrator.validation.review.jsonanswer import garbled, only_object
from orchestrator.validation.review.prompt import printable
from orchestrator.validation.review.schema import LONGEST_MESSAGE, MOST_FILES, MOST_FINDINGS
from orchestrator.validation.review.values import Advice, Decision, Review

_REVIEW_KEYS = frozenset({"decision", "confidence", "findings"})
_FINDING_KEYS = frozenset({"file", "line", "severity", "message"})
_DIAGNOSIS_KEYS = frozenset({"cause", "files", "context_needed", "confidence"})
_TOOL = "review"


def _object(value: JsonValue, keys: frozenset[str], *, what: str) -> JsonObject:
    if not isinstance(value, Mapping):
        raise garbled(f"{what} is no object")
    if value.keys() != keys:
        wrong = ", ".join(repr(key) for key in sorted(value.keys() ^ keys))
        raise garbled(f"{what} needs exactly {', '.join(sorted(keys))}; wrong: {printable(wrong)[:200]}")
    return value


def _text(value: JsonValue, *, what: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_MESSAGE:
        raise garbled(f"{what} is no text of 1 to {LONGEST_MESSAGE} characters")
    return printable(value).strip()


def _texts(value: JsonValue, *, what: str) -> list[str]:
    if not isinstance(value, list) or len(value) > MOST_FILES:
        raise garbled(f"{what} is no list of at most {MOST_FILES}")
    return [_text(item, what=f"an item of {what}") for item in value]


def _number(value: JsonValue, *, what: str) -> int | float:
    is_finite = isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))
    if not isinstance(value, int | float) or isinstance(value, bool) or not is_finite:
        raise garbled(f"{what} is no number")
    return value


def _confidence(value: JsonValue) -> float:
    number = _number(value, what="'confidence'")
    if not 0 <= number <= 1:
        raise garbled("'confidence' is not from 0 to 1")
    return float(number)


def _line(value: JsonValue) -> int:
    number = _number(value, what="'line'")
    if number < 1 or number != int(number):
        raise garbled("'line' is no whole number from 1")
    return int(number)


def _one_of(value: JsonValue, words: Sequence[str], *, what: str) -> str:
    if not isinstance(value, str) or value not in words:
        raise garbled(f"{what} is none of {', '.join(words)}")
    return value


def _finding(value: JsonValue) -> Finding:
    given = _object(value, _FINDING_KEYS, what="a finding")
    message, _, detail = _text(given["message"], what="'message'").partition("\n")
    return Finding(
        tool=_TOOL,
        message=message,
        detail=detail,
        severity=Severity(_one_of(given["severity"], tuple(Severity), what="'severity'")),
        file=_text(given["file"], what="'file'").removeprefix("./"),
        line=_line(given["line"]),
        failure_class=FailureClass.REVIEW,
    )


def read_review(text: str, files: Mapping[str, int]) -> Review:
    """The review in a model's answer.

    Args:
        text: the answer: one JSON object as :data:`REVIEW_SCHEMA` has it; chatter and fences around it do not count.
        files: path -> number of lines. Findings that name anything else are dropped.

    Raises:
        ParseError: there is no such object, or it holds a candidate back for nothing that exists.
    """
    given = _object(only_object(text), _REVIEW_KEYS, what="the review")
    decision = Decision(_one_of(given["decision"], tuple(Decision), what="'decision'"))
    listed = given["findings"]
    if not isinstance(listed, list) or len(listed) > MOST_FINDINGS:
        raise garbled(f"'findings' is no list of at most {MOST_FINDINGS}")
    findings = [_finding(value) for value in listed]
    real = tuple(finding for finding in findings if finding.line <= files.get(finding.file, 0))
    if decision is Decision.HOLD and not real:
        raise garbled("it holds back without a finding that names a file and a line that exist")
    return Review(
        decision=decision,
        confidence=_confidence(given["confidence"]),
        findings=real,
        dropped=len(findings) - len(real),
    )


def read_diagnosis(text: str, files: Container[str]) -> Advice:
    """The diagnosis in a model's answer.

    Args:
        text: the answer: one JSON object as :data:`DIAGNOSIS_SCHEMA` has it; chatter and fences do not count.
        files: paths that exist. Others are dropped.

    Raises:
        ParseError: there is no such object.
    """
    given = _object(only_object(text), _DIAGNOSIS_KEYS, what="the diagnosis")
    named = [path.removeprefix("./") for path in _texts(given["files"], what="'files'")]
    real = tuple(dict.fromkeys(path for path in named if path in files))
    return Advice(
        cause=_text(given["cause"], what="'cause'"),
        files=real,
        context_needed=tuple(_texts(given["context_needed"], what="'context_needed'")),
        confidence=_confidence(given["confidence"]),
        dropped=sum(path not in files for path in named),
    )
