"""What the checks say of one tree."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from orchestrator.domain.finding import Finding


class VerdictStatus(StrEnum):
    """What a check, or all of them together, came to."""

    PASSED = "passed"
    FAILED = "failed"
    EMPTY = "empty"
    """Nothing was checked (no test ran): never a pass."""
    TOOL_ERROR = "tool_error"
    """The tool itself failed: nobody's patch is to blame."""


class Evidence(StrEnum):
    """What a verdict rests on."""

    IDS = "ids"
    """Counted ids of tests."""
    EXIT_CODE = "exit_code"
    """The exit code of the project's own command."""
    NONE = "none"


class CaseStatus(StrEnum):
    """How one test went."""

    __test__ = False  # not a test class, whatever its name looks like to a test runner

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"
    FLAKY = "flaky"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """One test that was run. ``id`` is the runner's own, stable between runs."""

    id: str
    status: CaseStatus
    seconds: float = 0.0
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a parser read out of one tool's output.

    Attributes:
        tests: in the order reported; empty for tools that run none.
        is_complete: whether the output was whole; a report that was cut off never passes.
    """

    findings: Sequence[Finding] = ()
    tests: Sequence[CaseResult] = ()
    is_complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one check, or a pipeline of them, says of one tree.

    Attributes:
        score: 0 to 1; 1 only where nothing is wrong.
        command: as run; empty for a verdict put together from others.
    """

    status: VerdictStatus
    evidence: Evidence = Evidence.NONE
    score: float = 0.0
    findings: Sequence[Finding] = ()
    tests: Sequence[CaseResult] = ()
    seconds: float = 0.0
    command: Sequence[str] = ()
