"""``go build``, ``go vet`` and the compiler's part of ``go test``, as text."""

import re

from orchestrator.domain.finding import FailureClass, Finding
from orchestrator.domain.verdict import Report
from orchestrator.validation.parsers.classes import GO_MESSAGES, classify
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.text import Block, blocks, clipped, first_line

_HEAD = re.compile(
    r"(?:(?P<tool>vet): )?(?P<file>[^\s:][^:]*\.(?:go|s|mod"
    r"|work)):(?P<line>\d{1,9}):(?:(?P<column>\d{1,9}):)? (?P<message>.*)$"
    r"|(?P<bare>go: .*)$|(?P<package>#) "
)
_DEPENDENCY = re.compile(
    r"cannot find module providing|no required module provides|missing go\.sum entry|module lookup disabled"
    r"|unknown revision"
    r"|reading \S+: |verifying \S+: |updates to go\.(?:mod|sum) needed"
)
_NOTICE = re.compile(r"go: (?:downloading|finding|added|upgraded|found|extracting|warning)\b")


def parse(output: Output, context: Context) -> Report:
    """Every error; lines below it that are indented are in ``detail``. What ``go`` says of modules names no file."""
    found = [_finding(block, context) for block in blocks(output.text, _HEAD) if not block.head["package"]]
    return Report(findings=tuple(one for one in found if one))


def _finding(block: Block, context: Context) -> Finding | None:
    head = block.head
    text = first_line(head["message"] or (head["bare"] or "").removeprefix("go: "))
    if _NOTICE.match(head.string) or not text or text == "too many errors":
        return None
    is_dependency = _DEPENDENCY.search(text) is not None
    body = block.body[: next((number for number, row in enumerate(block.body) if row[:1] not in {"\t", " "}), None)]
    return Finding(
        tool="vet" if head["tool"] else "go",
        message=text,
        file=context.path(head["file"] or ""),
        line=int(head["line"] or 0),
        column=int(head["column"] or 0),
        failure_class=FailureClass.DEPENDENCY_RESOLUTION
        if is_dependency
        else classify(text, GO_MESSAGES, default=FailureClass.COMPILE),
        detail=clipped(body),
    )
