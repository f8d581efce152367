"""Each row of the table of problem matchers, on a line that its tool writes."""

import json
from pathlib import Path
from typing import Any

import pytest

from orchestrator.domain.finding import Finding
from orchestrator.validation.matchers import MATCHERS
from orchestrator.validation.parsers.matched import parse
from orchestrator.validation.parsers.output import Context, Output

CASES: list[tuple[str, str, dict[str, Any]]] = json.loads(
    (Path(__file__).parents[2] / "cases" / "matchers.json").read_text(encoding="utf-8")
)
QUIET = ["", "all is well", "see http://x:80/y: no error", "12:30:11 started", "error", "a: b: c", "Error: 3", "1:2:3"]


def matched(line: str) -> list[Finding]:
    return list(parse(Output(stdout=line), Context(root="/project")).findings)


@pytest.mark.parametrize(("tool", "line", "expected"), CASES, ids=[f"{tool}-{line[:30]}" for tool, line, _ in CASES])
def test_a_line_of_a_tool_is_read(tool: str, line: str, expected: dict[str, Any]) -> None:
    (finding,) = matched(line)
    told = {
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "code": finding.code,
        "class": finding.failure_class.value,
        "severity": finding.severity.value,
        "message": finding.message,
    }
    assert finding.tool == tool
    assert finding.message
    assert {key: told[key] for key in expected} == expected


def test_every_row_has_a_line() -> None:
    firsts = {next(row for row in MATCHERS if row.pattern.match(line)) for _, line, _ in CASES}
    assert [row.pattern.pattern for row in MATCHERS if row not in firsts] == []


@pytest.mark.parametrize("line", QUIET)
def test_a_line_that_says_no_such_thing_is_passed_over(line: str) -> None:
    assert matched(line) == []
