"""What happened to one node, step by step, out of the events of its run."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from orchestrator.domain.events import (
    Answered,
    AttemptFailed,
    BaseTaken,
    CallSent,
    CandidateJudged,
    CandidateKept,
    CandidateLanded,
    DiagnosisAsked,
    DiagnosisSaved,
    Event,
    FixFound,
    NodeEnded,
    NodeExpanded,
    NodeReleased,
    NodeReopened,
    NodeStarted,
    ReplySaved,
    ReviewAsked,
    ReviewSaved,
    RunEnded,
    RunInterrupted,
    RunResumed,
    RunStarted,
)
from orchestrator.domain.ids import NodeId
from orchestrator.domain.status import NodeStatus
from orchestrator.report.plaintext import count, duration

_SHOWN_CHILDREN = 5


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a node's story.

    Attributes:
        at: seconds since the epoch.
        event: the class of the event that tells it.
        text: one sentence; it may hold foreign text as it is.
    """

    at: float
    event: str
    text: str


def steps_of(node: NodeId, events: Iterable[Event]) -> list[Step]:
    """The story of ``node``, oldest step first: what it needed, its attempts, its children, what people did.

    Linear in the events. Empty for a node that was never announced.
    """
    story = _Story(node)
    return [step for event in events for step in story.take(event)]


class _Story:
    """Knows how far the story has come, and so which events belong to it."""

    def __init__(self, node: NodeId) -> None:
        self._node = node
        self._needs: set[NodeId] = set()
        self._children: set[NodeId] = set()
        self._started: float | None = None
        self._is_known = False
        self._has_ended = False

    def take(self, event: Event) -> Iterator[Step]:
        tell = self._TOLD.get(type(event))
        if tell is not None and (self._is_known or isinstance(event, RunStarted | NodeExpanded)):
            yield from (Step(event.at, type(event).__name__, text) for text in tell(self, event))

    def _run_started(self, event: RunStarted) -> Iterator[str]:
        spec = next((spec for spec in event.plan.nodes if spec.id == self._node), None)
        if spec is not None:
            self._is_known, self._needs = True, set(spec.needs)
            yield "the run started"

    def _node_expanded(self, event: NodeExpanded) -> Iterator[str]:
        if event.node == self._node:
            self._children.update(spec.id for spec in event.children)
            names = [spec.id for spec in event.children[:_SHOWN_CHILDREN]]
            left = len(event.children) - len(names)
            yield f"it added {count(len(event.children), 'node')}{_listed(names, left)}"
            return
        spec = next((spec for spec in event.children if spec.id == self._node), None)
        if spec is not None:
            self._is_known, self._has_ended, self._started = True, False, None
            self._needs = set(spec.needs)
            yield f"{event.node} added it"

    def _node_started(self, event: NodeStarted) -> Iterator[str]:
        if event.node == self._node:
            again = " afresh" if self._started is not None else ""
            self._started, self._has_ended = event.at, False
            self._children.clear()
            yield f"attempt {event.attempt} started{again}"

    def _attempt_failed(self, event: AttemptFailed) -> Iterator[str]:
        if event.node == self._node:
            failed = f"attempt {event.attempt} failed{self._after(event.at)} ({event.kind}): {event.reason}"
            yield f"{failed}; next try in {duration(event.retry_in)}"
            self._started = None

    def _node_ended(self, event: NodeEnded) -> Iterator[str]:
        reason = f": {event.reason}" if event.reason else ""
        if event.node == self._node:
            kind = f" ({event.kind})" if event.kind else ""
            yield f"{_WENT[event.status]}{self._after(event.at)}{kind}{reason}"
            self._started, self._has_ended = None, True
        elif event.node in self._needs:
            yield f"its need {event.node} {_WENT[event.status]}{reason}"
        elif event.node in self._children and event.status != NodeStatus.SUCCEEDED:
            yield f"{event.node}, which it added, {_WENT[event.status]}{reason}"

    def _node_released(self, event: NodeReleased) -> Iterator[str]:
        if event.node == self._node:
            yield f"given back unfinished{self._after(event.at)}: {event.reason}"
            self._started = None

    def _answered(self, event: Answered) -> Iterator[str]:
        said = {True: "approved", False: "rejected", None: "answered"}[event.approve]
        text = f": {event.text}" if event.text else ""
        if event.node == self._node:
            yield f"a person {said} it{text}"
        yield from self._opened(event, f"a person {said} {event.node}{text}")

    def _node_reopened(self, event: NodeReopened) -> Iterator[str]:
        if event.node == self._node:
            yield "a person wanted it run again"
        yield from self._opened(event, f"a person wanted {event.node} run again")

    def _opened(self, event: Answered | NodeReopened, why: str) -> Iterator[str]:
        if self._node in event.opened:
            self._has_ended, self._started = False, None
            if event.node != self._node:
                yield f"open again: {why}"
        elif self._needs & event.opened.keys():
            yield f"a need of it is open again: {why}"

    def _run_interrupted(self, event: RunInterrupted) -> Iterator[str]:
        if not self._has_ended:
            yield f"somebody stopped the run{': what runs is stopped too' if event.hard else ''}"

    def _run_resumed(self, _event: RunResumed) -> Iterator[str]:
        if self._started is not None and not self._children:
            yield "the engine had died while it ran; another one took the run up again"
        elif not self._has_ended:
            yield "an engine took the run up again"

    def _run_ended(self, event: RunEnded) -> Iterator[str]:
        if not self._has_ended:
            yield f"the run ended without it: {event.reason or event.status}"

    def _base_taken(self, event: BaseTaken) -> Iterator[str]:
        yield from self._own(event, f"attempt {event.attempt} works on {event.base}")

    def _call_sent(self, event: CallSent) -> Iterator[str]:
        yield from self._own(event, f"{event.model} was asked")

    def _reply_saved(self, event: ReplySaved) -> Iterator[str]:
        cut = "" if event.reply.is_complete else "; its answer was cut off"
        yield from self._own(event, f"{event.reply.model} answered{cut}")

    def _review_asked(self, event: ReviewAsked) -> Iterator[str]:
        yield from self._own(event, f"{event.model} was asked for a review")

    def _review_saved(self, event: ReviewSaved) -> Iterator[str]:
        cut = "" if event.reply.is_complete else "; the review was cut off"
        yield from self._own(event, f"{event.reply.model} reviewed its edit{cut}")

    def _diagnosis_asked(self, event: DiagnosisAsked) -> Iterator[str]:
        yield from self._own(event, f"{event.model} was asked why the checks fail")

    def _diagnosis_saved(self, event: DiagnosisSaved) -> Iterator[str]:
        cut = "" if event.reply.is_complete else "; the diagnosis was cut off"
        yield from self._own(event, f"{event.reply.model} answered with a diagnosis{cut}")

    def _fix_found(self, event: FixFound) -> Iterator[str]:
        found = event.found
        tried = f"{count(found.tried, 'change')} tried"
        yield from self._own(event, f"without a model: {tried}, {count(len(found.steps), 'repair')} found")
        for step in found.steps:
            yield from self._own(event, f"{step.source}: {step.message}{f' ({step.claim})' if step.claim else ''}")
        for line in found.held:
            yield from self._own(event, f"held: {line}")

    def _candidate_kept(self, event: CandidateKept) -> Iterator[str]:
        yield from self._own(event, f"its edit was kept as {event.commit}")

    def _candidate_judged(self, event: CandidateJudged) -> Iterator[str]:
        found = f", {count(len(event.findings), 'finding')}" if event.findings else ""
        yield from self._own(event, f"its edit was judged: {event.verdict} (evidence: {event.evidence}{found})")

    def _candidate_landed(self, event: CandidateLanded) -> Iterator[str]:
        yield from self._own(event, f"its edit landed on the run's branch as {event.commit}")

    def _own(self, event: Any, text: str) -> Iterator[str]:
        if event.node == self._node:
            yield text

    def _after(self, at: float) -> str:
        return "" if self._started is None else f" after {duration(at - self._started)}"

    _TOLD: ClassVar[Mapping[type, Callable[[Any, Any], Iterator[str]]]] = {
        RunStarted: _run_started,
        RunResumed: _run_resumed,
        RunInterrupted: _run_interrupted,
        NodeStarted: _node_started,
        BaseTaken: _base_taken,
        CallSent: _call_sent,
        ReplySaved: _reply_saved,
        FixFound: _fix_found,
        CandidateKept: _candidate_kept,
        ReviewAsked: _review_asked,
        ReviewSaved: _review_saved,
        DiagnosisAsked: _diagnosis_asked,
        DiagnosisSaved: _diagnosis_saved,
        CandidateJudged: _candidate_judged,
        CandidateLanded: _candidate_landed,
        AttemptFailed: _attempt_failed,
        NodeExpanded: _node_expanded,
        NodeEnded: _node_ended,
        NodeReleased: _node_released,
        Answered: _answered,
        NodeReopened: _node_reopened,
        RunEnded: _run_ended,
    }


_WENT: Mapping[NodeStatus, str] = {
    **{status: f"was {status}" for status in NodeStatus},
    NodeStatus.SUCCEEDED: "succeeded",
    NodeStatus.FAILED: "failed",
}


def _listed(names: list[NodeId], left: int) -> str:
    more = f" and {left:,} more" if left else ""
    return f": {', '.join(names)}{more}" if names else ""
