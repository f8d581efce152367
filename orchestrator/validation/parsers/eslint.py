"""``eslint --format json``."""

from typing import Any

from orchestrator.domain.finding import FailureClass, Finding, Severity
from orchestrator.domain.verdict import Report
from orchestrator.errors import ParseError
from orchestrator.validation.parsers.classes import of_lint_code
from orchestrator.validation.parsers.jsontext import as_int, as_text, objects, read_document
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.text import first_line

_ERROR = 2


def parse(output: Output, context: Context) -> Report:
    """Every message of every file; one that is fatal is of class ``syntax``.

    Raises:
        ParseError: it is no list of files with messages.
    """
    document = read_document(output.documents[0], of="eslint")
    if not document.is_complete:
        return Report(is_complete=False)
    if not isinstance(document.value, list) or any("messages" not in row for row in objects(document.value)):
        raise ParseError("it is no list of files with messages", of="eslint")
    return Report(
        findings=tuple(
            _finding(row, context.path(as_text(file.get("filePath"))))
            for file in objects(document.value)
            for row in objects(file.get("messages"))
        )
    )


def _finding(row: dict[str, Any], file: str) -> Finding:
    rule, is_fatal = as_text(row.get("ruleId")), row.get("fatal") is True
    return Finding(
        tool="eslint",
        code=rule,
        message=first_line(as_text(row.get("message"))),
        severity=Severity.ERROR if is_fatal or row.get("severity") == _ERROR else Severity.WARNING,
        file=file,
        line=as_int(row.get("line")),
        column=as_int(row.get("column")),
        failure_class=FailureClass.SYNTAX if is_fatal else of_lint_code(rule),
    )
