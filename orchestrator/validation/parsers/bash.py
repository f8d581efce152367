"""``bash -n``, and what bash and dash print while a script runs."""

import re

from orchestrator.domain.finding import FailureClass, Finding
from orchestrator.domain.verdict import Report
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.text import first_line, lines

_LINE = re.compile(
    r"(?:(?:\S*/)?(?:ba|da|z)?sh: )?(?P<file>[^\s:][^:]*): (?:line )?(?P<line>\d{1,9}): +(?P<message>\S.*)$"
)
_ECHO = re.compile(r"`.*'$")
_CLASSES = (
    (re.compile(r"[Ss]yntax error|unexpected EOF|unexpected end of file|unterminated"
                r"|conditional binary operator"),
     FailureClass.SYNTAX),
    (re.compile(r"command not found|unbound variable|: not found$|parameter not set"), FailureClass.NAME),
)  # fmt: skip


def parse(output: Output, context: Context) -> Report:
    """Every complaint with a line, but for the echo of the offending line; anything else it prints is no finding."""
    found = [_finding(match, context) for match in map(_LINE.match, lines(output.text)) if match]
    return Report(findings=tuple(one for one in found if not _ECHO.match(one.message)))


def _finding(match: re.Match[str], context: Context) -> Finding:
    message = first_line(match["message"])
    return Finding(
        tool="bash",
        message=message,
        file=context.path(match["file"]),
        line=int(match["line"]),
        failure_class=next((kind for pattern, kind in _CLASSES if pattern.search(message)), FailureClass.RUNTIME),
    )
