"""What ``python -m unittest`` prints; with ``-v`` tests that passed have ids too."""

import re
from collections.abc import Iterator

from orchestrator.domain.finding import FailureClass, Finding
from orchestrator.domain.verdict import CaseResult, CaseStatus, Report
from orchestrator.errors import ParseError
from orchestrator.validation.parsers.cases import with_unique_ids
from orchestrator.validation.parsers.classes import of_exception
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.stack import locate
from orchestrator.validation.parsers.text import Block, blocks, clipped, first_line, lines

_STATUSES = {
    "ok": CaseStatus.PASSED,
    "FAIL": CaseStatus.FAILED,
    "ERROR": CaseStatus.ERROR,
    "skipped": CaseStatus.SKIPPED,
    "expected": CaseStatus.SKIPPED,
    "unexpected": CaseStatus.FAILED,
}
_TEST = r"(?P<name>[^\s(]\S*) \((?P<owner>[\w.<>]+)\)(?P<sub>(?: [(\[].*[)\]])?)"
_VERBOSE = re.compile(rf"\s*{_TEST}(?:\s.*)? \.\.\. ?(?P<status>ok|FAIL|ERROR|skipped|expected|unexpected|$)")
_SECTION = re.compile(rf"(?P<status>FAIL|ERROR): {_TEST}")
_BARE_SECTION = re.compile(r"(?P<status>FAIL|ERROR): (?P<name>\S.*)$")
_HEAD = re.compile(r"(?:FAIL|ERROR): \S")
_RAN = re.compile(r"Ran \d+ tests? in [\d.]+s")
_RAISED = re.compile(r"(?P<name>[A-Za-z_][\w.]{0,200}): |(?P<bare>[A-Za-z_][\w.]*(?:Error|Exception))$")


def parse(output: Output, context: Context) -> Report:
    """Every test that the text names, and a finding for each that failed. Without ``Ran n tests`` it is not complete.

    Raises:
        ParseError: nothing in it looks like unittest.
    """
    text = output.text
    is_complete = any(_RAN.match(line) for line in lines(text))
    sections = [(_named(block), block) for block in blocks(text, _HEAD)]
    if not (is_complete or sections):
        raise ParseError("nothing in it looks like unittest", of="unittest")
    found = dict(_verbose(text))
    for (test, status), block in sections:
        found[test] = CaseResult(id=test, status=status, message=_message(block))
    findings = tuple(_finding(test, block, context=context) for (test, _), block in sections)
    return Report(findings=findings, tests=with_unique_ids(found.values()), is_complete=is_complete)


def _id(match: re.Match[str]) -> str:
    """``module.Class.test`` with the values of a subtest behind it; Python before 3.11 names the class alone."""
    owner, name = match["owner"], match["name"]
    full = owner if owner.endswith(f".{name}") else f"{owner}.{name}"
    return f"{full}{match['sub']}"


def _named(block: Block) -> tuple[str, CaseStatus]:
    head = block.head.string
    match = _SECTION.match(head) or _BARE_SECTION.match(head)
    assert match is not None
    return (_id(match) if "owner" in match.groupdict() else first_line(match["name"])), _STATUSES[match["status"]]


def _verbose(text: str) -> Iterator[tuple[str, CaseResult]]:
    for line in lines(text):
        match = _VERBOSE.match(line)
        if match and match["status"]:
            yield _id(match), CaseResult(id=_id(match), status=_STATUSES[match["status"]])


def _body(block: Block) -> list[str]:
    """The section up to the rule that ends it; the rule right below its head does not."""
    kept: list[str] = []
    for line in block.body:
        if kept and line.startswith(("======", "------")):
            break
        if not line.startswith("------"):
            kept.append(line)
    return kept


def _raised(block: Block) -> tuple[str, str]:
    """Name and line of the exception: the last line that is not indented and looks like one."""
    for line in reversed(_body(block)):
        match = _RAISED.match(line)
        if match:
            return match["name"] or match["bare"], line
    return "", ""


def _message(block: Block) -> str:
    return first_line(_raised(block)[1])


def _finding(test: str, block: Block, *, context: Context) -> Finding:
    name, line_of_it = _raised(block)
    file, line = locate("\n".join(_body(block)), context)
    return Finding(
        tool="unittest",
        message=first_line(line_of_it) or "it failed",
        file=file,
        line=line,
        test=test,
        failure_class=of_exception(name) if name else FailureClass.UNKNOWN,
        detail=clipped(_body(block)),
    )
