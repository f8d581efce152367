"""``jest --json`` and ``vitest run --reporter=json``, which share one shape."""

import re
from collections.abc import Iterator
from typing import Any

from orchestrator.domain.finding import FailureClass, Finding
from orchestrator.domain.verdict import CaseResult, CaseStatus, Report
from orchestrator.errors import ParseError
from orchestrator.validation.parsers.cases import with_unique_ids
from orchestrator.validation.parsers.classes import of_exception
from orchestrator.validation.parsers.jsontext import as_int, as_list, as_seconds, as_text, dig, objects, read_document
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.stack import locate
from orchestrator.validation.parsers.text import LONGEST_LINE, clipped, first_line, plain

_STATUSES = {"passed": CaseStatus.PASSED, "failed": CaseStatus.FAILED}
_MATCHER = re.compile(r"Error: (?:expect\(|expected )|AssertionError|ERR_ASSERTION")
_RAISED = re.compile(r"\s*(?P<name>[A-Z]\w*(?:Error|Exception))(?: \[\w+\])?: ")
_SYNTAX = re.compile(
    r"SyntaxError|PARSE_ERROR|Parse failure|Unexpected token|Transform failed|invalid JS syntax|Unexpected end of"
)
_MISSING = re.compile(r"Cannot find module|Failed to resolve import|Cannot find package")
_NAMED = re.compile(r"(?P<file>/[^\s():]+\.[cm]?[jt]sx?): [^(]*\((?P<line>\d{1,9}):\d")
_CODE_FRAME = re.compile(r" *(?:> *\d+ \||at )")


def parse(output: Output, context: Context) -> Report:
    """Every test (``file > suite > test``), a finding for each that failed and for each file that could not be loaded.

    Raises:
        ParseError: it has no testResults.
    """
    document = read_document(output.documents[0], of="jest")
    if not document.is_complete:
        return Report(is_complete=False)
    files = dig(document.value, "testResults")
    if not isinstance(files, list):
        raise ParseError("it has no testResults", of="jest")
    rows = [(context.path(as_text(file.get("name"))), file) for file in objects(files)]
    cases = [(name, test) for name, file in rows for test in objects(file.get("assertionResults"))]
    results = with_unique_ids(_case(name, test) for name, test in cases)
    return Report(
        findings=(
            *_unloaded(rows, context),
            *(
                _finding(result.id, test, context=context)
                for result, (_, test) in zip(results, cases, strict=True)
                if result.status is CaseStatus.FAILED
            ),
        ),
        tests=results,
        is_complete=dig(document.value, "wasInterrupted") is not True,
    )


def _case(file: str, test: dict[str, Any]) -> CaseResult:
    names = [first_line(name) for name in as_list(test.get("ancestorTitles")) if isinstance(name, str) and name]
    status = _STATUSES.get(as_text(test.get("status")), CaseStatus.SKIPPED)
    return CaseResult(
        id=" > ".join((file, *names, first_line(as_text(test.get("title"))))),
        status=status,
        seconds=as_seconds(test.get("duration")) / 1000,
        message=first_line(_failure(test)),
    )


def _failure(test: dict[str, Any]) -> str:
    return plain("\n".join(text for text in as_list(test.get("failureMessages")) if isinstance(text, str)))


def _finding(name: str, test: dict[str, Any], *, context: Context) -> Finding:
    failure = _failure(test)
    file, line = locate(failure, context)
    raised = _RAISED.match(failure)
    is_expectation = _MATCHER.search(failure[:2000]) is not None
    return Finding(
        tool="jest",
        message=first_line(failure) or "it failed",
        file=file or name.partition(" > ")[0],
        line=line or as_int(dig(test, "location", "line")),
        test=name,
        failure_class=FailureClass.ASSERT if is_expectation else of_exception(raised["name"] if raised else ""),
        detail=clipped(failure),
    )


def _unloaded(rows: list[tuple[str, dict[str, Any]]], context: Context) -> Iterator[Finding]:
    for name, file in rows:
        message = plain(as_text(file.get("message")))
        if file.get("status") == "failed" and message.strip() and not as_list(file.get("assertionResults")):
            yield _unloaded_finding(name, message, context=context)


def _unloaded_finding(name: str, message: str, *, context: Context) -> Finding:
    told = [line for line in message.split("\n") if line.strip() and not _CODE_FRAME.match(line)]
    telling = [line for line in told if _SYNTAX.search(line) or _MISSING.search(line)]
    place = _NAMED.search("\n".join(telling)[:LONGEST_LINE])
    file, line = (context.path(place["file"]), int(place["line"])) if place else locate(message, context)
    is_syntax = any(_SYNTAX.search(line) for line in telling)
    is_missing = any(_MISSING.search(line) for line in telling)
    return Finding(
        tool="jest",
        message=first_line((telling or told)[0]),
        file=name if file.startswith("/") or not file else file,
        line=line,
        test=name,
        failure_class=FailureClass.SYNTAX if is_syntax else FailureClass.NAME if is_missing else FailureClass.UNKNOWN,
        detail=clipped(message),
    )
