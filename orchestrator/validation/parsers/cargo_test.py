"""``cargo test``: what libtest prints, and rustc's diagnostics where the tests do not compile."""

import re
from collections.abc import Iterator

from orchestrator.domain.finding import FailureClass, Finding, Severity
from orchestrator.domain.verdict import CaseResult, CaseStatus, Report
from orchestrator.errors import ParseError
from orchestrator.validation.parsers import rustc
from orchestrator.validation.parsers.cases import with_unique_ids
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.stack import locate
from orchestrator.validation.parsers.text import clipped, first_line, lines

_STATUSES = {"ok": CaseStatus.PASSED, "FAILED": CaseStatus.FAILED, "ignored": CaseStatus.SKIPPED}
_RESULT = re.compile(r"test (?P<name>\S.*?)(?: - should panic)? \.\.\. (?P<status>ok|FAILED|ignored)\b")
_RUNNING = re.compile(r"running \d+ tests?$")
_END = re.compile(r"test result: (?:ok|FAILED)\.")
_SECTION = re.compile(r"---- (?P<name>.+) std(?:out|err) ----$")
_PANIC = re.compile(r"thread '.*panicked at (?:'(?P<message>.*)', )?")


def parse(output: Output, context: Context) -> Report:
    """Every test and a finding for each that failed, behind the errors of the compiler.

    Complete where each ``running n tests`` has its result, or nothing could be built.

    Raises:
        ParseError: neither libtest nor the compiler wrote it.
    """
    rows = list(lines(output.text))
    cases = [
        CaseResult(id=match["name"], status=_STATUSES[match["status"]]) for match in map(_RESULT.match, rows) if match
    ]
    compiler = [one for one in rustc.parse(output, context).findings if one.file or one.severity is Severity.ERROR]
    begun, ended = sum(bool(_RUNNING.match(row)) for row in rows), sum(bool(_END.match(row)) for row in rows)
    if not (begun or ended or compiler or cases):
        raise ParseError("neither libtest nor the compiler wrote it", of="cargo-test")
    sections = dict(_sections(rows))
    tests = with_unique_ids(cases)
    failed = [_finding(case.id, sections.get(case.id, []), context=context) for case in tests if _is_failed(case)]
    return Report(findings=(*compiler, *failed), tests=tests, is_complete=begun == ended)


def _is_failed(case: CaseResult) -> bool:
    return case.status is CaseStatus.FAILED


def _sections(rows: list[str]) -> Iterator[tuple[str, list[str]]]:
    name, body = "", list[str]()
    for row in rows:
        match = _SECTION.match(row)
        if match or row == "failures:" or _END.match(row):
            if name:
                yield name, body
            name, body = (match["name"] if match else ""), []
        elif name:
            body.append(row)
    if name:
        yield name, body


def _finding(name: str, body: list[str], *, context: Context) -> Finding:
    start = next((number for number, row in enumerate(body) if _PANIC.match(row)), None)
    told = _PANIC.match(body[start]) if start is not None else None
    message = (told["message"] if told else "") or first_line(
        "\n".join(body[(start if start is not None else -1) + 1 :])
    )
    file, line = locate("\n".join(body), context)
    return Finding(
        tool="cargo-test",
        message=first_line(message) or "it failed",
        file=file,
        line=line,
        test=name,
        failure_class=FailureClass.ASSERT if message.startswith("assertion") else FailureClass.RUNTIME,
        detail=clipped(body),
    )
