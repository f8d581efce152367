"""``tsc``, plain or pretty."""

import re

from orchestrator.domain.finding import Finding, Severity
from orchestrator.domain.verdict import Report
from orchestrator.validation.parsers.classes import of_typescript
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.text import Block, blocks, clipped, first_line

_HEAD = re.compile(
    r"(?:(?P<file>[^\s(][^(]*)\((?P<line>\d{1,9}),(?P<column>\d{1,9})\): "
    r"|(?P<pretty_file>[^\s:][^:]*):(?P<pretty_line>\d{1,9}):(?P<pretty_column>\d{1,9}) - )?"
    r"(?P<level>error|warning) TS(?P<code>\d{1,6}): (?P<message>.*)$"
)
_SUMMARY = re.compile(r"Found \d+ errors?\b")


def parse(output: Output, context: Context) -> Report:
    """Every diagnostic; the lines below it (its reasons, or the excerpt of a pretty one) are in ``detail``."""
    return Report(findings=tuple(_finding(block, context) for block in blocks(output.text, _HEAD)))


def _finding(block: Block, context: Context) -> Finding:
    head = block.head
    end = next((number for number, row in enumerate(block.body) if _SUMMARY.match(row)), len(block.body))
    return Finding(
        tool="tsc",
        code=f"TS{head['code']}",
        message=first_line(head["message"]),
        severity=Severity.ERROR if head["level"] == "error" else Severity.WARNING,
        file=context.path(head["file"] or head["pretty_file"] or ""),
        line=int(head["line"] or head["pretty_line"] or 0),
        column=int(head["column"] or head["pretty_column"] or 0),
        failure_class=of_typescript(int(head["code"])),
        detail=clipped(block.body[:end]),
    )
