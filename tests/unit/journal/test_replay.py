from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.events import (
    Answered,
    AttemptFailed,
    Event,
    NodeEnded,
    NodeExpanded,
    NodeOutput,
    NodeReleased,
    NodeReopened,
    NodeStarted,
    RunEnded,
    RunInterrupted,
    RunResumed,
    RunStarted,
)
from orchestrator.domain.ids import NodeId, RunId
from orchestrator.domain.node import NodeSpec, Wanted
from orchestrator.domain.plan import Plan
from orchestrator.domain.recovered import NodeRecord, Recovered
from orchestrator.domain.retry import FailureKind
from orchestrator.domain.status import NodeStatus, RunStatus
from orchestrator.errors import JournalDamagedError
from orchestrator.journal.codec import decode, encode
from orchestrator.journal.reopen import reopened as opened_with
from orchestrator.journal.replay import fold

S, F, B = NodeStatus.SUCCEEDED, NodeStatus.FAILED, NodeStatus.BLOCKED
SKIPPED, CANCELLED, PENDING, READY, RUNNING = (
    NodeStatus.SKIPPED,
    NodeStatus.CANCELLED,
    NodeStatus.PENDING,
    NodeStatus.READY,
    NodeStatus.RUNNING,
)


NOBODY = {NodeId("nobody"): 0}


def spec(name: str, *needs: str) -> NodeSpec:
    return NodeSpec(id=NodeId(name), kind="run", needs={NodeId(need): Wanted.JOIN for need in needs})


def begun(*specs: NodeSpec) -> RunStarted:
    return RunStarted(0.0, RunId("r"), Plan(name="w", nodes=specs), {}, 4, "none")


def started(name: str, attempt: int = 1) -> NodeStarted:
    return NodeStarted(1.0, NodeId(name), attempt)


def ended(name: str, status: NodeStatus = S) -> NodeEnded:
    return NodeEnded(2.0, NodeId(name), status, "" if status == S else "why")


def failed(name: str, attempt: int = 1) -> AttemptFailed:
    return AttemptFailed(2.0, NodeId(name), attempt, FailureKind.VALIDATION, "why", 0.5)


def expanded(name: str, step: int, *children: str) -> NodeExpanded:
    return NodeExpanded(2.0, NodeId(name), step, tuple(map(spec, children)), notes={"step": step})


def reopened(name: str) -> NodeReopened:
    return NodeReopened(9.0, NodeId(name), "again")


def lived(*events: Event) -> list[Event]:
    """The events, each wish to open a node with all that it opens at that moment."""
    told: list[Event] = []
    for event in events:
        if isinstance(event, NodeReopened | Answered) and not event.opened:
            before = fold(told)
            assert before is not None
            told.append(replace(event, opened=opened_with(event.node, before.nodes)))
        else:
            told.append(event)
    return told


def after(*events: Event) -> Recovered:
    recovered = fold(lived(*events))
    assert recovered is not None
    return recovered


def record(name: str, *events: Event) -> NodeRecord:
    return after(*events).nodes[NodeId(name)]


def statuses(*events: Event) -> dict[str, NodeStatus]:
    return {str(node): one.status for node, one in after(*events).nodes.items()}


def test_no_events_are_no_run() -> None:
    assert fold(()) is None


def test_a_run_begins_with_its_plan() -> None:
    start = begun(spec("a"), spec("b", "a"))
    recovered = after(start)
    assert recovered.started == start
    assert list(recovered.nodes.values()) == [NodeRecord(spec=one) for one in start.plan.nodes]
    assert (recovered.ended, recovered.resumes) == (None, 0)


def test_what_ended_stays_ended_with_its_outputs() -> None:
    end = NodeEnded(2.0, NodeId("a"), S, outputs={"x": 1})
    found = record("a", begun(spec("a")), started("a"), end, RunResumed(3.0))
    assert (found.status, found.end, found.ended_as, found.recovered) == (S, end, 1, False)


def test_what_was_in_flight_is_to_be_started_again() -> None:
    found = record("a", begun(spec("a")), started("a"))
    assert (found.status, found.attempt, found.started_at, found.recovered) == (READY, 1, 1.0, True)


def test_the_second_engine_clears_what_the_first_left_in_flight() -> None:
    found = record("a", begun(spec("a")), started("a"), RunResumed(3.0), started("a", 2), ended("a"))
    assert (found.status, found.attempt, found.recovered) == (S, 2, True)


def test_a_failed_attempt_is_counted_and_waits_for_the_next() -> None:
    found = record("a", begun(spec("a")), started("a"), failed("a"), started("a", 2), failed("a", 2))
    assert (found.status, found.attempt, found.recovered) == (READY, 2, False)
    assert found.failures == [failed("a"), failed("a", 2)]


def test_what_was_given_back_was_not_lost() -> None:
    given_back = NodeReleased(2.0, NodeId("a"), "interrupted")
    end = RunEnded(4.0, RunStatus.INTERRUPTED)
    found = after(begun(spec("a")), started("a"), RunInterrupted(2.0), given_back, end)
    assert (found.nodes[NodeId("a")].status, found.nodes[NodeId("a")].recovered) == (READY, False)
    assert found.ended == end


def test_an_expanded_node_waits_for_its_children() -> None:
    events = begun(spec("a")), started("a"), expanded("a", 1, "a[x]", "a[y]"), started("a[x]"), ended("a[x]")
    assert statuses(*events) == {"a": RUNNING, "a[x]": S, "a[y]": PENDING}
    parent = record("a", *events)
    assert [one.notes for one in parent.expansions] == [{"step": 1}]
    assert not parent.recovered
    assert record("a[x]", *events).parent == "a"


def test_a_step_that_is_given_back_keeps_its_children() -> None:
    events = begun(spec("a")), started("a"), expanded("a", 1, "a[x]"), NodeReleased(2.0, NodeId("a"), "interrupted")
    assert statuses(*events) == {"a": RUNNING, "a[x]": PENDING}


def test_a_failed_attempt_takes_its_children_with_it() -> None:
    events = begun(spec("a")), started("a"), expanded("a", 1, "a[x]"), expanded("a[x]", 1, "a[x]/y"), failed("a")
    assert statuses(*events) == {"a": READY}


def test_an_expansion_that_is_told_again_replaces_itself_and_the_later_ones() -> None:
    steps = expanded("a", 1, "a#1"), expanded("a", 2, "a#2"), expanded("a", 3, "a#3"), expanded("a", 2, "a#2b")
    assert list(statuses(begun(spec("a")), started("a"), *steps)) == ["a", "a#1", "a#2b"]


def test_printed_lines_change_nothing() -> None:
    assert statuses(begun(spec("a")), NodeOutput(1.0, NodeId("a"), "stdout", "x")) == {"a": PENDING}


CHAIN = begun(spec("a"), spec("b", "a"), spec("c", "b"), spec("other"))


def test_a_reopened_node_takes_those_with_it_that_ended_because_of_it() -> None:
    ends = ended("other", F), ended("a", F), ended("b", SKIPPED), ended("c", SKIPPED), RunEnded(3.0, RunStatus.FAILED)
    recovered = after(CHAIN, *ends, reopened("a"))
    assert [one.status for one in recovered.nodes.values()] == [PENDING, PENDING, PENDING, F]
    assert recovered.ended is None
    assert recovered.nodes[NodeId("a")].end is None


def test_what_succeeded_is_not_run_again() -> None:
    ends = ended("a", F), ended("b", S), ended("c", F)
    assert statuses(CHAIN, *ends, reopened("a")) == {"a": PENDING, "b": S, "c": F, "other": PENDING}


def stopped_by(cause: str, name: str, status: NodeStatus) -> NodeEnded:
    return replace(ended(name, status), reason=f"fail-fast: {cause} failed")


def test_what_a_stop_skipped_or_cancelled_is_open_again_with_its_cause() -> None:
    ends = ended("a", F), stopped_by("a", "other", CANCELLED), stopped_by("a", "b", SKIPPED), ended("c", SKIPPED)
    assert set(statuses(CHAIN, *ends, reopened("a")).values()) == {PENDING}


def test_what_had_another_cause_is_not_opened() -> None:
    around = begun(spec("a"), spec("x"), spec("y", "x"), spec("z"))
    ends = ended("a", B), ended("x", SKIPPED), ended("y", F), stopped_by("y", "z", CANCELLED)
    opened = reopened("a"), Answered(9.0, NodeId("a"), approve=True)
    for wish in opened:
        assert statuses(around, *ends, wish) == {"a": PENDING, "x": SKIPPED, "y": F, "z": CANCELLED}


def test_a_reopened_node_has_its_attempts_before_it_again_but_keeps_their_count() -> None:
    found = record("a", begun(spec("a")), started("a"), failed("a"), started("a", 2), ended("a", F), reopened("a"))
    assert (found.failures, found.attempt, found.ended_as) == ([], 2, 0)


def test_a_reopened_list_runs_only_the_items_that_did_not_succeed() -> None:
    items = started("a"), expanded("a", 1, "a[x]", "a[y]", "a[z]")
    ends = ended("a[x]"), ended("a[y]", F), ended("a[z]", B), ended("a", F)
    found = statuses(begun(spec("a")), *items, *ends, reopened("a"))
    assert found == {"a": RUNNING, "a[x]": S, "a[y]": PENDING, "a[z]": PENDING}


def test_a_reopened_item_opens_its_list_and_what_needs_it_but_no_other_item() -> None:
    items = started("a"), expanded("a", 1, "a[x]", "a[y]")
    ends = ended("a[x]", F), ended("a[y]", F), ended("a", F), ended("b", SKIPPED)
    found = statuses(begun(spec("a"), spec("b", "a")), *items, *ends, reopened("a[x]"))
    assert found == {"a": RUNNING, "b": PENDING, "a[x]": PENDING, "a[y]": F}


def test_a_reopened_iteration_drops_the_later_ones() -> None:
    first = started("a"), expanded("a", 1, "a#1"), ended("a#1", F), expanded("a", 2, "a#2"), ended("a#2", F)
    found = statuses(begun(spec("a")), *first, ended("a", F), reopened("a#1"))
    assert found == {"a": RUNNING, "a#1": PENDING}


def test_a_loop_that_used_up_its_iterations_starts_afresh() -> None:
    steps = started("a"), expanded("a", 1, "a#1"), ended("a#1"), expanded("a", 2, "a#2"), ended("a#2")
    assert statuses(begun(spec("a")), *steps, ended("a", F), reopened("a")) == {"a": PENDING}


def test_a_child_that_was_skipped_below_a_parent_that_succeeded_stays() -> None:
    events = started("b"), expanded("b", 1, "b[x]"), ended("a", F), stopped_by("a", "b[x]", SKIPPED), ended("b", S)
    found = statuses(begun(spec("a"), spec("b")), *events, reopened("a"))
    assert found == {"a": PENDING, "b": S, "b[x]": SKIPPED}


def test_an_answer_opens_the_blocked_node_and_goes_with_it() -> None:
    answer = Answered(9.0, NodeId("a"), approve=True)
    found = after(CHAIN, started("a"), ended("a", B), RunEnded(3.0, RunStatus.BLOCKED), answer)
    kept = found.nodes[NodeId("a")].answer
    assert found.nodes[NodeId("a")].status == PENDING
    assert kept is not None
    assert kept.approve
    assert found.ended is None


def test_a_second_engine_still_knows_the_answer() -> None:
    answer = Answered(9.0, NodeId("a"), text="use the old format")
    found = record("a", CHAIN, started("a"), ended("a", B), answer, RunResumed(9.5), started("a", 2))
    assert found.status == READY
    assert found.answer is not None
    assert found.answer.text == "use the old format"


@pytest.mark.parametrize(
    ("events", "what"),
    [
        ([started("a")], "event 1, a NodeStarted, does not fit.*begins with RunStarted"),
        ([CHAIN, CHAIN], "event 2, a RunStarted, does not fit.*begins once only"),
        ([CHAIN, started("nobody")], "event 2, a NodeStarted, does not fit.*nobody"),
        ([CHAIN, replace(reopened("a"), opened=NOBODY)], "event 2, a NodeReopened, does not fit.*nobody"),
        ([CHAIN, Answered(1.0, NodeId("nobody"), opened=NOBODY)], "event 2, a Answered, does not fit.*nobody"),
    ],
)
def test_what_is_no_history_of_a_run_is_refused(events: list[Event], what: str) -> None:
    with pytest.raises(JournalDamagedError, match=what):
        fold(events)


@dataclass
class Author:
    """Writes down a possible life of a run, drawing what happens next."""

    draw: Any
    events: list[Event] = field(default_factory=list)
    open: dict[str, NodeStatus] = field(default_factory=dict)
    steps: dict[str, int] = field(default_factory=dict)
    fresh: "count[int]" = field(default_factory=count)

    def write(self) -> list[Event]:
        names = [f"n{next(self.fresh)}" for _ in range(self.draw(st.integers(1, 4)))]
        self.events = [begun(*(spec(name, *names[:index]) for index, name in enumerate(names)))]
        self.open = dict.fromkeys(names, PENDING)
        moves = [self.start, self.start, self.end, self.end, self.fail, self.expand, self.release, self.resume]
        for _ in range(self.draw(st.integers(0, 20))):
            self.draw(st.sampled_from([*moves, self.reopen, self.answer]))()
        return self.events

    def some(self, *wanted: NodeStatus) -> str | None:
        names = [name for name, status in self.open.items() if status in wanted]
        return self.draw(st.sampled_from(names)) if names else None

    def start(self) -> None:
        if name := self.some(PENDING, READY):
            self.open[name] = RUNNING
            self.events.append(started(name))

    def end(self) -> None:
        if name := self.some(RUNNING, PENDING):
            status = self.draw(st.sampled_from([S, F, B, SKIPPED, CANCELLED]))
            self.open[name] = status
            self.events.append(ended(name, status))

    def fail(self) -> None:
        if name := self.some(RUNNING):
            self.open[name] = READY
            self.events.append(failed(name))
            self.trim()

    def expand(self) -> None:
        if name := self.some(RUNNING):
            self.steps[name] = self.steps.get(name, 0) + 1
            children = [f"{name}/{next(self.fresh)}" for _ in range(self.draw(st.integers(0, 2)))]
            self.open |= dict.fromkeys(children, PENDING)
            self.events.append(expanded(name, self.steps[name], *children))

    def release(self) -> None:
        if name := self.some(RUNNING):
            self.open[name] = READY
            self.events.append(NodeReleased(2.0, NodeId(name), "interrupted"))

    def resume(self) -> None:
        self.events.append(RunResumed(3.0))

    def reopen(self) -> None:
        if name := self.some(F, SKIPPED, CANCELLED):
            self.open[name] = PENDING
            self.events = lived(*self.events, reopened(name))
            self.trim()

    def answer(self) -> None:
        if name := self.some(B):
            self.open[name] = PENDING
            self.events = lived(*self.events, Answered(3.0, NodeId(name), approve=True))
            self.trim()

    def trim(self) -> None:
        """Forget what the journal says is no more."""
        known = statuses(*self.events)
        self.open = {name: known[name] for name in self.open if name in known}


@st.composite
def lives(draw: Any) -> list[Event]:
    return Author(draw).write()


@given(lives())
def test_every_beginning_of_a_run_can_be_gone_on_with(events: list[Event]) -> None:
    for length in range(len(events) + 1):
        recovered = fold(events[:length])
        assert (recovered is None) == (length == 0)
        for record_of in recovered.nodes.values() if recovered else ():
            assert record_of.parent is None or (recovered and record_of.parent in recovered.nodes)
            assert (record_of.end is not None) == (record_of.status in {S, F, B, SKIPPED, CANCELLED})


@given(lives())
def test_a_run_is_the_same_after_it_was_written_and_read(events: list[Event]) -> None:
    assert fold([decode(encode(event)) for event in events]) == fold(events)


@given(lives())
def test_nothing_that_succeeded_is_open_again_except_by_name_or_as_a_parent(events: list[Event]) -> None:
    names = [node for node, one in after(*events).nodes.items() if one.status in {F, B}]
    for name in names:
        before, now = statuses(*events), statuses(*events, reopened(name))
        parents = {one.parent for one in after(*events).nodes.values()}
        lost = {node for node, status in before.items() if status == S and now.get(node, S) != S}
        assert lost <= parents
