"""From how a command ended to what it says of the tree. Pure.

Where tests are counted their ids decide, and the exit code can only make it worse. What is not whole never passes.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from orchestrator.domain.assessment import FAILED_CASES
from orchestrator.domain.command import CommandResult
from orchestrator.domain.finding import FailureClass, Finding, Severity
from orchestrator.domain.verdict import CaseResult, CaseStatus, Evidence, Report, Verdict, VerdictStatus
from orchestrator.errors import ParseError
from orchestrator.validation.packs import StageCommand, StageName
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.pipeline.classes import class_of_text
from orchestrator.validation.pipeline.running import Ended

__all__ = ["read_ended", "read_missing", "score_of"]

_DETAIL_LINES = 40
_DETAIL_WIDTH = 500
_MOST_TEXT = 200_000
"""Characters of the end of an output in which its class is looked for."""
_DEFAULT_CLASS = {
    StageName.SYNTAX: FailureClass.SYNTAX,
    StageName.FORMAT: FailureClass.FORMAT,
    StageName.LINT: FailureClass.LINT,
    StageName.BUILD: FailureClass.COMPILE,
    StageName.SETUP: FailureClass.DEPENDENCY_RESOLUTION,
    StageName.TEST: FailureClass.ASSERT,
}
_SIGNALLED = 128
"""An exit code above it is this and the number of the signal that ended the command."""


def read_missing(command: StageCommand) -> Verdict:
    """What a command whose tool cannot be used comes to."""
    return _broken(command, command.missing, seconds=0.0)


def read_ended(command: StageCommand, ended: Ended, *, context: Context) -> Verdict:
    """What ``command`` says of the tree, by how it ended."""
    if ended.fault:
        return _broken(command, f"{command.tool} cannot be run: {ended.fault}", seconds=ended.seconds)
    if ended.result is None or ended.result.idle:
        return _timed_out(command, ended)
    verdict = _read(command, ended.result, reports=ended.reports, context=context)
    return replace(verdict, seconds=ended.seconds, command=command.argv)


def score_of(verdict: Verdict) -> float:
    """0 to 1; see :class:`orchestrator.domain.assessment.StageResult`."""
    if verdict.status is VerdictStatus.PASSED:
        return 1.0
    if verdict.status in {VerdictStatus.TOOL_ERROR, VerdictStatus.EMPTY}:
        return 0.0
    counted = Counter(test.status for test in verdict.tests)
    failed = sum(counted[status] for status in FAILED_CASES)
    total = failed + counted[CaseStatus.PASSED] + counted[CaseStatus.FLAKY]
    if failed:
        return (total - failed) / total
    errors = sum(one.severity is Severity.ERROR for one in verdict.findings)
    return 1 / (1 + max(errors, 1))


def _read(command: StageCommand, result: CommandResult, *, reports: Sequence[str], context: Context) -> Verdict:
    status = command.status(result.exit_code)
    report, fault = _parsed(command, result, reports=reports, context=context)
    if status is VerdictStatus.TOOL_ERROR:
        what = f"{command.tool} failed itself: exit code {result.exit_code}"
        return _broken(command, what, seconds=0.0, result=result, report=report)
    verdict = _decided(command, report, status=status)
    if verdict.status is VerdictStatus.PASSED and (fault or not report.is_complete):
        return _incomplete(command, report, result=result, why=fault)
    return _explained(command, verdict, result=result)


def _parsed(
    command: StageCommand, result: CommandResult, *, reports: Sequence[str], context: Context
) -> tuple[Report, str]:
    """What the parser makes of it; and why it can make nothing of it."""
    from orchestrator.validation.parsers.table import PARSERS

    is_cut = result.dropped_bytes > 0
    output = Output(stdout=result.stdout, stderr=result.stderr, reports=reports, is_cut=is_cut)
    if command.reports and not reports:
        return Report(is_complete=False), "it left no report"
    try:
        return PARSERS[command.parser](output, context), ""
    except ParseError as error:
        return Report(is_complete=False), str(error)


def _decided(command: StageCommand, report: Report, *, status: VerdictStatus) -> Verdict:
    """What ids say where they are counted, and the exit code."""
    ran = [test for test in report.tests if test.status is not CaseStatus.SKIPPED]
    counts = command.evidence is Evidence.IDS
    if any(test.status in FAILED_CASES for test in ran):
        status = VerdictStatus.FAILED
    elif counts and status is VerdictStatus.PASSED and not ran and report.is_complete:
        status = VerdictStatus.EMPTY
    elif status is VerdictStatus.FAILED and report.is_complete and _all_ignored(command, report.findings):
        status = VerdictStatus.PASSED
    evidence = Evidence.IDS if counts and report.tests else Evidence.EXIT_CODE
    return Verdict(
        status=status,
        evidence=Evidence.NONE if status is VerdictStatus.EMPTY else evidence,
        findings=tuple(_attributed(command, one) for one in report.findings),
        tests=tuple(report.tests),
    )


def _attributed(command: StageCommand, finding: Finding) -> Finding:
    """A format that many tools write names none of them."""
    return replace(finding, tool=command.tool) if finding.tool == command.parser and command.tool else finding


def _all_ignored(command: StageCommand, findings: Sequence[Finding]) -> bool:
    errors = [one for one in findings if one.severity is Severity.ERROR] or findings
    return bool(errors) and all(_never_decides(command, one) for one in errors)


def _never_decides(command: StageCommand, finding: Finding) -> bool:
    is_other = bool(command.decides) and finding.failure_class not in command.decides
    return is_other or (bool(finding.code) and finding.code in command.ignore)


def _explained(command: StageCommand, verdict: Verdict, *, result: CommandResult) -> Verdict:
    """A failure has a finding: where the parser saw none, what was printed last."""
    if verdict.status is not VerdictStatus.FAILED or any(one.severity is Severity.ERROR for one in verdict.findings):
        return replace(verdict, findings=_without_ignored(command, verdict.findings))
    seen = class_of_text(_text(result)[-_MOST_TEXT:])
    what = f"{command.tool}: exit code {result.exit_code}"
    passed = sum(test.status is CaseStatus.PASSED for test in verdict.tests)
    if passed:
        what += f", although all {passed} tests that were counted passed"
    elif seen is FailureClass.UNKNOWN:
        seen = _unsaid(command.stage, result.exit_code)
    finding = Finding(tool=command.tool, message=what, failure_class=seen, detail=_last_lines(_text(result)))
    return replace(verdict, findings=(finding, *verdict.findings))


def _unsaid(stage: StageName, exit_code: int) -> FailureClass:
    """The class of a failure without a word. A test that fails silently says no, unless a signal ended it."""
    is_killed = stage is StageName.TEST and exit_code > _SIGNALLED
    return FailureClass.RUNTIME if is_killed else _DEFAULT_CLASS[stage]


def _without_ignored(command: StageCommand, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Those that never decide are kept as notes."""
    return tuple(replace(one, severity=Severity.NOTE) if _never_decides(command, one) else one for one in findings)


def _timed_out(command: StageCommand, ended: Ended) -> Verdict:
    is_idle = ended.result is not None
    why = f"no output for {command.idle:g} s" if is_idle else f"no end within {command.timeout:g} s"
    text = _text(ended.result) if ended.result else "\n".join(ended.tail)
    finding = Finding(
        tool=command.tool,
        message=f"{command.tool}: {why}",
        failure_class=FailureClass.TIMEOUT,
        detail=_last_lines(text),
    )
    return Verdict(
        status=VerdictStatus.FAILED,
        evidence=Evidence.EXIT_CODE,
        findings=(finding,),
        seconds=ended.seconds,
        command=command.argv,
    )


def _incomplete(command: StageCommand, report: Report, *, result: CommandResult, why: str) -> Verdict:
    """What was cut because it is too much is nobody's fault; a runner that ended before its report was is one."""
    is_cut = result.dropped_bytes > 0
    what = "its output is too long to be judged" if is_cut else f"its report is not whole ({why or 'it breaks off'})"
    finding = Finding(
        tool=command.tool,
        message=f"{command.tool}: exit code {result.exit_code}, but {what}",
        failure_class=FailureClass.UNKNOWN if is_cut else FailureClass.RUNTIME,
        detail=_last_lines(_text(result)),
    )
    return Verdict(
        status=VerdictStatus.TOOL_ERROR if is_cut else VerdictStatus.FAILED,
        evidence=Evidence.EXIT_CODE,
        findings=(finding, *report.findings),
        tests=_failing_only(report.tests),
    )


def _failing_only(tests: Sequence[CaseResult]) -> tuple[CaseResult, ...]:
    """Of a report that breaks off what passed is no evidence."""
    return tuple(test for test in tests if test.status is not CaseStatus.PASSED)


def _broken(
    command: StageCommand,
    what: str,
    *,
    seconds: float,
    result: CommandResult | None = None,
    report: Report | None = None,
) -> Verdict:
    detail = _last_lines(_text(result)) if result else ""
    finding = Finding(tool=command.tool, message=what, detail=detail)
    return Verdict(
        status=VerdictStatus.TOOL_ERROR,
        findings=(finding, *(report.findings if report else ())),
        tests=_failing_only(report.tests) if report else (),
        seconds=seconds,
        command=command.argv,
    )


def _text(result: CommandResult) -> str:
    return "\n".join(part for part in (result.stdout, result.stderr) if part)


def _last_lines(text: str) -> str:
    lines = [line[:_DETAIL_WIDTH] for line in text[-_MOST_TEXT:].splitlines() if line.strip()]
    return "\n".join(lines[-_DETAIL_LINES:])
