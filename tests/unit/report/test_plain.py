import io
import os
import re

import pytest

from orchestrator.domain.events import Event, NodeReleased, RunInterrupted, RunResumed
from orchestrator.domain.ids import NodeId
from orchestrator.domain.status import RunStatus
from orchestrator.report import PlainProgress
from orchestrator.report.plain import MANY_NODES
from tests.unit.report.script import (
    HOSTILE,
    START,
    begun,
    failed,
    hostile_events,
    node,
    printed,
    retried,
    run_ended,
    skipped,
    started,
    succeeded,
    tell,
)

TIMED = re.compile(r"\d\d:\d\d:\d\d \S")


def told(events: list[Event]) -> list[str]:
    """The lines without their times, which are checked."""
    stream = io.StringIO()
    tell(PlainProgress(stream), events)
    lines = stream.getvalue().splitlines()
    assert all(TIMED.match(line) for line in lines)
    return [line[9:] for line in lines]


def test_a_run_is_told_line_by_line(failing: list[Event]) -> None:
    lines = told(failing)
    assert lines[:8] == [
        "build-all started: 10 nodes, 4 at once, isolation bubblewrap",
        "fetch started",
        "fetch attempt 1 failed in 0.4 s: exit 7: could not resolve host (transient); next try in 1.0 s",
        "fetch started, attempt 2",
        "fetch succeeded in 2.1 s",
        "configure started",
        "configure succeeded in 5.0 s",
        "compile started",
    ]
    assert "compile added 6 nodes" in lines
    assert "docs failed in 2.4 s (tolerated): exit 2" in lines
    assert "lint failed in 12 s: exit 1" in lines
    assert "test skipped: needs compile, which failed" in lines
    assert lines[-1] == "build-all failed in 26 s (7 succeeded, 4 failed, 5 skipped)"


def test_a_question_is_told(blocking: list[Event]) -> None:
    assert "approve blocked in 0.1 s: Ship version 1.4.0 to production?" in told(blocking)


def test_an_interrupt_and_a_resume_are_told() -> None:
    stop: list[Event] = [RunInterrupted(START + 1), RunInterrupted(START + 1, hard=True)]
    released = NodeReleased(START + 1, NodeId("a"), "interrupted")
    end: list[Event] = [released, run_ended(1, RunStatus.INTERRUPTED), RunResumed(START + 9)]
    lines = told([begun(node("a")), started(0, "a"), *stop, *end])
    assert lines[2:] == [
        "build-all interrupted: nothing more is started, 1 running node may end",
        "build-all interrupted: nothing more is started, 1 running node stopped",
        "a given back unfinished: interrupted",
        "build-all interrupted in 1.0 s (1 ready)",
        "build-all resumed: 1 ready",
    ]


def test_what_nodes_print_is_not_told() -> None:
    assert told([begun(node("a")), printed(1, "a", "noise")]) == told([begun(node("a"))])


def test_the_time_is_the_one_of_the_event() -> None:
    stream = io.StringIO()
    tell(PlainProgress(stream), [begun(node("a")), started(65, "a")])
    first, second = (line[:8] for line in stream.getvalue().splitlines())
    assert (first[3:], second[3:]) == ("00:00", "01:05")


def test_a_large_run_sums_up_starts_and_successes_but_tells_every_reason() -> None:
    names = [f"n{number}" for number in range(MANY_NODES * 5)]
    events: list[Event] = [begun(*map(node, names))]
    for number, name in enumerate(names):
        events.append(started(number / 10, name))
        ended = succeeded(number / 10, name) if number % 100 else failed(number / 10, name, f"exit {number}")
        events.append(ended)
    events += [retried(99.0, "n1", "exit 7", 1.0), skipped(99.5, "n2", "no need")]
    lines = told(events)
    assert [line for line in lines if "exit" in line or "no need" in line] == [
        *(f"n{number} failed in 0.0 s: exit {number}" for number in range(0, len(names), 100)),
        "n1 attempt 1 failed in 0.0 s: exit 7 (transient); next try in 1.0 s",
        "n2 skipped in 0.0 s: no need",
    ]
    summed_up = [line for line in lines if "nodes done" in line]
    assert 9 <= len(summed_up) <= 11
    assert summed_up[1] == "102 of 1,000 nodes done, 0 running"
    assert len(lines) == 1 + 10 + 2 + len(summed_up)


def test_each_event_is_one_printable_line(hostile: list[Event]) -> None:
    lines = told(hostile)
    assert all(line.isprintable() and len(line) < 1_000 for line in lines)
    assert len(lines) == len([one for one in hostile if type(one).__name__ != "NodeOutput"])


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_stream_that_cannot_hold_everything_gets_escapes(encoding: str) -> None:
    raw = io.BytesIO()
    progress = PlainProgress(io.TextIOWrapper(raw, encoding=encoding))
    for text in HOSTILE.values():
        tell(progress, hostile_events(text + "你"))
    assert progress.broken is None
    assert b"\\u4f60" in raw.getvalue()


def test_a_reader_that_has_gone_ends_the_progress_and_not_the_run() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    stream = os.fdopen(writer, "w")
    progress = PlainProgress(stream)
    tell(progress, [begun(node("a")), started(0, "a"), succeeded(1, "a")])
    assert isinstance(progress.broken, BrokenPipeError)
    assert progress.state.finished == 1
    with pytest.raises(BrokenPipeError):
        stream.close()
