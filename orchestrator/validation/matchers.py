"""Problem matchers: one regular expression for each tool of the long tail, as data.

A matcher sees one line at a time, of bounded length. Its groups are ``file``, ``line``, ``column``, ``level``, ``code``
and ``message``; all but ``message`` may be missing. The first matcher that fits a line decides, so the narrow ones
stand first. A tool with a parser of its own needs no row.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.domain.finding import FailureClass, Severity

__all__ = ["MATCHERS", "Matcher"]

_FILE = r"(?P<file>[^\s:()][^:()\n]*?)"
_LINE = r"(?P<line>\d{1,9})"
_COLUMN = r"(?P<column>\d{1,9})"
_PLACE = rf"{_FILE}:{_LINE}:{_COLUMN}"
_LEVEL = r"(?P<level>fatal error|error|warning|note|info|information|hint|style|Error|Warning|ERROR|WARN|WARNING)"
_MESSAGE = r"(?P<message>\S.*)"


@dataclass(frozen=True, slots=True)
class Matcher:
    """One row: how a tool writes a finding.

    Attributes:
        tool: what the finding names.
        pattern: fits a whole line from its beginning.
        failure_class: of an error that it matches.
        severity: where the line names no level.
    """

    tool: str
    pattern: re.Pattern[str]
    failure_class: FailureClass = FailureClass.COMPILE
    severity: Severity = Severity.ERROR


def _row(
    tool: str, pattern: str, *, kind: FailureClass = FailureClass.COMPILE, severity: Severity = Severity.ERROR
) -> Matcher:
    return Matcher(tool, re.compile(pattern), kind, severity)


_LINT, _SYNTAX = FailureClass.LINT, FailureClass.SYNTAX

MATCHERS: Sequence[Matcher] = (
    _row("github", rf"::{_LEVEL} (?:file=(?P<file>[^,:]+))?(?:,line={_LINE})?[^:]*::{_MESSAGE}$",
         kind=FailureClass.UNKNOWN),
    _row("msbuild", rf" *{_FILE}\({_LINE},{_COLUMN}(?:,\d+,\d+)?\): {_LEVEL} (?P<code>[A-Z]{{2,6}}\d+): {_MESSAGE}$"),
    _row("msvc", rf" *{_FILE}\({_LINE}(?:,{_COLUMN})?\) ?: {_LEVEL} (?P<code>[A-Z]+\d+): {_MESSAGE}$"),
    _row("flake8", rf"{_PLACE}: (?P<code>E9\d\d) {_MESSAGE}$", kind=_SYNTAX),
    _row("flake8", rf"{_PLACE}: (?P<code>[A-Z]{{1,4}}\d{{2,4}})(?: \[\*\])? {_MESSAGE}$", kind=_LINT),
    _row("pylint", rf"{_PLACE}: (?P<code>[CRWEFI]\d{{4}}): {_MESSAGE}$", kind=_LINT),
    _row("mypy", rf"(?P<file>[^\s:]+\.pyi?):{_LINE}(?::{_COLUMN})?: {_LEVEL}: {_MESSAGE}  \[(?P<code>[\w-]+)\]$",
         kind=FailureClass.TYPE),
    _row("yamllint", rf"{_PLACE}: \[{_LEVEL}\] (?P<message>syntax error.*)$", kind=_SYNTAX),
    _row("yamllint", rf"{_PLACE}: \[{_LEVEL}\] {_MESSAGE}$", kind=_LINT),
    _row("actionlint", rf"(?P<file>\S+\.ya?ml):{_LINE}:{_COLUMN}: {_MESSAGE} \[(?P<code>[\w-]+)\]$", kind=_LINT),
    _row("markdownlint", rf"(?P<file>\S+\.md):{_LINE}(?::{_COLUMN})? (?:error )?(?P<code>MD\d{{3}})\S* {_MESSAGE}$",
         kind=_LINT),
    _row("golangci-lint", rf"(?P<file>\S+\.go):{_LINE}:{_COLUMN}: {_MESSAGE} \((?P<code>[a-z][\w-]+)\)$", kind=_LINT),
    _row("hadolint", rf"{_FILE}:{_LINE} (?P<code>(?:DL|SC)\d{{4}}) {_LEVEL}: {_MESSAGE}$", kind=_LINT),
    _row("ktlint", rf"(?P<file>\S+\.kts?):{_LINE}:{_COLUMN}: {_MESSAGE} \((?P<code>[\w:-]+)\)$", kind=_LINT),
    _row("kotlinc", rf"(?P<level>[ew]): (?:file://)?(?P<file>/?[^\s:]+\.kts?):{_LINE}:{_COLUMN}:? {_MESSAGE}$"),
    _row("sbt", rf"\[{_LEVEL}\] (?P<file>/?[^\s:]+\.scala):{_LINE}(?::{_COLUMN})?: {_MESSAGE}$"),
    _row("php", rf"(?:PHP )?Parse error: +{_MESSAGE} in (?P<file>\S+) on line {_LINE}$", kind=_SYNTAX),
    _row("php", rf"(?:PHP )?(?:Fatal|Recoverable fatal) error: +{_MESSAGE} in (?P<file>\S+)(?: on line |:){_LINE}$",
         kind=FailureClass.RUNTIME),
    _row("perl",
         rf"(?P<message>syntax error|Can't .*|Bareword .*|Global symbol .*) at (?P<file>\S+) line {_LINE}[.,].*$",
         kind=_SYNTAX),
    _row("ruby", rf"(?P<file>[^\s:]+\.rb):{_LINE}: (?P<message>syntax error.*)$", kind=_SYNTAX),
    _row("ruby", rf"(?P<file>[^\s:]+\.rb):{_LINE}:in [`'].*': {_MESSAGE}$", kind=FailureClass.RUNTIME),
    _row("lua", rf"luac?(?:5\.\d)?: (?P<file>[^\s:]+):{_LINE}: {_MESSAGE}$", kind=_SYNTAX),
    _row("elixir", rf"\*\* \((?P<code>\w+)\) (?P<file>[^\s:]+\.exs?):{_LINE}(?::{_COLUMN})?: {_MESSAGE}$"),
    _row("ghc", rf"(?P<file>\S+\.l?hs):{_LINE}:{_COLUMN}: {_LEVEL}:(?: \[(?P<code>[\w-]+)\])? ?(?P<message>.*)$"),
    _row("swiftc", rf"(?P<file>/?\S+\.swift):{_LINE}:{_COLUMN}: {_LEVEL}: {_MESSAGE}$"),
    _row("dart",
         rf" *{_LEVEL} (?:-|•) {_MESSAGE} (?:-|•) (?P<file>\S+\.dart):{_LINE}:{_COLUMN} (?:-|•) (?P<code>\w+)$",
         kind=_LINT),
    _row("terraform", rf" *on (?P<file>\S+\.tf) line {_LINE}, in (?P<message>.*)$"),
    _row("stylelint", rf"(?P<file>\S+\.(?:css|scss|less)): line {_LINE}, col {_COLUMN}, {_LEVEL} - {_MESSAGE}$",
         kind=_LINT),
    _row("eslint", rf"(?P<file>\S+\.[cm]?[jt]sx?): line {_LINE}, col {_COLUMN}, {_LEVEL} - {_MESSAGE}$", kind=_LINT),
    _row("prettier", r"\[(?P<level>warn|error)\] (?P<file>[^\s:]+\.\w+)(?P<message>)$", kind=FailureClass.FORMAT),
    _row("black", r"(?P<message>would reformat) (?P<file>\S+)$", kind=FailureClass.FORMAT),
    _row("rustfmt", rf"(?P<message>Diff in) (?P<file>\S+?)(?: at line |:){_LINE}:?$", kind=FailureClass.FORMAT),
    _row("clang-format", rf"{_PLACE}: {_LEVEL}: (?P<message>code should be clang-formatted.*)$",
         kind=FailureClass.FORMAT),
    _row("compiler", rf"{_PLACE}: {_LEVEL}: {_MESSAGE}$"),
    _row("compiler", rf"{_FILE}:{_LINE}: {_LEVEL}: {_MESSAGE}$"),
    _row("compiler", rf"{_FILE}:{_LINE}: (?P<message>(?:[Ss]yntax|[Pp]arse) ?[Ee]rror.*)$", kind=_SYNTAX),
    _row("compiler", rf"{_LEVEL}: {_FILE}:{_LINE}(?::{_COLUMN})?: {_MESSAGE}$"),
)  # fmt: skip
"""In the order in which they are tried."""
