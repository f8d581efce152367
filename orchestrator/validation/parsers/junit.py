"""JUnit XML, as written by pytest, Maven Surefire, Gradle, node:test, jest, vitest and many more."""

import re
from collections.abc import Iterator

from orchestrator.domain.finding import FailureClass, Finding
from orchestrator.domain.verdict import CaseResult, CaseStatus, Report
from orchestrator.errors import ParseError
from orchestrator.validation.parsers.cases import with_unique_ids
from orchestrator.validation.parsers.classes import of_exception
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.stack import locate
from orchestrator.validation.parsers.text import clipped, first_line, plain
from orchestrator.validation.parsers.xmltext import Element, read_xml

_BAD = {"failure": CaseStatus.FAILED, "error": CaseStatus.ERROR}
_FLAKY = ("flakyFailure", "flakyError", "rerunFailure", "rerunError")
_NAME = r"[A-Za-z_][\w.$]{0,150}"
_RAISED = re.compile(
    rf"(?:E +| *cause: |\[)?(?P<name>{_NAME}(?:Error|Exception|Failure|Failed|Exit|Interrupt))(?: \[\w+\])?(?::|$)"
)


def parse(output: Output, context: Context) -> Report:
    """Every test case of every report, with a finding for each that failed; ids are ``classname::name``.

    A report whose root was not closed, or that counts more failures than it holds, is not complete.

    Raises:
        ParseError: one of the reports is no JUnit XML.
    """
    roots = [_root(text) for text in output.documents]
    cases = [case for root in roots for case in _cases(root)]
    results = with_unique_ids(_result(case) for case in cases)
    findings = tuple(
        _finding(case, result, context=context)
        for case, result in zip(cases, results, strict=True)
        if result.status in _BAD.values()
    )
    return Report(
        findings=findings, tests=results, is_complete=all(root.is_closed and _adds_up(root) for root in roots)
    )


def _root(text: str) -> Element:
    root = read_xml(_document(text), of="junit")
    if root.tag not in {"testsuites", "testsuite"}:
        raise ParseError(f"its root is {first_line(root.tag)!r}", of="junit")
    return root


def _document(text: str) -> str:
    start = min((place for place in (text.find("<?xml"), text.find("<testsuite")) if place >= 0), default=0)
    return text[start:]


def _cases(suite: Element) -> Iterator[Element]:
    """Every case that was closed; node:test names no class, so the suite around it stands for one."""
    for child in suite.children:
        if child.tag == "testcase" and child.is_closed:
            if child.attributes.get("classname") == "test" and suite.tag == "testsuite":
                child.attributes["classname"] = suite.attributes.get("name", "")
            yield child
        elif child.tag in {"testsuite", "testsuites"}:
            yield from _cases(child)


def _adds_up(root: Element) -> bool:
    """Whether as many cases are there as the outermost suites say; a suite that says nothing adds up."""
    for suite in [root] if root.tag == "testsuite" else root.children:
        said = suite.attributes.get("tests", "")
        if suite.tag == "testsuite" and said.isascii() and said.isdigit() and len(said) < 10:  # noqa: PLR2004 - an int
            there = sum(1 for _ in _cases(suite))
            if there < int(said) and not any(child.tag == "testsuite" for child in suite.children):
                return False
    return True


def _result(case: Element) -> CaseResult:
    name, owner = first_line(case.attributes.get("name", "")), first_line(case.attributes.get("classname", ""))
    status = _status(case)
    bad = case.child(*_BAD)
    return CaseResult(
        id=f"{owner}::{name}" if owner else name or "unnamed",
        status=status,
        seconds=_seconds(case.attributes.get("time", "")),
        message=_message(bad) if bad else "",
    )


def _status(case: Element) -> CaseStatus:
    bad, skipped = case.child(*_BAD), case.child("skipped", "disabled")
    is_to_do = skipped is not None and skipped.attributes.get("type") == "todo"
    if bad and not is_to_do:
        return _BAD[bad.tag]
    if skipped:
        return CaseStatus.SKIPPED
    return CaseStatus.FLAKY if case.child(*_FLAKY) else CaseStatus.PASSED


def _seconds(text: str) -> float:
    try:
        seconds = float(text.replace(",", ""))
    except ValueError:
        return 0.0
    return seconds if 0 <= seconds < 2**31 else 0.0


def _message(bad: Element) -> str:
    return (
        first_line(bad.attributes.get("message", ""))
        or first_line(bad.text)
        or first_line(bad.attributes.get("type", ""))
    )


def _finding(case: Element, result: CaseResult, *, context: Context) -> Finding:
    bad = case.child(*_BAD)
    assert bad is not None
    detail = plain(bad.text)
    file, line = locate(detail, context)
    return Finding(
        tool="junit",
        message=result.message or "it failed",
        file=file or context.path(case.attributes.get("file", "")),
        line=line,
        test=result.id,
        failure_class=_class(bad, detail),
        detail=clipped(detail),
    )


def _class(bad: Element, detail: str) -> FailureClass:
    """By the type that is named, by the exception that the text shows, else by the tag."""
    named = bad.attributes.get("type", "")
    raised = [match["name"] for match in map(_RAISED.match, detail.split("\n")[:400]) if match]
    shown = _RAISED.match(bad.attributes.get("message", ""))
    candidates = [name for name in (named, shown["name"] if shown else "", raised[-1] if raised else "") if name]
    classes = [of_exception(name) for name in candidates if "." in name or name[:1].isupper()]
    telling = [kind for kind in classes if kind is not FailureClass.RUNTIME]
    if telling:
        return telling[0]
    if classes and bad.tag == "error":
        return FailureClass.RUNTIME
    return FailureClass.ASSERT if bad.tag == "failure" and not classes else FailureClass.RUNTIME
