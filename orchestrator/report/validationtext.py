"""A validation for a person: what was looked at, what failed where, and how to run it again."""

import shlex
from collections.abc import Iterator, Sequence

from orchestrator.domain.assessment import FAILED_CASES, SkippedStage, StageResult, Unit
from orchestrator.domain.finding import Finding
from orchestrator.domain.judgement import Comparison, Validation
from orchestrator.domain.verdict import CaseStatus, VerdictStatus
from orchestrator.report.plaintext import clean, count, duration, last_lines

__all__ = ["validation_text"]

_MOST_FINDINGS = 20
_MOST_DETAIL = 12
_LONGEST = 400
_SIGNS = {
    VerdictStatus.PASSED: "ok",
    VerdictStatus.FAILED: "FAILED",
    VerdictStatus.EMPTY: "empty",
    VerdictStatus.TOOL_ERROR: "tool failed",
}
_ENDINGS = {
    VerdictStatus.PASSED: "passed",
    VerdictStatus.FAILED: "failed",
    VerdictStatus.EMPTY: "empty: no test was run, so nothing speaks for these files",
    VerdictStatus.TOOL_ERROR: "tools themselves failed, so this is no verdict on the files",
}


def validation_text(validation: Validation, *, path: str = ".") -> str:
    """Lines that end with a line feed: a line for each stage, what failed below it, and the verdict last.

    ``path`` is the folder as its user named it: what failed can be run again alone.
    """
    found = validation.assessment
    lines = [line for stage in found.stages for line in _stage(stage, path=path)]
    lines += [_skipped(one) for one in found.skipped]
    lines += [f"note: {clean(notice, _LONGEST)}" for notice in found.notices]
    if validation.judgement:
        lines += ["", *_comparison(validation.judgement, validation.base)]
    lines += ["", _ending(validation)]
    return "".join(f"{line}\n" for line in lines)


def _stage(stage: StageResult, *, path: str) -> Iterator[str]:
    parts = [f"{_SIGNS[stage.status]:<11}", f"{_name(stage.name, stage.unit):<28}"]
    parts += [f"{duration(stage.seconds):>9}", _tests(stage), "(remembered)" if stage.cached else ""]
    yield "  ".join(part for part in parts if part).rstrip()
    for note in stage.notes:
        yield f"    note: {clean(note, _LONGEST)}"
    if stage.status in {VerdictStatus.FAILED, VerdictStatus.TOOL_ERROR}:
        yield from _findings(stage.errors)
        yield f"    again: rung validate {shlex.quote(clean(path))} --stage {stage.name}"


def _name(stage: str, unit: Unit) -> str:
    where = f"{unit.pack} in {unit.root}" if unit.pack and unit.root else unit.pack or "configured"
    return clean(f"{stage} ({where})", _LONGEST)


def _tests(stage: StageResult) -> str:
    if not stage.tests:
        return ""
    failed = sum(test.status in FAILED_CASES for test in stage.tests)
    skipped, flaky = (sum(test.status is one for test in stage.tests) for one in (CaseStatus.SKIPPED, CaseStatus.FLAKY))
    parts = [count(len(stage.tests), "test")]
    named = ((failed, "failed"), (skipped, "skipped"), (flaky, "flaky"))
    parts += [f"{number} {word}" for number, word in named if number]
    return ", ".join(parts) + (" (only those that the change concerns)" if stage.is_narrowed else "")


def _findings(findings: Sequence[Finding]) -> Iterator[str]:
    for finding in findings[:_MOST_FINDINGS]:
        yield f"    {_line(finding)}"
        yield from (f"      | {line}" for line in _detail(finding))
    if len(findings) > _MOST_FINDINGS:
        yield f"    and {len(findings) - _MOST_FINDINGS} more (--json tells all)"


def _detail(finding: Finding) -> list[str]:
    """The last lines of it, without what only a program reads and what the line above has said."""
    lines = finding.detail.splitlines()
    told = [line for line in lines if not line.startswith("suggestion ") and not line.endswith(f": {finding.message}")]
    return last_lines("\n".join(told), _MOST_DETAIL)


def _line(finding: Finding) -> str:
    place = ":".join(str(part) for part in (finding.file, finding.line, finding.column) if part)
    code = f" [{finding.code}]" if finding.code else ""
    test = f"{finding.test}: " if finding.test and finding.test not in finding.message else ""
    return clean(f"{place}: {test}{finding.message}{code}" if place else f"{test}{finding.message}{code}", _LONGEST)


def _skipped(one: SkippedStage) -> str:
    return f"{'-':<11}  {_name(one.name, one.unit):<28}  not run: {clean(one.reason, _LONGEST)}"


def _comparison(judgement: Comparison, ref: str) -> Iterator[str]:
    yield f"beside {clean(ref, _LONGEST)}:"
    for word, findings in (("new", judgement.regressions), ("revealed", judgement.revealed)):
        yield f"  {len(findings)} {word}"
        yield from (f"    {_line(one)}" for one in findings[:_MOST_FINDINGS])
    yield f"  {len(judgement.fixed)} fixed, {len(judgement.left)} as before"


def _ending(validation: Validation) -> str:
    found = validation.assessment
    why = f" ({found.failure_class}, {found.category})" if found.failure_class else ""
    if validation.status is VerdictStatus.PASSED:
        why = f": nothing is worse than in {clean(validation.base, _LONGEST)}" if validation.base else ""
    return f"{_ENDINGS[validation.status]}{why}; {duration(found.seconds)}, score {found.score:.2f}"
