"""What is told of one node, and what of others is left out."""

from typing import get_args

from orchestrator.app.storyline import _Story, steps_of
from orchestrator.domain.events import (
    Answered,
    AttemptFailed,
    BaseTaken,
    CallSent,
    CandidateJudged,
    CandidateKept,
    CandidateLanded,
    Event,
    NodeExpanded,
    NodeOutput,
    NodeReleased,
    NodeReopened,
    ReplySaved,
    ResultPublished,
    RunInterrupted,
    RunResumed,
    SandboxPrepared,
)
from orchestrator.domain.ids import NodeId
from orchestrator.domain.model import Reply
from orchestrator.domain.retry import FailureKind
from orchestrator.domain.status import NodeStatus, RunStatus
from orchestrator.domain.tree import CommitId
from orchestrator.domain.verdict import Evidence, VerdictStatus
from tests.unit.app.history import START, begun, ended, node, over, started

A, B = NodeId("a"), NodeId("b")
FAILED, SKIPPED = NodeStatus.FAILED, NodeStatus.SKIPPED


def told(name: str, *events: Event) -> list[str]:
    return [step.text for step in steps_of(NodeId(name), events)]


def test_every_event_of_the_journal_is_told_but_for_what_is_no_nodes_own() -> None:
    assert set(get_args(Event)) - set(_Story._TOLD) == {NodeOutput, ResultPublished, SandboxPrepared}


def test_a_node_is_told_from_its_needs_to_its_end() -> None:
    retry = AttemptFailed(START + 3, B, 1, FailureKind.TIMEOUT, "no end within 2 s", 1.5)
    assert told(
        "b",
        begun(node("a"), node("b", "a"), node("c", "b")),
        started(0, "a"),
        ended(1, "a"),
        started(1, "b"),
        retry,
        started(5, "b", 2),
        ended(7, "b"),
        started(7, "c"),
        ended(8, "c"),
        over(8),
    ) == [
        "the run started",
        "its need a succeeded",
        "attempt 1 started",
        "attempt 1 failed after 2.0 s (timeout): no end within 2 s; next try in 1.5 s",
        "attempt 2 started",
        "succeeded after 2.0 s",
    ]


def test_times_and_events_stand_beside_the_words() -> None:
    step = steps_of(A, [begun(node("a")), started(2, "a")])[1]
    assert (step.at, step.event) == (START + 2, "NodeStarted")


def test_a_skip_has_its_reason() -> None:
    events = (begun(node("a"), node("b", "a")), ended(1, "a", FAILED, "exit code 2"), ended(1, "b", SKIPPED, "needs a"))
    assert told("b", *events)[1:] == ["its need a failed: exit code 2", "was skipped: needs a"]


def test_a_child_begins_with_what_added_it_and_a_parent_tells_its_bad_children() -> None:
    children = tuple(node(f"a[{number}]") for number in range(7))
    events = (
        begun(node("a")),
        started(0, "a"),
        NodeExpanded(START, A, 1, children),
        ended(1, "a[0]"),
        ended(1, "a[1]", FAILED, "exit code 1"),
    )
    assert told("a[1]", *events) == ["a added it", "failed: exit code 1"]
    assert told("a", *events)[2:] == [
        "it added 7 nodes: a[0], a[1], a[2], a[3], a[4] and 2 more",
        "a[1], which it added, failed: exit code 1",
    ]


def test_an_engines_death_and_an_interrupt_are_told_where_they_matter() -> None:
    nodes = begun(node("a"), node("b"), node("c"))
    killed = (nodes, started(0, "a"), started(0, "b"), ended(1, "b"), RunResumed(START + 9), started(9, "a", 2))
    assert told("a", *killed)[2:] == [
        "the engine had died while it ran; another one took the run up again",
        "attempt 2 started afresh",
    ]
    assert told("b", *killed)[2:] == ["succeeded after 1.0 s"]
    assert told("c", *killed)[1:] == ["an engine took the run up again"]
    released = NodeReleased(START + 3, A, "interrupted")
    stopped = (nodes, started(0, "a"), RunInterrupted(START + 1, hard=True), released, over(3, RunStatus.INTERRUPTED))
    assert told("a", *stopped)[2:] == [
        "somebody stopped the run: what runs is stopped too",
        "given back unfinished after 3.0 s: interrupted",
        "the run ended without it: interrupted",
    ]


def test_what_people_did_is_told_to_the_node_and_to_what_is_opened_with_it() -> None:
    run = (begun(node("a", kind="gate"), node("b", "a"), node("c", "b")), ended(1, "a", NodeStatus.BLOCKED, "sure?"))
    answered = Answered(START + 2, A, approve=False, opened={A: 0})
    assert told("a", *run, answered)[1:] == ["was blocked: sure?", "a person rejected it"]
    assert told("b", *run, answered)[1:] == [
        "its need a was blocked: sure?",
        "a need of it is open again: a person rejected a",
    ]
    assert told("c", *run, answered)[1:] == []
    text = Answered(START + 2, A, text="use tabs", opened={A: 0})
    assert told("a", *run, text)[-1] == "a person answered it: use tabs"
    again = NodeReopened(START + 3, A, "retried", {A: 0, B: 0})
    assert told("a", *run, again)[-1] == "a person wanted it run again"
    assert told("b", *run, again)[-1] == "open again: a person wanted a run again"


def test_an_edit_is_told_from_its_base_to_its_landing() -> None:
    commit = CommitId("1a2b3c")
    assert told(
        "a",
        begun(node("a"), node("b")),
        started(0, "a"),
        BaseTaken(START, A, 1, CommitId("0a0b0c")),
        CallSent(START, A, 1, "small"),
        CallSent(START, B, 1, "small"),
        ReplySaved(START, A, 1, Reply(text="...", model="small", is_complete=False)),
        CandidateKept(START, A, 1, commit),
        CandidateJudged(START, A, 1, VerdictStatus.PASSED, Evidence.IDS),
        CandidateLanded(START, A, commit),
    )[2:] == [
        "attempt 1 works on 0a0b0c",
        "small was asked",
        "small answered; its answer was cut off",
        "its edit was kept as 1a2b3c",
        "its edit was judged: passed (evidence: ids)",
        "its edit landed on the run's branch as 1a2b3c",
    ]


def test_nobody_else_has_a_story() -> None:
    assert told("x", begun(node("a")), started(0, "a"), RunResumed(START), over(1)) == []
