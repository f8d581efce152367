import re

import pytest

from orchestrator.domain.events import Event
from orchestrator.domain.status import RunStatus
from orchestrator.report import RunState, summary_text
from orchestrator.report.plaintext import cells
from tests.unit.report.script import begun, failed, fold, node, run_ended, skipped, started, succeeded

SGR = re.compile(r"\x1b\[[\d;]*m")

FAILED = """\
build-all failed

Failed first
  compile[src-parser.c]: exit 2 (5.2 s)
    | cc -O2 -Wall -c src/parser.c
    | src/parser.c:88:17: error: 'tok' undeclared (first use in this function)
    |    88 |     return tok->kind;
    | make: *** [parser.o] Error 1

Failed after that
  lint: exit 1 (12 s)
  compile: 1 of 6 items failed: src-parser.c (18 s)

Failed, but tolerated
  docs: exit 2 (2.4 s)

Not run
  5 skipped: behind compile, which failed
    test, package, approve, deploy, announce

7 succeeded, 4 failed, 5 skipped
16 nodes in 26 s; one after another 1 min 01 s, so 35 s saved
"""
BLOCKED = """\
release blocked

Blocked: needs a person
  approve: Ship version 1.4.0 to production?
  Next: run the workflow again on a terminal, where somebody can answer

Not finished
  2 pending: waits for approve, which is blocked
    deploy, announce

2 succeeded, 1 blocked, 2 pending
5 nodes in 55 s
"""


EDITED = """\
fix succeeded

Asked of models
  mend attempt 1, small: rejected: tests: exit code 1
  mend attempt 2, large: accepted

1 succeeded
1 node in 4.5 s
2 calls to models, 0.0045 USD

Result: branch rung/run-7f3a at bbbbbbbbbbbb
  Look at it: git diff HEAD...rung/run-7f3a
"""


def test_a_run_that_edits_tells_its_attempts_and_ends_with_where_the_result_is(editing: list[Event]) -> None:
    assert summary_text(fold(editing)) == EDITED


def test_calls_without_a_price_are_counted_and_a_run_that_landed_nothing_names_no_result(
    editing: list[Event],
) -> None:
    text = summary_text(fold(editing[:4]))
    assert text.endswith("\n1 call to models\n")
    assert "Result" not in text


def test_a_failed_run(failing: list[Event]) -> None:
    assert summary_text(fold(failing)) == FAILED


def test_a_blocked_run(blocking: list[Event]) -> None:
    assert summary_text(fold(blocking)) == BLOCKED


def test_the_next_step_is_the_callers_to_name(blocking: list[Event]) -> None:
    assert "  Next: press the button\n" in summary_text(fold(blocking), next_step="press the button")


def test_a_good_run_is_three_lines() -> None:
    state = fold([begun(node("a")), started(0, "a"), succeeded(1, "a"), run_ended(1, RunStatus.SUCCEEDED)])
    assert summary_text(state) == "build-all succeeded\n\n1 succeeded\n1 node in 1.0 s\n"


def test_an_empty_an_unbegun_and_a_killed_run(opening: list[Event]) -> None:
    empty = fold([begun(), run_ended(0, RunStatus.SUCCEEDED)])
    assert summary_text(empty) == "build-all succeeded\n\nno nodes\n0 nodes in 0.0 s\n"
    assert summary_text(RunState()) == "run unfinished\n\nno nodes\n0 nodes in 0.0 s\n"
    killed = summary_text(fold(opening))
    assert killed.startswith("build-all unfinished\n")
    assert "  5 running: unfinished when the record of the run broke off\n" in killed


def test_colour_adds_nothing_but_colour(failing: list[Event]) -> None:
    coloured = summary_text(fold(failing), color=True)
    assert coloured != FAILED
    assert SGR.sub("", coloured) == FAILED


@pytest.mark.parametrize("width", [20, 33, 80, 200])
def test_no_line_is_wider_than_the_terminal_and_no_word_is_lost(failing: list[Event], width: int) -> None:
    text = summary_text(fold(failing), width=width)
    assert max(map(cells, text.splitlines())) <= width
    assert re.sub(r"[\s|]", "", text) == re.sub(r"[\s|]", "", FAILED)


def test_long_lists_are_cut_and_say_how_much_is_missing() -> None:
    names = [f"n{number}" for number in range(30)]
    events: list[Event] = [begun(*map(node, names), *(node(f"s{number}") for number in range(30)))]
    for name in names:
        events += [started(0, name), failed(1, name, "exit 1")]
    events += [skipped(1, f"s{number}", f"if: {number % 12} is false") for number in range(30)]
    text = summary_text(fold(events))
    assert "  and 19 failures more\n" in text
    assert "    s0, s12, s24\n" in text
    assert "  and 8 nodes more\n" in text
    assert len(text.splitlines()) < 50


def test_skips_are_grouped_by_what_they_began_with_and_own_conditions_stand_alone() -> None:
    nodes = [node("a"), node("b", "a"), node("c", "b"), node("d", "c")]
    reasons = {"a": "if: inputs.deep is false", "b": "needs a, which was skipped", "c": "needs b, which was skipped"}
    reasons["d"] = "needs c, which was skipped"
    text = summary_text(fold([begun(*nodes), *(skipped(1, name, reason) for name, reason in reasons.items())]))
    assert (
        "  1 skipped: if: inputs.deep is false\n    a\n  3 skipped: behind a, which was skipped\n    b, c, d\n" in text
    )


def test_an_ascii_stream_gets_ascii(hostile: list[Event]) -> None:
    assert summary_text(fold(hostile), encoding="ascii").isascii()


def test_hostile_text_stays_text(hostile: list[Event]) -> None:
    lines = summary_text(fold(hostile)).splitlines()
    assert all(line.isprintable() for line in lines)
    assert max(map(cells, lines)) <= 80
    assert len(lines) < 100


def test_the_next_step_of_an_unfinished_run_stands_below_what_is_open_a_command_a_line() -> None:
    state = fold([begun(node("a")), started(0, "a"), run_ended(1, RunStatus.INTERRUPTED)])
    shown = summary_text(state, next_step="mend it\nrung resume r1")
    assert "    a\n  Next: mend it\n        rung resume r1\n\n" in shown
    assert "Next" not in summary_text(state)
    state.is_alive, state.status = True, None
    assert summary_text(state).startswith("build-all running\n")
