"""``gcc -fdiagnostics-format=json`` (gcc 9 to 14): an array for each translation unit. For SARIF see its parser."""

from collections.abc import Iterator
from typing import Any

from orchestrator.domain.finding import Finding, Severity
from orchestrator.domain.verdict import Report
from orchestrator.errors import ParseError
from orchestrator.validation.parsers.gcc import class_of, is_summary
from orchestrator.validation.parsers.jsontext import as_int, as_text, dig, objects, read_document
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.text import clipped, first_line

_SEVERITIES = {"warning": Severity.WARNING, "note": Severity.NOTE}


def parse(output: Output, context: Context) -> Report:
    """Every diagnostic; its notes are in ``detail``. The arrays may stand between lines of other programs.

    Raises:
        ParseError: there is no array.
    """
    texts = [line for line in (*output.stderr.split("\n"), *output.stdout.split("\n")) if line.lstrip().startswith("[")]
    if not texts:
        raise ParseError("there is no array", of="gcc-json")
    documents = [read_document(text, of="gcc-json") for text in texts]
    return Report(
        findings=tuple(one for document in documents for one in _findings(document.value, context)),
        is_complete=all(document.is_complete for document in documents),
    )


def _findings(value: Any, context: Context) -> Iterator[Finding]:
    for row in objects(value):
        message = first_line(as_text(row.get("message")))
        if "kind" in row and not is_summary(message):
            yield _finding(row, message, context=context)


def _finding(row: dict[str, Any], message: str, *, context: Context) -> Finding:
    severity = _SEVERITIES.get(as_text(row.get("kind")), Severity.ERROR)
    option = as_text(row.get("option"))
    caret = next((dig(place, "caret") for place in objects(row.get("locations"))), None)
    notes = [first_line(as_text(child.get("message"))) for child in objects(row.get("children"))]
    return Finding(
        tool="gcc",
        code=option.replace("-Werror=", "-W"),
        message=message,
        severity=severity,
        file=context.path(as_text(dig(caret, "file"))),
        line=as_int(dig(caret, "line")),
        column=as_int(dig(caret, "display-column")) or as_int(dig(caret, "column")),
        failure_class=class_of(f"{message} [{option}]", severity),
        detail=clipped(f"note: {note}" for note in notes if note),
    )
