"""What pytest prints: the short summary, the sections of failures, and the verbose lines where there are some.

Ids of tests that passed are known only with ``-v`` or ``-rA``; ``--junitxml`` tells all of them (see the parser
``junit``).
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from orchestrator.domain.finding import FailureClass, Finding
from orchestrator.domain.verdict import CaseResult, CaseStatus, Report
from orchestrator.errors import ParseError
from orchestrator.validation.parsers.cases import with_unique_ids
from orchestrator.validation.parsers.classes import of_exception
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.stack import locate
from orchestrator.validation.parsers.text import clipped, first_line, lines

_STATUSES = {
    "PASSED": CaseStatus.PASSED,
    "FAILED": CaseStatus.FAILED,
    "ERROR": CaseStatus.ERROR,
    "SKIPPED": CaseStatus.SKIPPED,
    "XFAIL": CaseStatus.SKIPPED,
    "XPASS": CaseStatus.PASSED,
}
_VERBOSE = re.compile(r"(?P<id>\S+\.py::\S.*?) (?P<status>PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)(?: |$)")
_SUMMARY = re.compile(r"(?P<status>PASSED|FAILED|ERROR) (?P<id>\S+\.py(?:::.+?)?)(?: - (?P<message>.*))?$")
_SECTION = re.compile(r"_{2,} (?:ERROR at (?:setup|teardown) of |ERROR collecting )?(?P<name>\S.*?) _{2,}$")
_END = re.compile(
    r"(?:=+ )?(?:no tests ran|\d+ (?:passed|failed|error|skipped|deselected|xfailed|xpassed|warning)\w*\b).* in [\d.]+s"
)
_RULE = re.compile(r"[=!]{5,}(?: |$)")
_RAISED = re.compile(r"E +(?P<name>[A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt|Failed|Warning|Group))(?::|$)")
_CRASH = re.compile(r"\S.*:\d+: (?P<name>[A-Za-z_][\w.]*)$")
_STARTUP = re.compile(r"(?:ImportError while loading conftest|INTERNALERROR>|ERROR: |\w*Error: )")


def parse(output: Output, context: Context) -> Report:
    """Every test that the text names, and a finding for each that failed. Without a last line it is not complete.

    Raises:
        ParseError: nothing in it looks like pytest.
    """
    rows = list(lines(output.text))
    is_complete = any(_END.match(row) for row in rows)
    sections = dict(_sections(rows))
    cases = _cases(rows, sections)
    findings = [_finding(case, sections.get(_header(case.id), ()), context=context) for case in cases if _is_bad(case)]
    if not (is_complete or cases or sections):
        findings = _startup(rows, context)
        if not findings:
            raise ParseError("nothing in it looks like pytest", of="pytest")
    return Report(findings=tuple(findings), tests=with_unique_ids(cases), is_complete=is_complete)


def _is_bad(case: CaseResult) -> bool:
    return case.status in (CaseStatus.FAILED, CaseStatus.ERROR)


def _sections(rows: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Name of a failed test as its section says it -> the section."""
    name, body = "", list[str]()
    for row in rows:
        match = _SECTION.match(row)
        if match or _RULE.match(row):
            if name:
                yield name, body
            name, body = (match["name"], []) if match else ("", [])
        elif name:
            body.append(row)
    if name:
        yield name, body


def _cases(rows: Sequence[str], sections: Mapping[str, Sequence[str]]) -> list[CaseResult]:
    """Named by the verbose lines and the summary, the later one winning; without either by the sections."""
    found: dict[str, CaseResult] = {}
    for row in rows:
        match = _VERBOSE.match(row) or _SUMMARY.match(row)
        if match:
            message = first_line(match.groupdict().get("message") or "")
            old = found.get(match["id"])
            status = _STATUSES[match["status"]]
            found[match["id"]] = CaseResult(
                id=match["id"], status=status, message=message or (old.message if old else "")
            )
    if not any(map(_is_bad, found.values())):
        for name, body in sections.items():
            if any(line.startswith("E ") for line in body):
                found[name] = CaseResult(id=name, status=CaseStatus.FAILED)
    return list(found.values())


def _header(test: str) -> str:
    """How the heading of a section names a test."""
    return test.partition("::")[2].replace("::", ".") or test


def _finding(case: CaseResult, body: Sequence[str], *, context: Context) -> Finding:
    file, line = locate("\n".join(body), context)
    shown = [row.removeprefix("E").strip() for row in body if row.startswith("E ")]
    return Finding(
        tool="pytest",
        message=case.message or first_line("\n".join(shown[-1:] if _raised(body) else shown[:1])) or "it failed",
        file=file or context.path(case.id.partition("::")[0] if ".py" in case.id else ""),
        line=line,
        test=case.id,
        failure_class=_class(case, body),
        detail=clipped(body),
    )


def _raised(body: Sequence[str]) -> str:
    names = [match["name"] for match in map(_RAISED.match, body) if match]
    crashes = [match["name"] for match in map(_CRASH.match, body) if match]
    return (names or crashes or [""])[-1]


def _class(case: CaseResult, body: Sequence[str]) -> FailureClass:
    name = _raised(body) or case.message.partition(":")[0]
    if name.startswith("assert ") or (any(row.startswith("E       assert ") for row in body) and not _raised(body)):
        return FailureClass.ASSERT
    return of_exception(name) if name else FailureClass.UNKNOWN


def _startup(rows: Sequence[str], context: Context) -> list[Finding]:
    """Pytest could not even begin: a conftest or an option is broken."""
    start = next((number for number, row in enumerate(rows) if _STARTUP.match(row)), None)
    if start is None:
        return []
    body = rows[start:]
    raised = [row for row in body if _RAISED.match(row)]
    file, line = locate("\n".join(body), context)
    return [
        Finding(
            tool="pytest",
            message=first_line(raised[-1].removeprefix("E") if raised else body[0]),
            file=file,
            line=line,
            failure_class=of_exception(_raised(body)) if raised else FailureClass.UNKNOWN,
            detail=clipped(body),
        )
    ]
