"""Diagnostics of rustc as text, the way cargo passes them on when nobody asks for JSON."""

import re
from collections.abc import Sequence

from orchestrator.domain.finding import FailureClass, Finding, Severity
from orchestrator.domain.verdict import Report
from orchestrator.validation.parsers.classes import RUST_CODES, classify
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.text import Block, blocks, clipped, first_line

__all__ = ["class_of", "is_summary", "parse"]

_HEAD = re.compile(r"(?P<level>error|warning)(?:\[(?P<code>E\d{4}|[\w:]+)\])?: (?P<message>.*)$")
_ARROW = re.compile(r" *--> (?P<file>.+?):(?P<line>\d{1,9}):(?P<column>\d{1,9})$")
_SUMMARY = re.compile(
    r"aborting due to|could not compile|build failed|\d+ warnings? emitted|`.*` \(.*\) generated \d+ warning"
    r"|test failed, to rerun|\d+ targets? failed|Some errors have detailed explanations|For more information about"
    r"|process didn't exit successfully"
)
_DENIED = re.compile(r"#\[deny\(warnings\)\]|-D warnings")
_NO_CODE_ERRORS = re.compile(r"cannot find (?:macro|attribute|derive)")
_DEPENDENCY = re.compile(
    r"no matching package|failed to (?:select a version|get `|download|load source)|failed to resolve: "
)


def is_summary(message: str) -> bool:
    """Whether rustc or cargo only counts what it said before."""
    return _SUMMARY.match(message) is not None


def class_of(code: str, message: str, *, text: str = "") -> FailureClass:
    """The class of an error of rustc or cargo; ``text`` is all of it, with its notes."""
    if _DENIED.search(text):
        return FailureClass.WERROR
    if code and not code.startswith("E0"):
        return FailureClass.LINT
    if code:
        return classify(code, RUST_CODES, default=FailureClass.COMPILE)
    if _DEPENDENCY.match(message):
        return FailureClass.DEPENDENCY_RESOLUTION
    return FailureClass.NAME if _NO_CODE_ERRORS.match(message) else FailureClass.SYNTAX


def parse(output: Output, context: Context) -> Report:
    """Every diagnostic that names a place, and every other error of cargo; summaries are left out."""
    found = [_finding(block, context) for block in blocks(output.text, _HEAD) if not is_summary(block.head["message"])]
    return Report(findings=tuple(found))


def _body(rows: Sequence[str]) -> list[str]:
    """Up to the first blank line behind which nothing is indented: there something else begins."""
    for number, row in enumerate(rows):
        below = rows[number + 1] if number + 1 < len(rows) else ""
        if not row and not below.startswith(" "):
            return list(rows[:number])
    return list(rows)


def _finding(block: Block, context: Context) -> Finding:
    head, body = block.head, _body(block.body)
    arrow = next((match for match in map(_ARROW.match, body) if match), None)
    code, message = head["code"] or "", first_line(head["message"])
    failure_class = class_of(code, message, text="\n".join(body))
    is_of_cargo = arrow is None and failure_class is FailureClass.SYNTAX
    return Finding(
        tool="rustc" if arrow else "cargo",
        code=code,
        message=message,
        severity=Severity.ERROR if head["level"] == "error" else Severity.WARNING,
        file=context.path(arrow["file"]) if arrow else "",
        line=int(arrow["line"]) if arrow else 0,
        column=int(arrow["column"]) if arrow else 0,
        failure_class=FailureClass.UNKNOWN if is_of_cargo else failure_class,
        detail=clipped(body),
    )
