"""The closed table of parsers: the name that a pack or a configuration uses -> what reads that output.

A new format is a file here and a row. Rows that join several are for builds in which several programs talk at once.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.domain.verdict import CaseResult, Report
from orchestrator.errors import ParseError
from orchestrator.validation.parsers import (
    bash,
    cargo,
    cargo_test,
    cmake,
    crash,
    eslint,
    gcc,
    gcc_json,
    go,
    go_test,
    gradle,
    javac,
    jest,
    junit,
    ld,
    make,
    matched,
    maven,
    mypy,
    node,
    node_test,
    pyright,
    pytest_text,
    python,
    ruff,
    rustc,
    sarif,
    shellcheck,
    tap,
    tsc,
    unittest_text,
)
from orchestrator.validation.parsers.output import Context, Output, Parser

if TYPE_CHECKING:
    from orchestrator.domain.finding import Finding

__all__ = ["PARSERS"]


def _joined(*parsers: Parser) -> Parser:
    """Each of them on the same output; a finding that two of them make counts once."""

    def parse(output: Output, context: Context) -> Report:
        findings: dict[tuple[str, int, str], Finding] = {}
        tests: list[CaseResult] = []
        is_complete = True
        for parser in parsers:
            report = parser(output, context)
            is_complete = is_complete and report.is_complete
            tests.extend(report.tests)
            for finding in report.findings:
                findings.setdefault((finding.file, finding.line, finding.message), finding)
        return Report(findings=tuple(findings.values()), tests=tuple(tests), is_complete=is_complete)

    return parse


def _honest(parser: Parser) -> Parser:
    """What is known to be cut is not complete, whatever can still be read of it; a report file speaks for itself."""

    def parse(output: Output, context: Context) -> Report:
        if not output.is_cut or output.reports:
            return parser(output, context)
        try:
            return replace(parser(output, context), is_complete=False)
        except ParseError:
            return Report(is_complete=False)

    return parse


_READERS: Mapping[str, Parser] = {
    "bash": bash.parse,
    "cargo": cargo.parse,
    "cargo-test": cargo_test.parse,
    "cc": _joined(gcc.parse, ld.parse, cmake.parse, make.parse),
    "cmake": cmake.parse,
    "eslint": eslint.parse,
    "gcc": gcc.parse,
    "gcc-json": gcc_json.parse,
    "generic": _joined(matched.parse, python.parse, node.parse, crash.parse, ld.parse, make.parse),
    "go": go.parse,
    "go-test": go_test.parse,
    "gradle": gradle.parse,
    "javac": javac.parse,
    "jest": jest.parse,
    "junit": junit.parse,
    "ld": ld.parse,
    "make": make.parse,
    "matchers": matched.parse,
    "maven": maven.parse,
    "mypy": mypy.parse,
    "node": node.parse,
    "node-test": node_test.parse,
    "program": _joined(python.parse, node.parse, crash.parse),
    "pyright": pyright.parse,
    "pytest": pytest_text.parse,
    "python": python.parse,
    "ruff": ruff.parse,
    "rustc": rustc.parse,
    "sarif": sarif.parse,
    "shellcheck": shellcheck.parse,
    "tap": tap.parse,
    "tsc": tsc.parse,
    "unittest": unittest_text.parse,
    "vitest": jest.parse,
}

PARSERS: Mapping[str, Parser] = {name: _honest(reader) for name, reader in _READERS.items()}
"""In alphabetical order."""
