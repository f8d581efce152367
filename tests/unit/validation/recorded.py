"""Recorded outputs of real tools: ``tests/cases/parsers/FORMAT/CASE/``.

``input/`` holds the program that the tool was given (each name with ``.txt`` behind it), ``stdout.txt``,
``stderr.txt`` and ``report.xml`` what the tool left, with the folder called ``/project``; ``case.json`` the tool's
version, its command, its exit code and the report that is expected.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator.domain.finding import Finding
from orchestrator.domain.verdict import Report
from orchestrator.validation.parsers.output import Context, Output

CASES = Path(__file__).parents[2] / "cases" / "parsers"
ROOT = "/project"


@dataclass(frozen=True)
class Recorded:
    """One recorded run of a tool."""

    folder: Path

    def __str__(self) -> str:
        return f"{self.format}/{self.folder.name}"

    @property
    def format(self) -> str:
        return self.folder.parent.name

    @property
    def output(self) -> Output:
        report = self._text("report.xml")
        return Output(
            stdout=self._text("stdout.txt"), stderr=self._text("stderr.txt"), reports=[report] if report else []
        )

    @property
    def context(self) -> Context:
        given = self.folder / "input"
        files = (path.relative_to(given).as_posix().removesuffix(".txt") for path in given.rglob("*.txt"))
        return Context(root=ROOT, files=tuple(sorted(files)))

    @property
    def case(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self._text("case.json"))
        return read

    def _text(self, name: str) -> str:
        path = self.folder / name
        return path.read_text(encoding="utf-8") if path.exists() else ""


def recorded(*formats: str) -> list[Recorded]:
    """All cases, or those of the formats."""
    found = [Recorded(path.parent) for path in sorted(CASES.glob("*/*/case.json"))]
    return [one for one in found if not formats or one.format in formats]


def told(report: Report) -> dict[str, Any]:
    """A report as the cases write it: what is empty or 0 is left out, details are not compared."""
    return {
        "is_complete": report.is_complete,
        "findings": [_finding(one) for one in report.findings],
        "tests": {case.id: case.status.value for case in report.tests},
    }


def _finding(one: Finding) -> dict[str, Any]:
    row = {
        "tool": one.tool,
        "code": one.code,
        "severity": one.severity.value,
        "class": one.failure_class.value,
        "file": one.file,
        "line": one.line,
        "column": one.column,
        "test": one.test,
        "message": one.message,
    }
    return {key: value for key, value in row.items() if value not in ("", 0)}
