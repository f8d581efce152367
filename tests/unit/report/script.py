"""Scripted runs: event sequences as the executor tells them, for every report and for the live display."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeAlias

from orchestrator.domain.events import (
    AttemptFailed,
    BaseTaken,
    CallSent,
    CandidateJudged,
    CandidateKept,
    CandidateLanded,
    Event,
    NodeEnded,
    NodeExpanded,
    NodeOutput,
    NodeStarted,
    ReplySaved,
    ResultPublished,
    RunEnded,
    RunStarted,
)
from orchestrator.domain.finding import FailureClass, Finding
from orchestrator.domain.ids import NodeId, RunId
from orchestrator.domain.model import Reply
from orchestrator.domain.node import NodeSpec, Wanted
from orchestrator.domain.plan import Plan
from orchestrator.domain.retry import FailureKind
from orchestrator.domain.status import NodeStatus, RunStatus
from orchestrator.domain.tree import CommitId
from orchestrator.domain.usage import Usage
from orchestrator.domain.verdict import Evidence, VerdictStatus
from orchestrator.ports import Reporter
from orchestrator.report import RunState

START = 1_800_000_000.0
Fold: TypeAlias = Callable[[Iterable[Event]], RunState]

HOSTILE = {
    "escape": "\x1b[2J\x1b[31mred\x1b]0;title\x07",
    "c1 control": "\x9b31m\x85",
    "markup": "[red]bold[/red] [link=file:///x]y[/link]",
    "line ends": "one\r\ntwo\nthree\u2028four",
    "bidi": "abc\u202e\u2066gnp.exe\u2069\u200f",
    "invisible": "a\u200bb\ufeffc",
    "surrogate": "lone \udc80 surrogate",
    "null": "nul \x00 byte \x08\x7f",
    "long": "x" * 5_000,
    "wide": "\u4f60\u597d" * 300,
    "html": "<script>alert(1)</script>&amp;]]>",
    "markdown": "| a | `b` **c** [d](http://e) ![f](g) @user #12 www.example.org <!-- -->\n# heading",
}
"""What may stand in an id, a reason, a line or a name of a workflow somebody else wrote."""


def node(name: str, *needs: str, kind: str = "run", tolerated: bool = False) -> NodeSpec:
    wanted = {NodeId(need): Wanted.JOIN for need in needs}
    return NodeSpec(id=NodeId(name), kind=kind, needs=wanted, continue_on_error=tolerated)


def begun(*nodes: NodeSpec, name: str = "build-all") -> RunStarted:
    plan = Plan(name=name, nodes=nodes)
    return RunStarted(START, RunId("run-7f3a"), plan, {}, max_parallel=4, isolation="bubblewrap")


def started(at: float, name: str, attempt: int = 1) -> NodeStarted:
    return NodeStarted(START + at, NodeId(name), attempt)


def printed(at: float, name: str, line: str) -> NodeOutput:
    return NodeOutput(START + at, NodeId(name), "stdout", line)


def succeeded(at: float, name: str) -> NodeEnded:
    return NodeEnded(START + at, NodeId(name), NodeStatus.SUCCEEDED)


def failed(at: float, name: str, reason: str, detail: str = "") -> NodeEnded:
    ended = NodeEnded(START + at, NodeId(name), NodeStatus.FAILED, reason, kind=FailureKind.VALIDATION)
    return replace(ended, detail=detail)


def skipped(at: float, name: str, reason: str) -> NodeEnded:
    return NodeEnded(START + at, NodeId(name), NodeStatus.SKIPPED, reason)


def blocked(at: float, name: str, question: str) -> NodeEnded:
    return NodeEnded(START + at, NodeId(name), NodeStatus.BLOCKED, question)


def retried(at: float, name: str, reason: str, wait: float) -> AttemptFailed:
    return AttemptFailed(START + at, NodeId(name), 1, FailureKind.TRANSIENT, reason, wait)


def run_ended(at: float, status: RunStatus, reason: str = "") -> RunEnded:
    return RunEnded(START + at, status, reason)


FILES = ("main", "lexer", "parser", "codegen", "linker", "strings")
CHILDREN = tuple(node(f"compile[src-{file}.c]") for file in FILES)
OPENING: list[Event] = [
    begun(
        node("fetch"),
        node("configure", "fetch"),
        node("compile", "configure"),
        node("lint", "configure"),
        node("docs", "configure", tolerated=True),
        node("test", "compile"),
        node("package", "test", "lint"),
        node("approve", "package", kind="gate"),
        node("deploy", "approve"),
        node("announce", "deploy"),
    ),
    started(0.0, "fetch"),
    retried(0.4, "fetch", "exit 7: could not resolve host", 1.0),
    started(1.4, "fetch", 2),
    printed(2.0, "fetch", "receiving objects: 100 % (5124/5124)"),
    succeeded(3.5, "fetch"),
    started(3.5, "configure"),
    succeeded(8.5, "configure"),
    started(8.5, "compile"),
    NodeExpanded(START + 8.6, NodeId("compile"), 1, CHILDREN),
    started(8.6, "lint"),
    started(8.6, "docs"),
    started(8.6, CHILDREN[0].id),
    started(8.6, CHILDREN[1].id),
    printed(9.0, "lint", "checking 214 files"),
    printed(9.1, CHILDREN[0].id, "cc -O2 -Wall -c src/main.c"),
    printed(9.2, CHILDREN[1].id, "cc -O2 -Wall -c src/lexer.c"),
    failed(11.0, "docs", "exit 2", "docs/index.md: a link leads nowhere"),
    started(11.0, CHILDREN[2].id),
    printed(11.2, CHILDREN[2].id, "cc -O2 -Wall -c src/parser.c"),
    succeeded(14.6, CHILDREN[0].id),
    started(14.6, CHILDREN[3].id),
    printed(14.9, CHILDREN[3].id, "cc -O2 -Wall -c src/codegen.c"),
    retried(15.0, CHILDREN[1].id, "exit 137: killed", 5.0),
    started(15.0, CHILDREN[4].id),
]
FAILING: list[Event] = [
    *OPENING,
    printed(16.0, CHILDREN[2].id, "src/parser.c:88:17: error: 'tok' undeclared (first use in this function)"),
    printed(16.0, CHILDREN[2].id, "   88 |     return tok->kind;"),
    printed(16.0, CHILDREN[2].id, "make: *** [parser.o] Error 1"),
    failed(16.2, CHILDREN[2].id, "exit 2"),
    started(20.0, CHILDREN[1].id, 2),
    failed(21.0, "lint", "exit 1", "src/main.c:3: line too long"),
    succeeded(22.0, CHILDREN[1].id),
    succeeded(23.0, CHILDREN[3].id),
    succeeded(24.0, CHILDREN[4].id),
    started(24.0, CHILDREN[5].id),
    succeeded(26.0, CHILDREN[5].id),
    failed(26.0, "compile", "1 of 6 items failed: src-parser.c"),
    skipped(26.0, "test", "needs compile, which failed"),
    skipped(26.0, "package", "needs test, which was skipped"),
    skipped(26.0, "approve", "needs package, which was skipped"),
    skipped(26.0, "deploy", "needs approve, which was skipped"),
    skipped(26.0, "announce", "needs deploy, which was skipped"),
    run_ended(26.0, RunStatus.FAILED),
]
BLOCKING: list[Event] = [
    begun(
        node("build"),
        node("approve", "build", kind="gate"),
        node("deploy", "approve"),
        node("announce", "deploy"),
        node("archive", "build"),
        name="release",
    ),
    started(0.0, "build"),
    succeeded(41.5, "build"),
    started(41.5, "approve"),
    started(41.5, "archive"),
    blocked(41.6, "approve", "Ship version 1.4.0 to production?"),
    succeeded(55.0, "archive"),
    run_ended(55.0, RunStatus.BLOCKED),
]


BASE, FIRST, SECOND = (CommitId(digit * 40) for digit in "0ab")
MEND = NodeId("mend")
FINDING = Finding(tool="tests", message="tests: exit code 1", failure_class=FailureClass.TYPE, detail="3 != 4")


def candidate(at: float, attempt: int, model: str, *, commit: CommitId, verdict: VerdictStatus) -> list[Event]:
    """One attempt of the node ``mend``, from its start to what the checks say."""
    usage = Usage(input=100 * attempt, output=10, usd_micros=1_500 * attempt)
    findings = () if verdict is VerdictStatus.PASSED else (FINDING,)
    return [
        started(at, "mend", attempt),
        BaseTaken(START + at, MEND, attempt, BASE),
        CallSent(START + at, MEND, attempt, model),
        ReplySaved(START + at + 1, MEND, attempt, Reply(text="an edit", model=model, usage=usage)),
        CandidateKept(START + at + 1, MEND, attempt, commit),
        CandidateJudged(START + at + 2, MEND, attempt, verdict, Evidence.EXIT_CODE, findings, 0.5),
    ]


EDITING: list[Event] = [
    begun(node("mend", kind="agent"), name="fix"),
    *candidate(0.0, 1, "small", commit=FIRST, verdict=VerdictStatus.FAILED),
    AttemptFailed(START + 2, MEND, 1, FailureKind.VALIDATION, FINDING.message, 0.0, "tests: exit code 1\n3 != 4"),
    *candidate(2.0, 2, "large", commit=SECOND, verdict=VerdictStatus.PASSED),
    CandidateLanded(START + 4, MEND, SECOND),
    succeeded(4.0, "mend"),
    ResultPublished(START + 4.5, "rung/run-7f3a", SECOND),
    run_ended(4.5, RunStatus.SUCCEEDED),
]


def tell(reporter: Reporter, events: Iterable[Event]) -> None:
    for event in events:
        reporter.on_event(event)


def fold(events: Iterable[Event]) -> RunState:
    state = RunState()
    tell(state, events)
    return state


def hostile_events(text: str) -> list[Event]:
    """A run in which everything that somebody else may write is ``text``: names, ids, reasons, lines."""
    spec = NodeSpec(id=NodeId(text), kind=text, name=text)
    others = node("asks", kind="gate"), node("left"), node("hangs"), node("again")
    return [
        begun(spec, *others, name=text),
        started(1, text),
        printed(2, text, text),
        failed(3, text, text, text),
        started(3, "asks"),
        blocked(4, "asks", text),
        skipped(4, "left", text),
        started(4, "hangs"),
        printed(4, "hangs", text),
        started(4, "again"),
        CallSent(START + 4, NodeId("again"), 1, text),
        retried(5, "again", text, 3.0),
        ResultPublished(START + 5, text, SECOND),
    ]
