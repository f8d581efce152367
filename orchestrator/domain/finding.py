"""One thing that a tool says is wrong, whatever the tool."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad the tool says it is; only errors decide unless a stage says otherwise."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class FailureClass(StrEnum):
    """What sort of failure it is; one table for validate, triage, CI and the workflow schema."""

    SYNTAX = "syntax"
    TYPE = "type"
    NAME = "name"
    COMPILE = "compile"
    WERROR = "werror"
    ASSERT = "assert"
    RUNTIME = "runtime"
    TIMEOUT = "timeout"
    LINT = "lint"
    FORMAT = "format"
    REVIEW = "review"
    ENFORCER = "enforcer"
    DEPENDENCY_RESOLUTION = "dependency_resolution"
    DEPENDENCY_LOCK = "dependency_lock"
    UNKNOWN = "unknown"


class Category(StrEnum):
    """Who has to act on it."""

    CODE = "code"
    CONFIG = "config"
    DEPENDENCY = "dependency"
    INFRA = "infra"
    FLAKY = "flaky"
    SECURITY = "security"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding.

    Attributes:
        tool: the program that says so (``ruff``, ``gcc``, ``pytest``).
        message: its first line, cleaned of control characters.
        code: the tool's own code (``F401``, ``E0308``, ``TS2304``); ``""`` where it has none.
        file: relative to the project's root, with ``/``; ``""`` where none is named.
        line, column: 1-based; 0 where unknown.
        test: id of the test that failed; ``""`` for anything but a test.
        failure_class: what sort it is, as far as the parser can tell.
        detail: further lines that a person or a model needs (a traceback, a note); may be empty.
        fingerprint: equal for the same finding in another tree where lines have moved; made by the judge.
    """

    tool: str
    message: str
    severity: Severity = Severity.ERROR
    code: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    test: str = ""
    failure_class: FailureClass = FailureClass.UNKNOWN
    detail: str = ""
    fingerprint: str = ""
