"""Linkers: GNU ld, gold, mold and lld, as gcc, clang and rustc pass them on."""

import re
from collections.abc import Iterator

from orchestrator.domain.finding import FailureClass, Finding
from orchestrator.domain.verdict import Report
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.text import first_line, lines

_LINKER = r"(?:\S*/)?(?:[\w-]+-)?(?:ld(?:\.\w+)?|mold|collect2)"
_LINE = re.compile(
    rf"(?:{_LINKER}: )?(?:(?:error|fatal error): )?(?:(?P<place>\S[^`']*?): )?"
    r"(?P<message>(?:undefined reference to|multiple definition of|undefined symbol:"
    r"|duplicate symbol:) ?(?P<symbol>.+))$"
)
_LIBRARY = re.compile(
    rf"{_LINKER}: (?:error: )?(?P<message>(?:cannot find|unable to find library) (?P<symbol>-l[^\s:]+).*)$"
)
_OTHER = re.compile(
    rf"{_LINKER}: (?:error: )?(?P<message>(?:cannot (?:find|open) (?P<symbol>[^\s:]+)|relocation |final link).*)$"
)
_SOURCE = re.compile(r"(?P<file>[^\s:()]+\.\w+):(?P<line>\d{1,9})$")
_OBJECT = re.compile(r"(?P<file>[^\s:()]+\.(?:c|cc|cpp|cxx|C|m|rs|f90|s|S)):\(")
_REFERENCE = re.compile(r">>> referenced by (?P<file>[^\s:()]+):(?P<line>\d{1,9})")
_CLASSES = {"undefined": FailureClass.NAME, "multiple": FailureClass.COMPILE, "duplicate": FailureClass.COMPILE}


def parse(output: Output, context: Context) -> Report:
    """One finding for each symbol or library; where the linker knows the source, it is named."""
    found: dict[tuple[str, str], Finding] = {}
    for one in _findings(list(lines(output.text)), context):
        found.setdefault((one.message, one.file), one)
    return Report(findings=tuple(found.values()))


def _findings(rows: list[str], context: Context) -> Iterator[Finding]:
    for number, row in enumerate(rows):
        match = _LINE.match(row)
        if match:
            yield _symbol(match, rows[number + 1 : number + 3], context=context)
            continue
        missing = _LIBRARY.match(row) or _OTHER.match(row)
        if missing:
            yield Finding(
                tool="ld",
                message=first_line(missing["message"]),
                failure_class=FailureClass.DEPENDENCY_RESOLUTION if missing["symbol"] else FailureClass.COMPILE,
            )


def _symbol(match: re.Match[str], below: list[str], *, context: Context) -> Finding:
    place = match["place"] or ""
    source = _SOURCE.search(place) or next((hit for hit in map(_REFERENCE.match, below) if hit), None)
    known = source or _OBJECT.search(place)
    message = first_line(match["message"].partition(";")[0])
    return Finding(
        tool="ld",
        message=message,
        file=context.path(known["file"]) if known else "",
        line=int(source["line"]) if source else 0,
        failure_class=_CLASSES[message.partition(" ")[0]],
        detail=first_line(match.string),
    )
