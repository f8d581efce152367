"""``node --test``: its spec reporter (the default on a terminal and since node 23 everywhere), TAP and JUnit XML."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, takewhile

from orchestrator.domain.finding import FailureClass, Finding
from orchestrator.domain.verdict import CaseResult, CaseStatus, Report
from orchestrator.errors import ParseError
from orchestrator.validation.parsers import junit, node, tap
from orchestrator.validation.parsers.cases import with_unique_ids
from orchestrator.validation.parsers.classes import of_exception
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.stack import locate
from orchestrator.validation.parsers.text import clipped, first_line, lines

_MARKS = {"✔": CaseStatus.PASSED, "✖": CaseStatus.FAILED, "﹣": CaseStatus.SKIPPED, "⚠": CaseStatus.SKIPPED}
_RESULT = re.compile(r"(?P<indent> *)(?P<mark>[✔✖﹣⚠▶]) (?P<name>.*?)(?: \([\d.]+ms\))?(?P<directive> # .*)?$")
_SUITE = "\u25b6"
_INFO = "\u2139"
_COUNT = re.compile(rf"{_INFO} duration_ms [\d.]+$")
_AGAIN = "✖ failing tests:"
_RAISED = re.compile(r" *(?P<name>[A-Z]\w*?)(?: \[(?P<code>\w+)\])?: (?P<message>.*)$")
_PLACE = re.compile(r"test at (?P<file>.+):(?P<line>\d{1,9}):\d{1,9}$")


@dataclass(slots=True)
class _Test:
    """A result, the names of the suites around it, and what stands below it."""

    path: tuple[str, ...]
    status: CaseStatus
    rows: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The names of the suites and of the test."""
        return " > ".join(self.path)


def parse(output: Output, context: Context) -> Report:
    """Every test (``suite > test``) with a finding for each that failed, and for source that node could not load.

    Raises:
        ParseError: none of the three reporters wrote it.
    """
    text = output.text.lstrip()
    if output.reports or text.startswith("<"):
        return junit.parse(output, context)
    if text.startswith("TAP version"):
        report = tap.parse(output, context)
        named = tuple(replace(one, tool="node-test") for one in report.findings)
        return _with_loading_errors(replace(report, findings=named), output, context=context)
    rows = list(lines(text))
    tests = list(_tests(rows, context))
    is_complete = any(_COUNT.match(row) for row in rows)
    if not (tests or is_complete):
        raise ParseError("no reporter of node:test wrote it", of="node-test")
    places = _places(rows, context)
    report = Report(
        findings=tuple(_finding(test, places, context=context) for test in tests if test.status is CaseStatus.FAILED),
        tests=with_unique_ids(CaseResult(id=test.id, status=test.status, message=_message(test)) for test in tests),
        is_complete=is_complete,
    )
    return _with_loading_errors(report, output, context=context)


def _with_loading_errors(report: Report, output: Output, *, context: Context) -> Report:
    """With what node said of a file that it could not load; TAP repeats it as comments."""
    text = "\n".join(re.sub(r"^# ?", "", line) for line in lines(output.text))
    thrown = [one for one in node.parse(Output(stdout=text), context).findings if one.file]
    return replace(report, findings=(*thrown, *report.findings))


def _tests(rows: Sequence[str], context: Context) -> Iterator[_Test]:
    """The results up to the totals. A suite is opened by its own mark and closed by a result of its name."""
    owners: list[tuple[int, str]] = []
    test: _Test | None = None
    for row in takewhile(lambda row: not row.startswith((_INFO, _AGAIN)), rows):
        match = _RESULT.match(row)
        if match:
            if test:
                yield test
            test = _opened(match, owners, context=context)
        elif test:
            test.rows.append(row)
    if test:
        yield test


def _opened(match: re.Match[str], owners: list[tuple[int, str]], *, context: Context) -> _Test | None:
    """The test that a line reports; ``None`` for the beginning or the end of a suite, noted in ``owners``."""
    depth, name = len(match["indent"]), context.without_root(first_line(match["name"]))
    is_end = bool(owners) and owners[-1] == (depth, name)
    owners[:] = [owner for owner in owners if owner[0] < depth]
    if match["mark"] == _SUITE:
        owners.append((depth, name))
        return None
    status = CaseStatus.SKIPPED if match["directive"] else _MARKS[match["mark"]]
    return None if is_end else _Test((*(owner for _, owner in owners), name), status)


def _places(rows: Sequence[str], context: Context) -> dict[str, tuple[str, int]]:
    """Name of a failed test -> where it is defined, from the list at the end."""
    found: dict[str, tuple[str, int]] = {}
    for row, below in pairwise(rows):
        place, result = _PLACE.match(row), _RESULT.match(below)
        if place and result:
            name = context.without_root(first_line(result["name"]))
            found.setdefault(name, (context.path(place["file"]), int(place["line"])))
    return found


def _raised(test: _Test) -> re.Match[str] | None:
    return next((match for match in map(_RAISED.match, test.rows) if match), None)


def _message(test: _Test) -> str:
    raised = _raised(test)
    return (first_line(raised["message"]) if raised else first_line("\n".join(test.rows))) if test.rows else ""


def _finding(test: _Test, places: dict[str, tuple[str, int]], *, context: Context) -> Finding:
    raised = _raised(test)
    file, line = locate("\n".join(test.rows), context)
    if not file and test.path[-1] in places:
        file, line = places[test.path[-1]]
    name = (raised["code"] if raised["code"] == "ERR_ASSERTION" else raised["name"]) if raised else ""
    return Finding(
        tool="node-test",
        message=_message(test) or "it failed",
        file=file,
        line=line,
        test=test.id,
        failure_class=of_exception(name) if name else FailureClass.UNKNOWN,
        detail=clipped(test.rows),
    )
