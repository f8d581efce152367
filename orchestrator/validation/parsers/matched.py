"""Output of any tool whose lines a problem matcher knows (see :mod:`orchestrator.validation.matchers`)."""

import re
from collections.abc import Iterator

from orchestrator.domain.finding import FailureClass, Finding, Severity
from orchestrator.domain.verdict import Report
from orchestrator.validation.matchers import MATCHERS, Matcher
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.text import first_line, lines

_SEVERITIES = {
    **dict.fromkeys(("warning", "warn", "w"), Severity.WARNING),
    **dict.fromkeys(("note", "info", "information", "hint", "style"), Severity.NOTE),
}
_DIGIT_OR_MARK = re.compile(r"[\d:\[]|reformat")


def parse(output: Output, context: Context) -> Report:
    """Every line that a matcher fits; lines that none fits are passed over."""
    return Report(findings=tuple(_findings(output.text, context)))


def _findings(text: str, context: Context) -> Iterator[Finding]:
    for line in lines(text):
        if _DIGIT_OR_MARK.search(line):
            match = next(((row, fit) for row in MATCHERS if (fit := row.pattern.match(line))), None)
            if match:
                yield _finding(*match, context=context)


def _finding(row: Matcher, match: re.Match[str], *, context: Context) -> Finding:
    groups = match.groupdict()
    severity = _SEVERITIES.get((groups.get("level") or "").lower(), row.severity)
    is_problem = severity is Severity.ERROR or row.failure_class is FailureClass.FORMAT
    return Finding(
        tool=row.tool,
        code=groups.get("code") or "",
        message=first_line(match["message"]) or "it is not formatted",
        severity=severity,
        file=context.path(groups.get("file") or ""),
        line=int(groups.get("line") or 0),
        column=int(groups.get("column") or 0),
        failure_class=row.failure_class if is_problem else FailureClass.LINT,
    )
