"""``ruff check --output-format json``."""

from typing import Any

from orchestrator.domain.finding import Finding
from orchestrator.domain.verdict import Report
from orchestrator.errors import ParseError
from orchestrator.validation.parsers.classes import of_lint_code
from orchestrator.validation.parsers.jsontext import as_dict, as_int, as_list, as_text, dig, objects, read_document
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.text import clipped, first_line


def parse(output: Output, context: Context) -> Report:
    """Every violation; a file that does not parse is one of class ``syntax``.

    The fix that ruff offers is in ``detail``.

    Raises:
        ParseError: it is no list of violations.
    """
    document = read_document(output.documents[0], of="ruff")
    if not document.is_complete:
        return Report(is_complete=False)
    if not isinstance(document.value, list) or any("filename" not in row for row in objects(document.value)):
        raise ParseError("it is no list of violations", of="ruff")
    return Report(findings=tuple(_finding(row, context) for row in objects(document.value)))


def _finding(row: dict[str, Any], context: Context) -> Finding:
    code = as_text(row.get("code")) or "invalid-syntax"
    return Finding(
        tool="ruff",
        code=code,
        message=first_line(as_text(row.get("message"))),
        file=context.path(as_text(row.get("filename"))),
        line=as_int(dig(row, "location", "row")),
        column=as_int(dig(row, "location", "column")),
        failure_class=of_lint_code(code),
        detail=_fix(as_dict(row.get("fix"))),
    )


def _fix(fix: dict[str, Any]) -> str:
    if not as_list(fix.get("edits")):
        return ""
    return clipped(f"fix ({as_text(fix.get('applicability'))}): {as_text(fix.get('message'))}")
