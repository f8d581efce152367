"""``pyright --outputjson`` and ``basedpyright --outputjson``."""

from typing import Any

from orchestrator.domain.finding import FailureClass, Finding, Severity
from orchestrator.domain.verdict import Report
from orchestrator.errors import ParseError
from orchestrator.validation.parsers.jsontext import as_int, as_text, dig, objects, read_document
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.text import clipped, first_line

_CLASSES = {
    "": FailureClass.SYNTAX,
    "reportUndefinedVariable": FailureClass.NAME,
    "reportMissingImports": FailureClass.NAME,
    "reportMissingModuleSource": FailureClass.NAME,
    "reportAttributeAccessIssue": FailureClass.NAME,
}
"""An error without a rule comes from the parser of pyright."""
_SEVERITIES = {"warning": Severity.WARNING, "information": Severity.NOTE}


def parse(output: Output, context: Context) -> Report:
    """Every diagnostic; lines below the first are in ``detail``.

    Raises:
        ParseError: it is no report of pyright.
    """
    document = read_document(output.documents[0], of="pyright")
    if not document.is_complete:
        return Report(is_complete=False)
    rows = dig(document.value, "generalDiagnostics")
    if not isinstance(rows, list):
        raise ParseError("it has no generalDiagnostics", of="pyright")
    return Report(findings=tuple(_finding(row, context) for row in objects(rows)))


def _finding(row: dict[str, Any], context: Context) -> Finding:
    rule, message = as_text(row.get("rule")), as_text(row.get("message"))
    start = dig(row, "range", "start")
    severity = _SEVERITIES.get(as_text(row.get("severity")), Severity.ERROR)
    return Finding(
        tool="pyright",
        code=rule,
        message=first_line(message),
        severity=severity,
        file=context.path(as_text(row.get("file"))),
        line=as_int(dig(start, "line")) + 1 if start else 0,
        column=as_int(dig(start, "character")) + 1 if start else 0,
        failure_class=_CLASSES.get(rule, FailureClass.TYPE),
        detail=clipped(message.partition("\n")[2]),
    )
