"""What a person reads in ten seconds when a run has ended."""

from collections.abc import Iterator, Sequence

from orchestrator.domain.status import NodeStatus, RunStatus
from orchestrator.report.plaintext import clean, clip_middle, count, encodable, wrap
from orchestrator.report.record import NodeRecord
from orchestrator.report.repairs import FIX, MERGE, repairs, tests_told
from orchestrator.report.state import RunState
from orchestrator.report.story import (
    Group,
    asked,
    attempts_of,
    bill,
    by_status,
    evidence,
    held,
    look,
    outcome,
    result_lines,
    story,
    time_line,
)

SHOWN_NODES = 10
SHOWN_STEPS = 20
SHOWN_EVIDENCE = 10
SHOWN_GROUPS = 8
SHOWN_NAMES = 6
LONGEST_ID = 48
_NARROWEST = 20
_LONGEST_PLACE = 4096
"""Where a result is, is told whole: no path is longer on Linux."""

_STYLES = {"bad": "1;31", "warn": "1;33", "good": "1;32", "head": "1", "dim": "2", "": ""}
_OUTCOMES = {
    RunStatus.SUCCEEDED: "good",
    RunStatus.PARTIAL: "warn",
    RunStatus.BLOCKED: "warn",
    RunStatus.BUDGET: "bad",
    RunStatus.INTERRUPTED: "warn",
    RunStatus.FAILED: "bad",
}
_NEXT = "run the workflow again on a terminal, where somebody can answer"

_Line = tuple[str, str, str]
"""A style of :data:`_STYLES`, what stands before the text, and clean text that may be wrapped."""
_BLANK: _Line = ("", "", "")


def summary_text(
    state: RunState, *, width: int = 80, color: bool = False, encoding: str = "utf-8", next_step: str = ""
) -> str:
    """The end of a run as lines of at most ``width`` columns (at least 20), each with its line end.

    Args:
        state: finished or not; a run without a recorded end is called unfinished.
        width: of the terminal.
        color: whether to use the terminal's colours (SGR sequences); the words alone say everything.
        encoding: of the stream that it is written to; what it cannot hold is shown as escapes.
        next_step: what the reader can do about blocked nodes or, where there are none, about unfinished ones; a
            command a line.
    """
    width = max(width, _NARROWEST)
    shown = (
        _styled(one, style if color else "")
        for style, lead, text in _lines(state, next_step)
        for one in _wrapped(lead, encodable(text, encoding), width=width)
    )
    return "\n".join(shown) + "\n"


def _wrapped(lead: str, text: str, *, width: int) -> Iterator[str]:
    hanging = lead if lead.endswith("| ") else lead + "  "
    first, *others = wrap(text, width - len(hanging))
    yield lead + first
    yield from (hanging + other for other in others)


def _lines(state: RunState, next_step: str) -> Iterator[_Line]:
    told = story(state)
    reason = f": {clean(state.reason, 200)}" if state.reason else ""
    style = _OUTCOMES[state.status] if state.status else "warn"
    yield style, "", f"{clean(state.name, LONGEST_ID) or 'run'} {outcome(state)}{reason}"
    yield from _repaired(state)
    yield from _failures("Failed first", told.failed[:1], evident=True)
    yield from _failures("Failed after that", told.failed[1:])
    yield from _failures("Failed, but tolerated", [one for one in told.tolerated if one.spec.kind != FIX])
    yield from _blocked(told.blocked, next_step or _NEXT)
    yield from _grouped("Not run", told.left_out)
    yield from _grouped("Not finished", told.open)
    if not told.blocked:
        yield from _next(next_step)
    yield from _asked(state)
    yield _BLANK
    yield "", "", by_status(state)
    yield "dim", "", time_line(state)
    if calls := bill(state):
        yield "dim", "", calls
    if state.sandbox:
        yield "dim", "", clean(held(state.sandbox), 300)
    yield from _result(state)


def _repaired(state: RunState) -> Iterator[_Line]:
    found = repairs(state)
    for record in state.nodes.values():
        if record.spec.kind == MERGE and record.status is NodeStatus.SUCCEEDED:
            yield "good", "  ", f"all checks: {clean(record.reason, 300)}"
    yield from _headed("Repaired, without a model and at no cost", found.done)
    for step in found.done[:SHOWN_STEPS]:
        claim = f", {step.claim}: {tests_told(step)}" if step.claim else ""
        yield "good", "  ", f"{clean(step.message, 200)} ({clean(step.source, LONGEST_ID)}{claim})"
        if step.distinguishing_input:
            yield "dim", "    ", clean(step.distinguishing_input, 200)
    yield from _more(len(found.done) - SHOWN_STEPS, "repair")
    yield from _headed("Found, and left to you", found.held)
    yield from (("warn", "  ", clean(line, 300)) for line in found.held[:SHOWN_STEPS])
    yield from _more(len(found.held) - SHOWN_STEPS, "proposal")
    yield from _headed("Not repaired", found.lost)
    yield from (("warn", "  ", clean(line, 300)) for line in found.lost[:SHOWN_STEPS])
    yield from _more(len(found.lost) - SHOWN_STEPS, "cluster")


def _asked(state: RunState) -> Iterator[_Line]:
    attempts = asked(state)
    yield from _headed("Asked of models", attempts)
    for record, attempt in attempts[:SHOWN_NODES]:
        node, model = clip_middle(clean(record.spec.id), LONGEST_ID), clip_middle(clean(attempt.model), LONGEST_ID)
        reason = f": {clean(attempt.reason, 200)}" if attempt.reason else ""
        yield "", "  ", f"{node} attempt {attempt.n}, {model}: {attempt.status}{reason}"
    yield from _more(len(attempts) - SHOWN_NODES, "attempt")


def _result(state: RunState) -> Iterator[_Line]:
    if state.result:
        yield _BLANK
        for line in result_lines(state):
            yield "head", "", f"Result: {clean(line, _LONGEST_PLACE)}"
        yield "", "  ", f"Look at it: {clean(look(state), 200)}"
        if state.is_applied:
            yield "", "  ", f"Take it back: rung undo {clean(state.run, 200)}"


def _headed(title: str, wanted: Sequence[object]) -> Iterator[_Line]:
    if wanted:
        yield _BLANK
        yield "head", "", title


def _failures(title: str, records: Sequence[NodeRecord], *, evident: bool = False) -> Iterator[_Line]:
    yield from _headed(title, records)
    for record in records[:SHOWN_NODES]:
        spent = attempts_of(record)
        yield "bad" if evident else "", "  ", _reason(record) + (f" ({spent})" if spent else "")
        yield from (("", "    | ", line) for line in evidence(record, SHOWN_EVIDENCE) if evident)
    yield from _more(len(records) - SHOWN_NODES, "failure")


def _blocked(records: Sequence[NodeRecord], next_step: str) -> Iterator[_Line]:
    yield from _headed("Blocked: needs a person", records)
    yield from (("warn", "  ", _reason(record)) for record in records[:SHOWN_NODES])
    yield from _more(len(records) - SHOWN_NODES, "question")
    if records:
        yield from _next(next_step)


def _next(steps: str) -> Iterator[_Line]:
    for number, step in enumerate(steps.splitlines()):
        yield "", "  ", f"{'      ' if number else 'Next: '}{step}"


def _grouped(title: str, groups: Sequence[Group]) -> Iterator[_Line]:
    yield from _headed(title, groups)
    for group in groups[:SHOWN_GROUPS]:
        yield "", "  ", f"{len(group.nodes):,} {group.status}: {clean(group.reason, 200)}"
        yield "dim", "    ", _names(group)
    yield from _more(sum(len(group.nodes) for group in groups[SHOWN_GROUPS:]), "node")


def _names(group: Group) -> str:
    names = ", ".join(clip_middle(clean(node), LONGEST_ID) for node in group.nodes[:SHOWN_NAMES])
    left = len(group.nodes) - SHOWN_NAMES
    return f"{names} and {left:,} more" if left > 0 else names


def _more(left: int, noun: str) -> Iterator[_Line]:
    if left > 0:
        yield "dim", "  ", f"and {count(left, noun)} more"


def _reason(record: NodeRecord) -> str:
    return f"{clip_middle(clean(record.spec.id), LONGEST_ID)}: {clean(record.reason, 300)}"


def _styled(text: str, style: str) -> str:
    code = _STYLES[style]
    return f"\x1b[{code}m{text}\x1b[0m" if code and text else text
