"""Maven's console: the compiler plugin, Surefire and Failsafe, and the goal that ended the build.

Ids of tests that passed are only in Surefire's XML reports (see the parser ``junit``).
"""

import re
from collections.abc import Sequence

from orchestrator.domain.finding import FailureClass, Finding, Severity
from orchestrator.domain.verdict import CaseResult, CaseStatus, Report
from orchestrator.errors import ParseError
from orchestrator.validation.mavengoals import GOAL, class_of_error, class_of_goal
from orchestrator.validation.parsers.cases import with_unique_ids
from orchestrator.validation.parsers.classes import JAVA_MESSAGES, classify, of_exception
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.stack import locate
from orchestrator.validation.parsers.text import Block, blocks, clipped, first_line

_LEVEL = r"\[(?P<level>ERROR|WARNING|FATAL|INFO)\]"
_HEAD = re.compile(rf"{_LEVEL} ?(?P<rest>.*)$|(?P<old>\S.*<<< (?:FAILURE|ERROR)!.*)$")
_COMPILER = re.compile(
    r"(?P<file>\S.*?\.(?:java|kt|groovy"
    r"|scala)):(?:\[(?P<line>\d{1,9}),(?P<column>\d{1,9})\])? (?:error: )?(?P<message>\S.*)$"
)
_TEST = re.compile(
    r"(?:(?P<name>[^\s(]+)\((?P<owner>[\w.$]+)\)|(?P<full>[\w.$]+\.[^\s.]+(?:[({\[].*[)}\]])?))"
    r" +(?:-- )?Time elapsed: *(?P<seconds>[\d.,]+) s(?:ec)? *<<< (?P<how>FAILURE|ERROR)!"
)
_RAISED = re.compile(r"(?P<name>[A-Za-z_][\w.$]*)(?:: (?P<message>.*))?$")
_END = re.compile(r"BUILD (?:SUCCESS|FAILURE)$")
_POM = re.compile(r"(?P<message>.*?)(?: @ line (?P<line>\d{1,9}), column (?P<column>\d{1,9}))?$")
_POM_FILE = re.compile(r"(?P<file>/\S+\.xml)\b")
_REPEATS = re.compile(r"COMPILATION ERROR|Some problems were encountered|\[ERROR\] Some problems")


def parse(output: Output, context: Context) -> Report:
    """Errors of the compiler (each once, though Maven prints it twice), failed tests, and the goal that failed.

    The goal is a finding of its own only where nothing else explains the failure. Without ``BUILD ...`` at the end,
    or an error before the build began, it is not complete.

    Raises:
        ParseError: nothing in it looks like Maven.
    """
    text = output.text
    found = list(blocks(text, _HEAD))
    if not found:
        raise ParseError("nothing in it looks like Maven", of="maven")
    compiler = _compiler(found, context)
    tests = [(match, block) for block in found if (match := _TEST.match(_rest(block)))]
    cases = with_unique_ids(_case(match) for match, _ in tests)
    failed = [_failed(case.id, block, context=context) for case, (_, block) in zip(cases, tests, strict=True)]
    rest = [] if any(one.severity is Severity.ERROR for one in compiler) or failed else _others(found, context)
    ended = any(_END.match(_rest(block)) for block in found) or bool(rest)
    return Report(findings=(*compiler, *failed, *rest), tests=cases, is_complete=ended)


def _rest(block: Block) -> str:
    return block.head["rest"] or block.head["old"] or ""


def _body(block: Block) -> list[str]:
    return block.body[: next((number for number, row in enumerate(block.body) if not row), None)]


def _compiler(found: Sequence[Block], context: Context) -> list[Finding]:
    findings: dict[tuple[str, int, int, str], Finding] = {}
    for block in found:
        match = _COMPILER.match(_rest(block))
        if match and block.head["level"] in {"ERROR", "WARNING"} and " -> [Help" not in match["message"]:
            one = _of_compiler(block, match, context=context)
            findings.setdefault((one.file, one.line, one.column, one.message), one)
    return list(findings.values())


def _of_compiler(block: Block, match: re.Match[str], *, context: Context) -> Finding:
    is_error, message = block.head["level"] == "ERROR", first_line(match["message"])
    return Finding(
        tool="javac",
        message=message,
        severity=Severity.ERROR if is_error else Severity.WARNING,
        file=context.path(match["file"]),
        line=int(match["line"] or 0),
        column=int(match["column"] or 0),
        failure_class=classify(message, JAVA_MESSAGES, default=FailureClass.COMPILE) if is_error else FailureClass.LINT,
        detail=clipped(_body(block)),
    )


def _case(match: re.Match[str]) -> CaseResult:
    full = match["full"] or f"{match['owner']}.{match['name']}"
    owner, _, name = full.partition("(")[0].rpartition(".")
    status = CaseStatus.FAILED if match["how"] == "FAILURE" else CaseStatus.ERROR
    return CaseResult(id=f"{owner}::{name}{full[len(owner) + 1 + len(name) :]}", status=status)


def _failed(test: str, block: Block, *, context: Context) -> Finding:
    body = _body(block)
    raised = _RAISED.match(body[0]) if body else None
    file, line = locate("\n".join(body), context)
    return Finding(
        tool="surefire",
        message=first_line(body[0]) if body else "it failed",
        file=file,
        line=line,
        test=test,
        failure_class=of_exception(raised["name"]) if raised else FailureClass.UNKNOWN,
        detail=clipped(body),
    )


def _others(found: Sequence[Block], context: Context) -> list[Finding]:
    """The goal that failed, else what Maven says of the project's own description."""
    for number, block in enumerate(found):
        match = GOAL.match(_rest(block)) if block.head["level"] == "ERROR" else None
        if match:
            return [_goal(match, _explanation(found, number))]
    for block in found:
        if block.head["level"] == "FATAL":
            return [_pom(block, context)]
    errors = [block for block in found if block.head["level"] == "ERROR" and _rest(block).strip()]
    telling = [block for block in errors if not _REPEATS.match(_rest(block))][:1]
    return [_own(_rest(block)) for block in telling]


def _own(text: str) -> Finding:
    return Finding(tool="maven", message=first_line(text), failure_class=class_of_error(text))


def _explanation(found: Sequence[Block], number: int) -> list[str]:
    """What stands below the line that names the goal, up to the first pointer to the help."""
    rows = _body(found[number])
    for block in found[number + 1 : number + 40]:
        if _rest(block).startswith(("-> [Help", "To see the full stack trace")):
            break
        rows.extend((_rest(block), *_body(block)))
    return rows


def _goal(match: re.Match[str], below: list[str]) -> Finding:
    why = "\n".join((match["why"], *below))
    return Finding(
        tool="maven",
        code=f"{match['plugin']}:{match['goal']}" if match["plugin"] else "",
        message=first_line(why.replace(" -> [Help 1]", "")) or f"the goal {match['goal']} failed",
        failure_class=class_of_goal(match["plugin"], match["goal"], why=why),
        detail=clipped(below),
    )


def _pom(block: Block, context: Context) -> Finding:
    text = _rest(block)
    place, file = _POM.match(text), _POM_FILE.search(text)
    assert place is not None
    is_syntax = text.startswith("Non-parseable")
    return Finding(
        tool="maven",
        message=first_line(place["message"]),
        file=context.path(file["file"]) if file else "pom.xml",
        line=int(place["line"] or 0),
        column=int(place["column"] or 0),
        failure_class=FailureClass.SYNTAX if is_syntax else FailureClass.DEPENDENCY_RESOLUTION,
    )
