"""A run as Markdown for a CI service's summary page (GitHub's ``GITHUB_STEP_SUMMARY``), or a comment.

All foreign text stands inside ``<code>`` or ``<pre>`` with its punctuation as character references: it
cannot become a link, an image, a mention, a table cell, HTML or a heading.
"""

import re
from collections.abc import Iterator, Sequence
from html import escape

from orchestrator.domain.status import NodeStatus
from orchestrator.report.plaintext import clean, count, duration
from orchestrator.report.record import Attempt, NodeRecord
from orchestrator.report.repairs import FIX, repairs
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
    story,
    time_line,
)

SHOWN_ROWS = 200
"""GitHub refuses a summary of more than 1 MiB; the JSON report holds everything."""
SHOWN_EVIDENCE = 20
_LONGEST = 500


def markdown(state: RunState) -> str:
    """Heading, totals, what failed with evidence, what is blocked, what did not run and why; ends with a line end."""
    told = story(state)
    parts = [f"## {_code(state.name or 'run')}: {outcome(state)}"]
    if state.reason:
        parts.append(_code(state.reason))
    parts.append(" ".join(f"{one}." for one in (by_status(state), time_line(state), bill(state)) if one))
    if state.sandbox:
        parts.append(f"Code under repair ran in: {_code(held(state.sandbox))}.")
    if state.result:
        where = f"branch {_code(state.result.branch)}" if state.result.branch else _code(state.result.commit[:12])
        parts.append(f"Result: {where}. Look at it: {_code(look(state))}")
    parts += _repairs(state)
    parts += _section("Failed", [_row(one, NodeStatus.FAILED) for one in told.failed])
    parts += [_evidence(one) for one in told.failed[:SHOWN_EVIDENCE] if evidence(one)]
    parts += _section(
        "Failed, but tolerated", [_row(one, NodeStatus.FAILED) for one in told.tolerated if one.spec.kind != FIX]
    )
    parts += _section("Blocked: needs a person", [_row(one, NodeStatus.BLOCKED) for one in told.blocked])
    parts += _section("Asked of models", [_attempt_row(*one) for one in asked(state)])
    parts += _section("Not run", list(_group_rows(told.left_out)))
    parts += _section("Not finished", list(_group_rows(told.open)))
    return "\n\n".join(parts) + "\n"


def _repairs(state: RunState) -> Iterator[str]:
    found = repairs(state)
    for title, lines in (
        ("Repaired, without a model and at no cost", [f"{one.message} ({one.source})" for one in found.done]),
        ("Found, and left to a person", list(found.held)),
        ("Not repaired", list(found.lost)),
    ):
        if lines:
            yield f"### {title}"
            yield "\n".join(f"- {_code(line)}" for line in lines[:SHOWN_ROWS])


def _section(title: str, rows: Sequence[str]) -> Iterator[str]:
    if not rows:
        return
    yield f"### {title}"
    left = len(rows) - SHOWN_ROWS
    yield "\n".join(["| Node | Status | Reason | Time |", "| --- | --- | --- | --- |", *rows[:SHOWN_ROWS]])
    if left > 0:
        yield f"and {count(left, 'row')} more"


def _row(record: NodeRecord, status: NodeStatus) -> str:
    return f"| {_code(record.spec.id)} | {status} | {_code(record.reason)} | {attempts_of(record)} |"


def _attempt_row(record: NodeRecord, attempt: Attempt) -> str:
    reason = _code(attempt.reason) if attempt.reason else ""
    took = "" if attempt.seconds is None else duration(attempt.seconds)
    what = f"{_code(record.spec.id)} attempt {attempt.n}, {_code(attempt.model)}"
    return f"| {what} | {attempt.status} | {reason} | {took} |"


def _group_rows(groups: Sequence[Group]) -> Iterator[str]:
    for group in groups:
        others = len(group.nodes) - 1
        more = f" and {others:,} more" if others else ""
        yield f"| {_code(group.nodes[0])}{more} | {group.status} | {_code(group.reason)} | |"


def _evidence(record: NodeRecord) -> str:
    lines = "\n".join(escape(line) for line in evidence(record))
    return f"<details><summary>{_code(record.spec.id)}</summary>\n\n<pre>\n{lines}\n</pre>\n\n</details>"


def _code(text: str) -> str:
    """``text`` shown as it is, whatever it holds; what cannot mean anything stays readable in the source."""
    inner = "".join(char if char.isalnum() or char in " -/,." else f"&#{ord(char)};" for char in clean(text, _LONGEST))
    return "<code>" + _AUTOLINK.sub(r"\1&#46;", inner) + "</code>"


_AUTOLINK = re.compile(r"(www)\.", re.IGNORECASE)
