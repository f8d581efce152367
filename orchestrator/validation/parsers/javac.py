"""``javac``, also where Gradle or ant repeat it."""

import re

from orchestrator.domain.finding import FailureClass, Finding, Severity
from orchestrator.domain.verdict import Report
from orchestrator.validation.parsers.classes import JAVA_MESSAGES, classify
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.text import Block, blocks, clipped, first_line

_HEAD = re.compile(
    r" *(?:\[javac\] )?(?:(?P<file>[^\s:][^:]*\.(?:java|kt|groovy)):(?P<line>\d{1,9}): )?(?P<level>error|warning): "
    r"(?:\[(?P<code>[\w-]+)\] )?(?P<message>.*)$"
)
_END = re.compile(r" *(?:\[javac\] )?\d+ (?:error|warning)s?$|only showing the first")
_CARET = re.compile(r"(?P<indent> *)\^$")


def parse(output: Output, context: Context) -> Report:
    """Every error and warning; the source line, the caret and the notes below it are in ``detail``."""
    return Report(findings=tuple(_finding(block, context) for block in blocks(output.text, _HEAD)))


def _body(block: Block) -> list[str]:
    """Up to the count of errors or a blank line: a diagnostic has none."""
    end = next((number for number, row in enumerate(block.body) if not row or _END.match(row)), len(block.body))
    return block.body[:end]


def _finding(block: Block, context: Context) -> Finding:
    head, body = block.head, _body(block)
    caret = next((match for match in map(_CARET.match, body) if match), None)
    message, is_error = first_line(head["message"]), head["level"] == "error"
    return Finding(
        tool="javac",
        code=head["code"] or "",
        message=message,
        severity=Severity.ERROR if is_error else Severity.WARNING,
        file=context.path(head["file"] or ""),
        line=int(head["line"] or 0),
        column=len(caret["indent"]) + 1 if caret else 0,
        failure_class=classify(message, JAVA_MESSAGES, default=FailureClass.COMPILE) if is_error else FailureClass.LINT,
        detail=clipped(body),
    )
