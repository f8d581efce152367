"""From the events of a run to where it stands: what is done, what was in flight, what is open again."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias, get_args

from orchestrator.domain.events import (
    Answer,
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
    NodeOutput,
    NodeReleased,
    NodeReopened,
    NodeStarted,
    ReplySaved,
    ResultPublished,
    ReviewAsked,
    ReviewSaved,
    RunEnded,
    RunInterrupted,
    RunResumed,
    RunStarted,
    SandboxPrepared,
)
from orchestrator.domain.ids import NodeId
from orchestrator.domain.recovered import NodeRecord, Recovered
from orchestrator.domain.status import NodeStatus
from orchestrator.domain.usage import Usage
from orchestrator.errors import JournalDamagedError

Fact: TypeAlias = (
    BaseTaken
    | CallSent
    | ReplySaved
    | FixFound
    | CandidateKept
    | ReviewAsked
    | ReviewSaved
    | DiagnosisAsked
    | DiagnosisSaved
    | CandidateJudged
    | CandidateLanded
)
"""What an attempt records of itself, so that another engine can go on with it."""


def fold(events: Iterable[Event]) -> Recovered | None:
    """Where a run stands after ``events``; ``None`` where there are none: the run never began.

    Raises:
        JournalDamagedError: these are not the events of a run: they do not begin with its only start,
            or tell of a node that was not announced.
    """
    state: _Fold | None = None
    for seq, event in enumerate(events, 1):
        try:
            if state is None:
                state = _Fold(event)
            else:
                state.take(event)
        except (KeyError, TypeError) as error:
            what = f"event {seq}, a {type(event).__name__}, does not fit what went before: {error.args[0]}"
            raise JournalDamagedError(what, path="journal") from error
    return state.result() if state else None


class _Fold:
    """The state so far; one method for each class of event."""

    def __init__(self, first: Event) -> None:
        if not isinstance(first, RunStarted):
            raise TypeError("a run begins with RunStarted")
        self.started = first
        self.nodes: dict[NodeId, NodeRecord] = {spec.id: NodeRecord(spec=spec) for spec in first.plan.nodes}
        self.in_flight: set[NodeId] = set()
        self.ended: RunEnded | None = None
        self.resumes = 0
        self.spent = Usage()
        self.ends = 0
        self.handlers: Mapping[type, Callable[..., None]] = {
            RunResumed: self.run_resumed,
            SandboxPrepared: _pass_over,
            RunInterrupted: _pass_over,
            ResultPublished: _pass_over,
            **dict.fromkeys(get_args(Fact), self.fact),
            NodeStarted: self.node_started,
            AttemptFailed: self.attempt_failed,
            NodeExpanded: self.node_expanded,
            NodeEnded: self.node_ended,
            NodeReleased: self.node_released,
            NodeReopened: self.node_reopened,
            Answered: self.answered,
            NodeOutput: _pass_over,
            RunEnded: self.run_ended,
        }

    def take(self, event: Event) -> None:
        handler = self.handlers.get(type(event))
        if handler is None:
            raise TypeError("a run begins once only")
        handler(event)

    def result(self) -> Recovered:
        self._recover()
        return Recovered(
            started=self.started, nodes=self.nodes, ended=self.ended, resumes=self.resumes, spent=self.spent
        )

    def run_resumed(self, _event: RunResumed) -> None:
        self._recover()
        self.ended = None
        self.resumes += 1

    def run_ended(self, event: RunEnded) -> None:
        self.ended = event

    def node_started(self, event: NodeStarted) -> None:
        record = self.nodes[event.node]
        record.status = NodeStatus.RUNNING
        if event.attempt != record.attempt:
            record.facts = []
        record.attempt, record.started_at = event.attempt, event.at
        self.in_flight.add(event.node)

    def attempt_failed(self, event: AttemptFailed) -> None:
        record = self._landed(event.node)
        record.failures.append(event)
        record.status, record.facts = NodeStatus.READY, []
        self._forget(record, kept=0)

    def fact(self, event: Fact) -> None:
        self.nodes[event.node].facts.append(event)
        if isinstance(event, Answer):
            self.spent += event.reply.usage

    def node_expanded(self, event: NodeExpanded) -> None:
        record = self._landed(event.node)
        self._forget(record, kept=sum(one.step < event.step for one in record.expansions))
        record.expansions.append(event)
        for spec in event.children:
            self.nodes[spec.id] = NodeRecord(spec=spec, parent=event.node)

    def node_ended(self, event: NodeEnded) -> None:
        record = self._landed(event.node)
        self.ends += 1
        record.status, record.end, record.ended_as = event.status, event, self.ends

    def node_released(self, event: NodeReleased) -> None:
        record = self._landed(event.node)
        record.status = NodeStatus.RUNNING if record.expansions else NodeStatus.READY
        record.recovered = bool(record.facts)  # what it had saved is not bought again

    def node_reopened(self, event: NodeReopened) -> None:
        self._reopen(event.opened)

    def answered(self, event: Answered) -> None:
        self._reopen(event.opened)
        self.nodes[event.node].answer = event

    def _landed(self, node: NodeId) -> NodeRecord:
        """The record of ``node``, which is not in flight any more."""
        self.in_flight.discard(node)
        return self.nodes[node]

    def _recover(self) -> None:
        for node in self.in_flight:
            self.nodes[node].status, self.nodes[node].recovered = NodeStatus.READY, True
        self.in_flight.clear()

    def _reopen(self, opened: Mapping[NodeId, int]) -> None:
        self.ended = None
        for record, kept in [(self.nodes[node], kept) for node, kept in opened.items()]:
            if record.spec.id not in self.nodes:
                continue  # dropped with an expansion of its parent
            self._forget(record, kept=kept)
            record.status = NodeStatus.RUNNING if kept else NodeStatus.PENDING
            record.end, record.answer, record.ended_as = None, None, 0
            record.failures, record.facts, record.recovered = [], [], False

    def _forget(self, record: NodeRecord, *, kept: int) -> None:
        """Drop all but the first ``kept`` expansions of a node, and every node that the others added."""
        dropped = record.expansions[kept:]
        del record.expansions[kept:]
        for child in (spec.id for expansion in dropped for spec in expansion.children):
            self.in_flight.discard(child)
            if (gone := self.nodes.pop(child, None)) is not None:
                self._forget(gone, kept=0)


def _pass_over(_event: Event) -> None:
    """It changes nothing of where a run stands."""
