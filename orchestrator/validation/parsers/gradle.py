"""Gradle's console: the compilers that it runs, its tests, and what it says went wrong."""

import re
from collections.abc import Sequence

from orchestrator.domain.finding import FailureClass, Finding, Severity
from orchestrator.domain.verdict import CaseResult, CaseStatus, Report
from orchestrator.errors import ParseError
from orchestrator.validation.parsers import javac
from orchestrator.validation.parsers.cases import with_unique_ids
from orchestrator.validation.parsers.classes import of_exception
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.stack import locate
from orchestrator.validation.parsers.text import Block, blocks, clipped, first_line, lines

_STATUSES = {"PASSED": CaseStatus.PASSED, "FAILED": CaseStatus.FAILED, "SKIPPED": CaseStatus.SKIPPED}
_TEST = re.compile(r"(?P<owner>[\w.$]+) > (?P<name>\S.*) (?P<status>PASSED|FAILED|SKIPPED)$")
_KOTLIN = re.compile(
    r"(?P<level>[ew]): (?:file://)?(?P<file>/?[^\s:]+\.kts?):(?P<line>\d{1,9}):(?P<column>\d{1,9}):? (?P<message>.*)$"
)
_WRONG = re.compile(r"\* What went wrong:$")
_WHERE = re.compile(r"(?:Build|Settings|Initialization|Script) file '(?P<file>[^']+)' line: (?P<line>\d{1,9})")
_END = re.compile(r"BUILD (?:SUCCESSFUL|FAILED)(?: in |$)")
_TRACE = re.compile(r"(?:> Task )?:\w|FAILURE: Build failed|BUILD (?:SUCCESSFUL|FAILED)")
_BARE_FRAME = re.compile(r" +(?P<name>[\w.$]+)(?:: .*)? at (?P<file>\w+\.(?:java|kt|groovy|scala)):(?P<line>\d{1,9})")
_CLASSES: Sequence[tuple[re.Pattern[str], FailureClass]] = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"[Ll]ock ?state|dependency lock|[Ll]ocking", FailureClass.DEPENDENCY_LOCK),
        (
            r"Could not (?:resolve|find|get|download|GET)|Plugin .* (?:was )?not found",
            FailureClass.DEPENDENCY_RESOLUTION,
        ),
        (r"Could not compile (?:build|settings|script)|Script compilation error", FailureClass.SYNTAX),
        (r"There were failing tests", FailureClass.ASSERT),
        (r"Compilation (?:failed|error)|compile\w*'", FailureClass.COMPILE),
        (r"[Cc]heckstyle|[Pp]md|[Ss]pot[Bb]ugs|[Ll]int\b|detekt|ktlint", FailureClass.LINT),
        (r"[Ss]potless", FailureClass.FORMAT),
        (r"Timeout has been exceeded", FailureClass.TIMEOUT),
    )
)


def parse(output: Output, context: Context) -> Report:
    """Errors of javac and kotlinc, failed tests, and Gradle's own explanation where neither says why it failed.

    Without ``BUILD ...`` at the end it is not complete.

    Raises:
        ParseError: nothing in it looks like Gradle.
    """
    text = output.text
    if not any(_TRACE.match(line) for line in lines(text)):
        raise ParseError("nothing in it looks like Gradle", of="gradle")
    kotlin = [_of_kotlin(match, context) for match in map(_KOTLIN.match, lines(text)) if match]
    compilers = [*javac.parse(Output(stdout=text), context).findings, *kotlin]
    tests = list(blocks(text, _TEST))
    cases = with_unique_ids(_case(block) for block in tests)
    failed = [
        _failed(case.id, block, context=context)
        for case, block in zip(cases, tests, strict=True)
        if case.status is CaseStatus.FAILED
    ]
    is_told = bool(failed) or any(one.severity is Severity.ERROR for one in compilers)
    wrong = [] if is_told else [_wrong(block, text, context=context) for block in blocks(text, _WRONG)]
    is_complete = any(_END.match(line) for line in lines(text))
    return Report(findings=(*compilers, *failed, *wrong), tests=cases, is_complete=is_complete)


def _case(block: Block) -> CaseResult:
    owner, name = block.head["owner"], first_line(block.head["name"])
    return CaseResult(id=f"{owner}::{name.removesuffix('()')}", status=_STATUSES[block.head["status"]])


def _body(block: Block) -> list[str]:
    return block.body[: next((number for number, row in enumerate(block.body) if not row.startswith(" ")), None)]


def _failed(test: str, block: Block, *, context: Context) -> Finding:
    body = _body(block)
    frame = _BARE_FRAME.match(body[0]) if body else None
    file, line = locate("\n".join(body), context)
    if frame and not file:
        file, line = context.find(frame["file"]), int(frame["line"])
    raised = frame["name"] if frame else first_line(body[0]).partition(":")[0] if body else ""
    return Finding(
        tool="gradle",
        message=first_line(body[0]) if body else "it failed",
        file=file,
        line=line if file else 0,
        test=test,
        failure_class=of_exception(raised) if raised else FailureClass.UNKNOWN,
        detail=clipped(body),
    )


def _of_kotlin(match: re.Match[str], context: Context) -> Finding:
    is_error = match["level"] == "e"
    return Finding(
        tool="kotlinc",
        message=first_line(match["message"]),
        severity=Severity.ERROR if is_error else Severity.WARNING,
        file=context.path(match["file"]),
        line=int(match["line"]),
        column=int(match["column"]),
        failure_class=FailureClass.COMPILE if is_error else FailureClass.LINT,
    )


def _wrong(block: Block, text: str, *, context: Context) -> Finding:
    end = next((number for number, row in enumerate(block.body) if row.startswith("* ")), len(block.body))
    body = block.body[:end]
    where = next((match for match in map(_WHERE.match, lines(text)) if match), None)
    reasons = [row.strip().removeprefix("> ") for row in body if row.strip()]
    reason = next((row for row in reasons[1:] if not row.endswith(":")), "")
    told = "\n".join(body)
    return Finding(
        tool="gradle",
        message=first_line(reason or told) or "the build failed",
        file=context.path(where["file"]) if where else "",
        line=int(where["line"]) if where else 0,
        failure_class=next((kind for pattern, kind in _CLASSES if pattern.search(told)), FailureClass.UNKNOWN),
        detail=clipped(body),
    )
