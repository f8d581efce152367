import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.events import Event, RunInterrupted
from orchestrator.domain.ids import NodeId
from orchestrator.report import RunState
from orchestrator.report.forecast import Remaining
from orchestrator.report.frame import Size, frame, shares
from orchestrator.report.plaintext import cells
from tests.unit.report.script import FAILING, HOSTILE, START, begun, failed, fold, hostile_events, node, started, tell

PATH = (NodeId("compile[src-lexer.c]"), NodeId("test"), NodeId("package"), NodeId("approve"))
LEFT = Remaining(24.0, PATH, longer=True, left=30.0)

SMALL = """\
build-all  16 s, 4 at once  run-7f3a
[##########------------------------------] 4/16 nodes, 1 failed
about 30 s left  critical path 24 s: compile[src-lexer.c] > test > package >...

Failed or blocked (1)
  docs    tolerated  exit 2

Trying again (1)
  compile[src-lexer.c]     in 4.0 s  exit 137: killed

Running (4)
  lint                          7.4 s  checking 214 files
  compile[src-parser.c]         5.0 s  cc -O2 -Wall -c src/parser.c
  compile[src-codegen.c]        1.4 s  cc -O2 -Wall -c src/codegen.c
  compile[src-linker.c]         1.0 s"""
LOW = """\
build-all  16 s, 4 at once  run-7f3a
[##########------------------------------] 4/16 nodes, 1 failed
about 30 s left  critical path 24 s: compile[src-lexer.c] > test > package > approve > ...
Failed or blocked (1)
  docs    tolerated  exit 2
Trying again (1)
  compile[src-lexer.c]     in 4.0 s  exit 137: killed
Running (4)
  lint        7.4 s  checking 214 files
  and 3 more"""
LATE = """\
build-all  22 s, 4 at once  run-7f3a
[###############-------------------------] 6/16 nodes, 3 failed

Failed or blocked (3)
  lint                        failed  exit 1
  compile[src-parser.c]       failed  exit 2
  docs                     tolerated  exit 2

Running (3)
  compile[src-codegen.c]        7.4 s  cc -O2 -Wall -c src/codegen.c
  compile[src-linker.c]         7.0 s
  compile[src-lexer.c]          2.0 s  attempt 2  cc -O2 -Wall -c src/lexer.c"""
BLOCKED = """\
release  48 s, 4 at once  run-7f3a
[########--------------------------------] 1/5 nodes, 1 blocked

Failed or blocked (1)
  approve      blocked  Ship version 1.4.0 to production?

Running (1)
  archive        6.5 s"""


def shown(state: RunState, *, at: float, size: Size, remaining: Remaining | None = None) -> str:
    lines = frame(state, now=START + at, remaining=remaining, size=size)
    return "\n".join("".join(text for text, _ in line).rstrip() for line in lines)


def test_on_a_usual_terminal(opening: list[Event]) -> None:
    assert shown(fold(opening), at=16, size=Size(80, 24), remaining=LEFT) == SMALL


def test_on_a_wide_but_low_terminal_lists_are_cut_and_say_so(opening: list[Event]) -> None:
    assert shown(fold(opening), at=16, size=Size(120, 11), remaining=LEFT) == LOW


def test_failures_stand_above_newest_first_and_a_second_attempt_says_so() -> None:
    until = [event for event in FAILING if event.at < START + 22]
    assert shown(fold(until), at=22, size=Size(120, 40)) == LATE


def test_a_question_is_shown(blocking: list[Event]) -> None:
    assert shown(fold(blocking[:-2]), at=48, size=Size(80, 24)) == BLOCKED


@pytest.mark.parametrize(("hard", "line"), [(False, "stopping when what runs has ended"), (True, "stopping what runs")])
def test_an_interrupt_shows_at_once(opening: list[Event], *, hard: bool, line: str) -> None:
    lines = shown(fold([*opening, RunInterrupted(START + 16, hard)]), at=16, size=Size(80, 24), remaining=LEFT)
    assert lines.splitlines()[2].startswith(line)
    assert " left " not in lines


def test_before_the_start_and_without_nodes() -> None:
    bar = "-" * 40
    assert shown(RunState(), at=0, size=Size(80, 24)).splitlines()[1] == f"[{bar}] 0/0 nodes"
    assert shown(fold([begun()]), at=3, size=Size(80, 24)).splitlines()[0].startswith("build-all  3.0 s")


def test_when_thousands_fail_only_what_is_shown_is_made() -> None:
    names = [f"n{number}" for number in range(3_000)]
    state = fold([begun(*map(node, names))])
    for name in names:
        tell(state, [started(0, name), failed(1, name, "exit 1")])
    lines = shown(state, at=2, size=Size(80, 24)).splitlines()
    assert lines[2:4] == ["Failed or blocked (3,000)", "  n2999       failed  exit 1"]
    assert (lines[-1], len(lines)) == ("  and 2,981 more", 23)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
@given(width=st.integers(1, 130), height=st.integers(1, 30))
def test_every_frame_fits_its_terminal_and_prints(text: str, width: int, height: int) -> None:
    lines = frame(
        fold(hostile_events(text)),
        now=START + 6,
        remaining=Remaining(5, (NodeId(text),), longer=False, left=6),
        size=Size(width, height),
    )
    assert len(lines) <= max(1, height - 1)
    for line in lines:
        told = "".join(part for part, _ in line)
        assert told.isprintable()
        assert cells(told) <= max(1, width - 1)


@given(st.lists(st.integers(0, 50), max_size=6), st.integers(-3, 120))
def test_shares_are_fair(wanted: list[int], room: int) -> None:
    given_ = shares(wanted, room)
    assert sum(given_) == min(sum(wanted), max(0, room))
    short = [share for share, wish in zip(given_, wanted, strict=True) if share < wish]
    assert not short or max(short) - min(short) <= 1
    assert all(share <= min(short) + 1 for share in given_ if short)
