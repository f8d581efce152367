"""``go test -json`` (test2json): an event on each line."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from orchestrator.domain.finding import FailureClass, Finding
from orchestrator.domain.verdict import CaseResult, CaseStatus, Report
from orchestrator.errors import ParseError
from orchestrator.validation.parsers import go
from orchestrator.validation.parsers.jsontext import as_seconds, as_text, read_lines
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.stack import locate
from orchestrator.validation.parsers.text import clipped, first_line, lines

_STATUSES = {"pass": CaseStatus.PASSED, "fail": CaseStatus.FAILED, "skip": CaseStatus.SKIPPED}
_OWN = re.compile(r"=== |--- |(?:PASS|FAIL|ok)\b|exit status \d")
_SAID = re.compile(r" *(?P<file>\S+\.go):(?P<line>\d{1,9}): (?P<message>.*)$")
_TIMEOUT = re.compile(r"panic: test timed out after")
_PANIC = re.compile(r"panic: |fatal error: ")


@dataclass(slots=True)
class _Unit:
    """A test of a package, or (``test`` empty) a package."""

    package: str
    test: str
    status: CaseStatus | None = None
    seconds: float = 0.0
    output: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        """As go itself names it."""
        return f"{self.package}.{self.test}"


def parse(output: Output, context: Context) -> Report:
    """Every test (``package.Test/sub``), a finding for each that failed for itself, and what the compiler says.

    A package that began and did not end, or a test in it, makes the report incomplete.

    Raises:
        ParseError: no line is an event.
    """
    events = [row for _, row in read_lines(output.stdout) if row and "Action" in row]
    compiler = go.parse(Output(stdout=_compiler(events), stderr=output.stderr), context).findings
    if not (events or compiler):
        raise ParseError("no line is an event", of="go-test")
    units = _units(events)
    tests = [unit for unit in units.values() if unit.test]
    explained = _explained(units.values())
    failed = [
        unit
        for key, unit in units.items()
        if unit.status is CaseStatus.FAILED and key not in explained and (unit.test or not compiler)
    ]
    return Report(
        findings=(*compiler, *(_finding(unit, context) for unit in failed)),
        tests=tuple(
            CaseResult(id=unit.id, status=unit.status, seconds=unit.seconds)
            for unit in tests
            if unit.status is not None
        ),
        is_complete=all(unit.status for unit in units.values()),
    )


def _compiler(events: list[dict[str, Any]]) -> str:
    return "".join(as_text(event.get("Output")) for event in events if event.get("Action") == "build-output")


def _units(events: list[dict[str, Any]]) -> dict[tuple[str, str], _Unit]:
    units: dict[tuple[str, str], _Unit] = {}
    for event in events:
        key = as_text(event.get("Package")), as_text(event.get("Test"))
        if not key[0]:
            continue
        unit = units.setdefault(key, _Unit(*key))
        unit.status = _STATUSES.get(as_text(event.get("Action")), unit.status)
        unit.seconds = as_seconds(event.get("Elapsed")) or unit.seconds
        if event.get("Action") == "output":
            unit.output.append(as_text(event.get("Output")))
    return units


def _explained(units: Iterable[_Unit]) -> set[tuple[str, str]]:
    """Tests and packages that failed because of a test inside them."""
    found: set[tuple[str, str]] = set()
    for unit in units:
        if unit.status is CaseStatus.FAILED and unit.test:
            found.add((unit.package, ""))
            owners = list(accumulate(unit.test.split("/")[:-1], lambda above, name: f"{above}/{name}"))
            found.update((unit.package, owner) for owner in owners)
    return found


def _rows(unit: _Unit) -> list[str]:
    return [line for line in lines("".join(unit.output)) if not _OWN.match(line.lstrip())]


def _finding(unit: _Unit, context: Context) -> Finding:
    rows = _rows(unit)
    said = next((match for match in map(_SAID.match, rows) if match), None)
    panic = next((row for row in rows if _PANIC.match(row)), "")
    file, line = locate("\n".join(rows), context) if panic or not said else _place(unit, said, context=context)
    return Finding(
        tool="go-test",
        message=first_line(panic or (said["message"] if said else "\n".join(rows))) or "it failed",
        file=file,
        line=line,
        test=unit.id if unit.test else "",
        failure_class=_class(panic),
        detail=clipped(rows),
    )


def _class(panic: str) -> FailureClass:
    if _TIMEOUT.match(panic):
        return FailureClass.TIMEOUT
    return FailureClass.RUNTIME if panic else FailureClass.ASSERT


def _place(unit: _Unit, said: re.Match[str], *, context: Context) -> tuple[str, int]:
    """A test names its file without a folder: the longest end of the package's path that holds such a file is meant."""
    found = next((file for name in _candidates(unit.package, said["file"]) if (file := context.find(name))), "")
    return found or context.path(said["file"]), int(said["line"])


def _candidates(package: str, file: str) -> Iterator[str]:
    parts = package.split("/")
    for start in range(len(parts)):
        yield "/".join((*parts[start:], file))
    yield file
