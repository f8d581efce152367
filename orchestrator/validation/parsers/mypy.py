"""``mypy --output json``: an object on each line."""

from typing import Any

from orchestrator.domain.finding import FailureClass, Finding, Severity
from orchestrator.domain.verdict import Report
from orchestrator.errors import ParseError
from orchestrator.validation.parsers.jsontext import as_int, as_text, read_lines
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.text import clipped, first_line, plain

_CLASSES = {
    "syntax": FailureClass.SYNTAX,
    "name-defined": FailureClass.NAME,
    "used-before-def": FailureClass.NAME,
    "import-not-found": FailureClass.NAME,
    "import": FailureClass.NAME,
    "attr-defined": FailureClass.NAME,
}
_SEVERITIES = {"note": Severity.NOTE, "warning": Severity.WARNING}


def parse(output: Output, context: Context) -> Report:
    """Every message; hints are in ``detail``. Summaries such as ``Success: ...`` are passed over.

    Raises:
        ParseError: a line begins like an object and is none, somewhere before the last line.
    """
    rows = list(read_lines(output.stdout))
    findings = tuple(_finding(row, context) for _, row in rows if row and "message" in row)
    broken = [number for number, (line, row) in enumerate(rows, 1) if row is None and line.startswith("{")]
    if broken and broken[0] < len(rows):
        raise ParseError("a line is no object", of="mypy", line=broken[0])
    if not findings and plain(output.stderr).strip():
        raise ParseError(first_line(output.stderr), of="mypy")
    return Report(findings=findings, is_complete=not broken)


def _finding(row: dict[str, Any], context: Context) -> Finding:
    code = as_text(row.get("code"))
    column = row.get("column")
    return Finding(
        tool="mypy",
        code=code,
        message=first_line(as_text(row.get("message"))),
        severity=_SEVERITIES.get(as_text(row.get("severity")), Severity.ERROR),
        file=context.path(as_text(row.get("file"))),
        line=as_int(row.get("line")),
        column=as_int(column) + 1 if isinstance(column, int) and column >= 0 else 0,
        failure_class=_CLASSES.get(code, FailureClass.TYPE),
        detail=clipped(as_text(row.get("hint"))),
    )
