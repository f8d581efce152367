"""gcc and clang, C and C++, as text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from orchestrator.domain.finding import FailureClass, Finding, Severity
from orchestrator.domain.verdict import Report
from orchestrator.validation.parsers.classes import C_MESSAGES, classify
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.text import clipped, first_line, lines

__all__ = ["class_of", "is_summary", "parse", "without_option"]

_PLACE = r"(?P<file>[^\s:][^:]*):(?P<line>\d{1,9}):(?:(?P<column>\d{1,9}):)?"
_HEAD = re.compile(rf"{_PLACE} (?P<level>fatal error|error|warning|note): (?P<message>.*)$")
_DRIVER = re.compile(
    r"(?:\S*/)?(?P<tool>cc1\w*|gcc|g\+\+|cc|c\+\+|clang(?:\+\+)?|lto1)(?:-\d+)?: (?P<level>fatal error|error"
    r"|warning): (?P<message>.*)$"
)
_CONTEXT = re.compile(
    r"In file included from |  +from |\S.*: (?:In|At) (?:(?:static )?member )?(?:function|instantiation|substitution"
    r"|constructor"
    r"|lambda|global|destructor|top level)|\S+:\d+:\d+:   required |\S.*: (?:In|At) "
)
_USED = re.compile(rf"{_PLACE} (?:  +required from here|note: in instantiation of .* requested here)")
_OPTION = re.compile(r" \[(?P<option>-[WE][^\]]*)\]$")
_SUMMARY = re.compile(
    r"all warnings being treated as errors|linker command failed|ld returned|compilation terminated"
    r"|too many errors emitted"
    r"|\d+ (?:error|warning)s? generated"
)
_END = re.compile(r"(?:\d+ (?:errors?|warnings?)\b.* generated|compilation terminated|g?make(?:\[\d+\])?: )")
_CLANG = re.compile(r"\d+ (?:errors?|warnings?)(?: and \d+ errors?)? generated\.$|clang(?:\+\+)?(?:-\d+)?: ")
_SEVERITIES = {"warning": Severity.WARNING, "note": Severity.NOTE}


@dataclass(slots=True)
class _Diagnostic:
    head: re.Match[str]
    above: list[str]
    below: list[str] = field(default_factory=list)


def parse(output: Output, context: Context) -> Report:
    """Every error and warning; where it was included or instantiated, its notes and its excerpt are in ``detail``.

    An error inside a system header is reported where the project uses the header's template. The same message at the
    same place counts once.
    """
    text = output.text
    tool = "clang" if any(_CLANG.match(line) for line in lines(text)) else "gcc"
    found: dict[tuple[str, int, int, str], Finding] = {}
    for one in _diagnostics(text):
        finding = _finding(one, tool, context=context)
        if finding:
            found.setdefault((finding.file, finding.line, finding.column, finding.message), finding)
    return Report(findings=tuple(found.values()))


def is_summary(message: str) -> bool:
    """Whether a compiler's driver only says that something failed before."""
    return _SUMMARY.match(message) is not None


def class_of(message: str, severity: Severity) -> FailureClass:
    """The class of a message, which may still end with its option."""
    return (
        classify(message, C_MESSAGES, default=FailureClass.COMPILE) if severity is Severity.ERROR else FailureClass.LINT
    )


def without_option(message: str) -> tuple[str, str]:
    """A message and the option that it names at its end (``-Wunused-variable``)."""
    match = _OPTION.search(message)
    if not match:
        return message, ""
    option = match["option"].removeprefix("-Werror,").replace("-Werror=", "-W")
    return message[: match.start()], option


def _diagnostics(text: str) -> Iterator[_Diagnostic]:
    """Each error and warning with what stands around it; notes belong to the one above them."""
    current: _Diagnostic | None = None
    above: list[str] = []
    for line in lines(text):
        head = _HEAD.match(line) or _DRIVER.match(line)
        begins = head is not None and head["level"] != "note"
        if current and (begins or _END.match(line)):
            yield current
            current = None
        if head and begins:
            current, above = _Diagnostic(head, above), []
        elif _CONTEXT.match(line):
            above.append(line)
        elif current:
            current.below.append(line)
    if current:
        yield current


def _finding(one: _Diagnostic, tool: str, *, context: Context) -> Finding | None:
    head = one.head
    text = first_line(head["message"])
    if is_summary(text):
        return None
    severity = _SEVERITIES.get(head["level"], Severity.ERROR)
    message, option = without_option(text)
    file, line, column = _own_place(one, context)
    return Finding(
        tool=tool,
        code=option,
        message=message,
        severity=severity,
        file=file,
        line=line,
        column=column,
        failure_class=class_of(text, severity),
        detail=clipped([*one.above, *one.below]),
    )


def _own_place(one: _Diagnostic, context: Context) -> tuple[str, int, int]:
    place = _place(one.head, context)
    if place[0].startswith("/"):
        used: Sequence[tuple[str, int, int]] = [
            _place(match, context) for match in map(_USED.match, [*one.above, *one.below]) if match
        ]
        return next((own for own in reversed(used) if not own[0].startswith("/")), place)
    return place


def _place(match: re.Match[str], context: Context) -> tuple[str, int, int]:
    groups = match.groupdict()
    return context.path(groups.get("file") or ""), int(groups.get("line") or 0), int(groups.get("column") or 0)
