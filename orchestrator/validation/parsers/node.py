"""What node prints for an exception that nobody catches, and for source that does not parse."""

import re
from collections.abc import Sequence

from orchestrator.domain.finding import FailureClass, Finding
from orchestrator.domain.verdict import Report
from orchestrator.validation.parsers.classes import of_exception
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.stack import locate
from orchestrator.validation.parsers.text import Block, blocks, clipped, first_line

_HEAD = re.compile(r"(?P<file>(?:file://)?/[^:]+|node:[\w/.-]+|[\w./-]+\.[cm]?[jt]sx?):(?P<line>\d{1,9})$")
_RAISED = re.compile(r"(?:\[?)(?P<name>[A-Z]\w{0,100})(?: \[(?P<code>[\w-]+)\])?: (?P<message>.*)$")
_CODE = re.compile(r"  code: '(?P<code>\w+)'")
_END = re.compile(r"Node\.js v\d")
_MISSING = frozenset({"MODULE_NOT_FOUND", "ERR_MODULE_NOT_FOUND", "ERR_PACKAGE_PATH_NOT_EXPORTED"})
_NO_EXPORT = "does not provide an export named"
_MOST_ROWS = 400


def parse(output: Output, context: Context) -> Report:
    """A finding for each exception that ended a process; none where nothing was thrown."""
    found = [_finding(block, context) for block in blocks(output.text, _HEAD)]
    return Report(findings=tuple(one for one in found if one))


def _rows(block: Block) -> list[str]:
    rows = block.body[:_MOST_ROWS]
    end = next((number for number, row in enumerate(rows) if _END.match(row)), len(rows))
    return rows[:end]


def _finding(block: Block, context: Context) -> Finding | None:
    rows = _rows(block)
    raised = next((match for match in map(_RAISED.match, rows) if match), None)
    message = f"{raised['name']}: {first_line(raised['message'])}" if raised else _thrown(rows)
    if not message:
        return None
    file, line = context.path(block.head["file"]), int(block.head["line"])
    if file.startswith(("node:", "/")):
        file, line = locate("\n".join(rows), context)
    return Finding(
        tool="node",
        code=raised["name"] if raised else "",
        message=message,
        file=file,
        line=line,
        column=_column(rows) if file == context.path(block.head["file"]) else 0,
        failure_class=_class(raised, rows),
        detail=clipped([block.head.string, *rows]),
    )


def _thrown(rows: Sequence[str]) -> str:
    """A value that is no error is printed right below the caret."""
    below = next((number for number, row in enumerate(rows) if row.strip() and not row.strip("^ ")), len(rows))
    return first_line("\n".join(rows[below + 1 :]))


def _column(rows: Sequence[str]) -> int:
    caret = next((row for row in rows[:3] if row.strip() and not row.strip("^ ")), "")
    return caret.index("^") + 1 if caret else 0


def _class(raised: re.Match[str] | None, rows: Sequence[str]) -> FailureClass:
    if raised is None:
        return FailureClass.RUNTIME
    code = raised["code"] or next((match["code"] for match in map(_CODE.match, rows) if match), "")
    if code == "ERR_ASSERTION":
        return FailureClass.ASSERT
    is_missing = code in _MISSING or _NO_EXPORT in raised["message"]
    return FailureClass.NAME if is_missing else of_exception(raised["name"])
