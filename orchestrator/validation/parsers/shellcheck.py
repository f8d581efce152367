"""``shellcheck --format json`` and ``json1``."""

from typing import Any

from orchestrator.domain.finding import FailureClass, Finding, Severity
from orchestrator.domain.verdict import Report
from orchestrator.errors import ParseError
from orchestrator.validation.parsers.jsontext import as_int, as_text, dig, objects, read_document
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.text import first_line

_SEVERITIES = {"warning": Severity.WARNING, "info": Severity.NOTE, "style": Severity.NOTE}
_FIRST_OF_SYNTAX, _FIRST_OF_ANALYSIS = 1000, 2000


def parse(output: Output, context: Context) -> Report:
    """Every comment. Codes SC1000 to SC1999 are of class ``syntax`` where they are errors, all else is ``lint``.

    Raises:
        ParseError: it is no list of comments.
    """
    document = read_document(output.documents[0], of="shellcheck")
    if not document.is_complete:
        return Report(is_complete=False)
    rows = document.value if isinstance(document.value, list) else dig(document.value, "comments")
    if not isinstance(rows, list) or any("level" not in row for row in objects(rows)):
        raise ParseError("it is no list of comments", of="shellcheck")
    return Report(findings=tuple(_finding(row, context) for row in objects(rows)))


def _finding(row: dict[str, Any], context: Context) -> Finding:
    code, severity = as_int(row.get("code")), _SEVERITIES.get(as_text(row.get("level")), Severity.ERROR)
    is_syntax = _FIRST_OF_SYNTAX <= code < _FIRST_OF_ANALYSIS and severity is Severity.ERROR
    return Finding(
        tool="shellcheck",
        code=f"SC{code}",
        message=first_line(as_text(row.get("message"))),
        severity=severity,
        file=context.path(as_text(row.get("file"))),
        line=as_int(row.get("line")),
        column=as_int(row.get("column")),
        failure_class=FailureClass.SYNTAX if is_syntax else FailureClass.LINT,
    )
