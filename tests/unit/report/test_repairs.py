"""What could not be repaired is said with its reason."""

from html import unescape

from orchestrator.domain.events import Event, FixFound
from orchestrator.domain.fixing import Fixed, FixStep
from orchestrator.domain.ids import NodeId
from orchestrator.domain.status import RunStatus
from orchestrator.report import markdown, summary_text
from tests.unit.report.script import START, begun, failed, fold, node, run_ended, started, succeeded

WHY = "no rule or tool proposes anything; search: no failing test reaches the code that may be changed"


def mending(name: str, found: Fixed, *, ends: Event) -> list[Event]:
    return [started(START, name), FixFound(START, NodeId(name), 1, found), ends]


def test_what_nothing_was_found_for_is_told_with_the_reason() -> None:
    name = "repair#1/fix[words.py]"
    lost = mending(name, Fixed(why=WHY), ends=failed(START, name, WHY))
    state = fold([begun(node(name, kind="fix")), *lost, run_ended(START, RunStatus.FAILED)])
    text = " ".join(summary_text(state).split())
    assert f"Not repaired words.py: {WHY}" in text
    assert f"- <code>words.py: {WHY}</code>" in unescape(markdown(state))


def test_what_is_held_is_told_once() -> None:
    name = "fix[words.py]"
    lost = mending(name, Fixed(held=("search: weak",), why="held"), ends=failed(START, name, "held: search: weak"))
    text = summary_text(fold([begun(node(name, kind="fix")), *lost, run_ended(START, RunStatus.FAILED)]))
    assert ("Found, and left to you" in text, "Not repaired" in text) == (True, False)


def test_only_the_last_round_is_told_of() -> None:
    names = ("repair#1/fix[words.py]", "repair#2/fix[other.py]")
    steps = (FixStep(source="search", message="words.py:1: `a` -> `b`"),)
    lost = mending(names[0], Fixed(why=WHY), ends=failed(START, names[0], WHY))
    won = mending(names[1], Fixed(changes={"words.py": ""}, steps=steps), ends=succeeded(START, names[1]))
    events = [begun(*(node(name, kind="fix") for name in names)), *lost, *won, run_ended(START, RunStatus.PARTIAL)]
    assert "Not repaired" not in summary_text(fold(events))
