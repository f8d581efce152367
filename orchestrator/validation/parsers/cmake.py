"""cmake's configure step."""

import re
from collections.abc import Sequence

from orchestrator.domain.finding import FailureClass, Finding, Severity
from orchestrator.domain.verdict import Report
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.text import Block, blocks, clipped, first_line

_HEAD = re.compile(
    r"CMake (?:(?P<level>Error|Warning|Deprecation Warning)(?: \(dev\))?)"
    r"(?:(?: in| at) (?P<file>[^\s:]+)(?::(?P<line>\d{1,9}))?(?: \((?P<command>[^)]*)\))?)?:(?P<message>.*)$"
    r"|(?P<other>-- |CMake Generate step failed|See also )"
)
_CLASSES = (
    (re.compile(r"Parse error|Function missing ending|Flow control"), FailureClass.SYNTAX),
    (re.compile(r"Unknown CMake command|unknown"), FailureClass.NAME),
    (
        re.compile(r"package configuration file|Could NOT find|required packages? (?:was|were) not found"),
        FailureClass.DEPENDENCY_RESOLUTION,
    ),
)


def parse(output: Output, context: Context) -> Report:
    """Every error and warning; ``code`` is the command that raised it, the rest of its text is in ``detail``."""
    found = [_finding(block, context) for block in blocks(output.text, _HEAD) if not block.head["other"]]
    return Report(findings=tuple(found))


def _body(block: Block) -> list[str]:
    """The indented lines; blank ones stand between them."""
    end = next((number for number, row in enumerate(block.body) if row and not row.startswith(" ")), len(block.body))
    return block.body[:end]


def _told(body: Sequence[str]) -> str:
    """The first paragraph; where it ends with a colon, the second as well."""
    paragraphs = [" ".join(part.split()) for part in "\n".join(body).strip("\n").split("\n\n")]
    return " ".join(paragraphs[: 2 if paragraphs[0].endswith(":") else 1])


def _finding(block: Block, context: Context) -> Finding:
    head, body = block.head, _body(block)
    text = " ".join((head["message"], *body))
    is_error = head["level"] == "Error"
    return Finding(
        tool="cmake",
        code=head["command"] or "",
        message=first_line(head["message"]) or first_line(_told(body)),
        severity=Severity.ERROR if is_error else Severity.WARNING,
        file=context.path(head["file"] or ""),
        line=int(head["line"] or 0),
        failure_class=next((kind for pattern, kind in _CLASSES if pattern.search(text)), FailureClass.COMPILE)
        if is_error
        else FailureClass.LINT,
        detail=clipped(body),
    )
