"""``cargo build|check|clippy --message-format=json``: a message on each line, and rustc's own JSON.

Suggestions stand at the end of ``detail``, one line each: ``suggestion FILE:LINE:COLUMN-LINE:COLUMN (APPLICABILITY):
JSON STRING``, where the string replaces what is between the two places (1-based, the end is exclusive).
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from orchestrator.domain.finding import FailureClass, Finding, Severity
from orchestrator.domain.verdict import Report
from orchestrator.errors import ParseError
from orchestrator.validation.parsers import rustc
from orchestrator.validation.parsers.jsontext import as_dict, as_int, as_text, dig, objects, read_lines
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.text import clipped, first_line

_SEVERITIES = {"warning": Severity.WARNING, "note": Severity.NOTE, "help": Severity.NOTE, "failure-note": Severity.NOTE}
_REASONS = frozenset({"compiler-message", "compiler-artifact", "build-script-executed", "build-finished"})
_DEEPEST = 20
_SUSPECTS = (
    ("unexpected closing delimiter", ("missing open ", "...as it matches this")),
    ("this file contains an unclosed delimiter", ("this delimiter might not be", "unclosed delimiter")),
    ("mismatched closing delimiter", ("unclosed delimiter",)),
)
"""How a message begins -> the labels, best first, of the place that rustc holds for the cause.

Its primary span is where the braces stop to balance: far below the cause, often at the end of the file.
"""


def parse(output: Output, context: Context) -> Report:
    """Every diagnostic; what cargo says of itself (a broken manifest, a missing crate) is read from standard error.

    Complete where cargo says that the build finished, or failed before it began.

    Raises:
        ParseError: there is neither a message nor an error of cargo.
    """
    rows = [row for _, row in read_lines(output.stdout) if row]
    known = [row for row in rows if as_text(row.get("reason")) in _REASONS or "$message_type" in row]
    own = rustc.parse(Output(stdout=output.stderr), context).findings
    if not (known or own):
        raise ParseError("there is neither a message nor an error of cargo", of="cargo")
    found = tuple(finding for row in known if (finding := _finding(_message(row), context)))
    is_finished = any(row.get("reason") == "build-finished" or "$message_type" in row for row in known)
    said = {(one.message, one.line) for one in found}
    return Report(
        findings=(*found, *(one for one in own if (one.message, one.line) not in said)),
        is_complete=(is_finished or (not known and bool(own))),
    )


def _message(row: dict[str, Any]) -> dict[str, Any]:
    if row.get("$message_type") == "diagnostic":
        return row
    return as_dict(row.get("message")) if row.get("reason") == "compiler-message" else {}


def _finding(message: dict[str, Any], context: Context) -> Finding | None:
    text = first_line(as_text(message.get("message")))
    if not text or rustc.is_summary(text):
        return None
    code = as_text(dig(message, "code", "code"))
    severity = _SEVERITIES.get(as_text(message.get("level")), Severity.ERROR)
    span = _own_span(message)
    rendered = as_text(message.get("rendered"))
    return Finding(
        tool="clippy" if code.startswith("clippy::") else "rustc",
        code=code,
        message=text,
        severity=severity,
        file=context.path(as_text(span.get("file_name"))),
        line=as_int(span.get("line_start")),
        column=as_int(span.get("column_start")),
        failure_class=_class(code, text, rendered=rendered, severity=severity),
        detail=clipped([rendered.rstrip("\n"), *_suggestions(message, context)]),
    )


def _class(code: str, text: str, *, rendered: str, severity: Severity) -> FailureClass:
    return rustc.class_of(code, text, text=rendered) if severity is Severity.ERROR else FailureClass.LINT


def _own_span(message: dict[str, Any]) -> dict[str, Any]:
    """The suspect or else primary span; of one inside a macro of another crate the place where the macro is used."""
    spans = list(objects(message.get("spans")))
    primary = next((one for one in spans if one.get("is_primary") is True), spans[0] if spans else {})
    span = _suspect(as_text(message.get("message")), spans) or primary
    for _ in range(_DEEPEST):
        used = as_dict(dig(span, "expansion", "span"))
        if not used or not as_text(span.get("file_name")).startswith(("/", "<")):
            break
        span = used
    return span


def _suspect(text: str, spans: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    labels = next((labels for start, labels in _SUSPECTS if text.startswith(start)), ())
    found = (span for label in labels for span in spans if as_text(span.get("label")).startswith(label))
    return next(found, None)


def _suggestions(message: dict[str, Any], context: Context) -> Iterator[str]:
    for child in (message, *objects(message.get("children"))):
        for span in objects(child.get("spans")):
            replacement, kind = span.get("suggested_replacement"), as_text(span.get("suggestion_applicability"))
            if isinstance(replacement, str):
                start = f"{as_int(span.get('line_start'))}:{as_int(span.get('column_start'))}"
                end = f"{as_int(span.get('line_end'))}:{as_int(span.get('column_end'))}"
                place = f"{context.path(as_text(span.get('file_name')))}:{start}-{end}"
                yield f"suggestion {place} ({kind or 'Unspecified'}): {json.dumps(replacement)}"
