"""What compiled programs print when they end themselves: assertions, uncaught exceptions, panics, sanitizers."""

import re

from orchestrator.domain.finding import FailureClass, Finding
from orchestrator.domain.verdict import Report
from orchestrator.validation.parsers.classes import of_exception
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.stack import locate
from orchestrator.validation.parsers.text import Block, blocks, clipped, first_line

_HEAD = re.compile(
    r"(?:(?P<c_program>[^\s:]+): )?(?P<c_file>[^\s:]+):(?P<c_line>\d{1,9}): .*?"
    r"(?P<c_assert>Assertion [`'].*) failed\.(?: .*)?$"
    r"|(?P<cpp>terminate called (?:after throwing an instance of '(?P<cpp_name>[^']+)'|without an active exception))"
    r"|Exception in thread \"[^\"]*\" (?P<java_name>[\w.$]+)(?:: (?P<java_message>.*))?$"
    r"|thread '.*' (?:\(\d+\) )?panicked at (?P<rust>.*)$"
    r"|(?P<go>(?:panic|fatal error): .*)$"
    r"|(?:==\d+==)?ERROR: (?P<sanitizer>(?:Address|Leak|Thread|Memory)Sanitizer: .*)$"
    r"|(?P<ub_file>[^\s:]+):(?P<ub_line>\d{1,9}):\d+: runtime error: (?P<ub>.*)$"
    r"|(?P<signal>(?:.*: line \d+: +\d+ )?(?:Segmentation fault|Aborted|Bus error|Illegal instruction"
    r"|Floating point exception|Killed)\b.*)$"
)
_SYMBOL = re.compile(r" +#\d+ 0x[0-9a-f]+ in \S+ (?P<file>[^\s:]+):(?P<line>\d{1,9})")
_MOST_ROWS = 100


def parse(output: Output, context: Context) -> Report:
    """A finding for each program that ended itself; none where none did."""
    return Report(findings=tuple(_finding(block, context) for block in blocks(output.text, _HEAD)))


def _finding(block: Block, context: Context) -> Finding:
    rows = block.body[:_MOST_ROWS]
    file, line = _place(block, rows, context=context)
    return Finding(
        tool="program",
        message=_message(block.head, rows),
        file=file,
        line=line,
        failure_class=_class(block.head, rows),
        detail=clipped([block.head.string, *rows]),
    )


def _message(head: re.Match[str], rows: list[str]) -> str:
    below = first_line(rows[0]) if rows else ""
    if head["cpp"]:
        name = head["cpp_name"] or "terminate called"
        return f"{name}: {below.removeprefix('what():').strip()}" if below.startswith("what()") else name
    if head["java_name"]:
        return ": ".join(part for part in (head["java_name"], first_line(head["java_message"] or "")) if part)
    if head["rust"] is not None:
        return below or "panicked"
    return first_line(head["c_assert"] or head["go"] or head["sanitizer"] or head["ub"] or head["signal"] or "")


def _class(head: re.Match[str], rows: list[str]) -> FailureClass:
    if head["c_assert"] or (head["rust"] is not None and rows and rows[0].startswith("assertion")):
        return FailureClass.ASSERT
    return of_exception(head["java_name"]) if head["java_name"] else FailureClass.RUNTIME


def _place(block: Block, rows: list[str], *, context: Context) -> tuple[str, int]:
    head = block.head
    for kind in ("c", "ub"):
        if head[f"{kind}_file"]:
            return context.path(head[f"{kind}_file"]), int(head[f"{kind}_line"])
    own = [(context.path(match["file"]), int(match["line"])) for match in map(_SYMBOL.match, rows) if match]
    first = next((place for place in own if not place[0].startswith(("/", ".."))), None)
    return first or locate("\n".join([head.string, *rows]), context)
