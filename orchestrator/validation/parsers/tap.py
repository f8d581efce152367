"""The Test Anything Protocol (versions 12 to 14), with the diagnostics that node:test puts below a result."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from orchestrator.domain.finding import FailureClass, Finding
from orchestrator.domain.verdict import CaseResult, CaseStatus, Report
from orchestrator.errors import ParseError
from orchestrator.validation.parsers.cases import with_unique_ids
from orchestrator.validation.parsers.classes import of_exception
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.stack import locate
from orchestrator.validation.parsers.text import clipped, first_line, indented, lines

_RESULT = re.compile(
    r" *(?P<verdict>not ok|ok)\b(?: +\d+)?(?: +-)? *(?P<name>[^#]*+(?>(?:#(?! *(?:SKIP|TODO)\b)[^#]*+)*))"
    r"(?:# *(?P<directive>SKIP|TODO)\b)?",
    re.IGNORECASE,
)
_SUBTEST = re.compile(r" *# Subtest: (?P<name>.*)$")
_PLAN = re.compile(r"1\.\.(?P<count>\d{1,9})")
_KEY = re.compile(r" *(?P<key>\w+): (?P<value>.*)$")
_PLACE = re.compile(r"(?P<file>.+):(?P<line>\d{1,9}):\d{1,9}$")
_LEVEL = 4


@dataclass(slots=True)
class _Point:
    """A result line with the YAML block below it; ``level`` counts from 0 at the outermost."""

    path: tuple[str, ...]
    level: int
    is_ok: bool
    directive: str
    rows: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The names of the suites and of the test."""
        return " > ".join(self.path) or "unnamed"

    @property
    def status(self) -> CaseStatus:
        """A test that is to do does not fail, whatever it does."""
        if self.directive:
            return CaseStatus.SKIPPED
        return CaseStatus.PASSED if self.is_ok else CaseStatus.FAILED


def parse(output: Output, context: Context) -> Report:
    """Every test; suites are left out, their names stand before those of their tests (``suite > test``).

    Without a plan, or with fewer tests than planned, or after ``Bail out!``, it is not complete.

    Raises:
        ParseError: it has neither a result nor a plan.
    """
    rows = list(lines(output.text))
    points, plans = _points(rows, context), [int(match["count"]) for match in map(_PLAN.match, rows) if match]
    if not (points or plans):
        raise ParseError("it has neither a result nor a plan", of="tap")
    tests = [point for number, point in enumerate(points) if not _is_suite(points, number)]
    findings = tuple(_finding(point, context) for point in tests if point.status is CaseStatus.FAILED)
    outermost = sum(point.level == 0 for point in points)
    bailed = any(row.startswith("Bail out!") for row in rows)
    return Report(
        findings=findings,
        tests=with_unique_ids(CaseResult(id=point.id, status=point.status, message=_message(point)) for point in tests),
        is_complete=bool(plans) and outermost >= sum(plans) and not bailed,
    )


def _points(rows: Sequence[str], context: Context) -> list[_Point]:
    points: list[_Point] = []
    names: dict[int, str] = {}
    block = -1
    for row in rows:
        depth = indented(row)
        if block >= 0:
            block = -1 if row.strip() == "..." and depth <= block else block
            points[-1].rows.append(row)
        elif row.strip() == "---" and points:
            block = depth
        else:
            _read(row, depth // _LEVEL, names=names, points=points)
    for point in points:
        point.path = tuple(map(context.without_root, point.path))
    return points


def _read(row: str, level: int, *, names: dict[int, str], points: list[_Point]) -> None:
    subtest, result = _SUBTEST.match(row), _RESULT.match(row)
    if subtest:
        names[level] = first_line(subtest["name"])
    elif result:
        owners = tuple(names[depth] for depth in range(level) if depth in names)
        name = first_line(result["name"]) or first_line(names.get(level, ""))
        is_ok = result["verdict"].lower() == "ok"
        points.append(_Point((*owners, name), level, is_ok, result["directive"] or ""))


def _is_suite(points: Sequence[_Point], number: int) -> bool:
    """A suite says so, or its members stand right above it, one level deeper."""
    point = points[number]
    above = points[number - 1] if number else None
    return any("type: 'suite'" in row for row in point.rows) or bool(above and above.level > point.level)


def _values(point: _Point) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, row in enumerate(point.rows):
        match = _KEY.match(row)
        if match and match["key"] not in found:
            is_block = match["value"].startswith(("|", ">"))
            value = first_line("\n".join(point.rows[number + 1 :])) if is_block else match["value"].strip("'\"")
            found[match["key"]] = value
    return found


def _message(point: _Point) -> str:
    return first_line(_values(point).get("error", "")) if point.status is CaseStatus.FAILED else ""


def _finding(point: _Point, context: Context) -> Finding:
    values = _values(point)
    said = _PLACE.match(values.get("location", ""))
    file, line = locate("\n".join(point.rows), context)
    if not file and said:
        file, line = context.path(said["file"]), int(said["line"])
    name = values.get("code", "") if values.get("code") == "ERR_ASSERTION" else values.get("name", "")
    return Finding(
        tool="tap",
        message=_message(point) or "it failed",
        file=file,
        line=line,
        test=point.id,
        failure_class=of_exception(name) if name else FailureClass.UNKNOWN,
        detail=clipped(point.rows),
    )
