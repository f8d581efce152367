"""The fold: events in, one at a time; the state of the run so far out."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

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
from orchestrator.domain.ids import NodeId, RunId
from orchestrator.domain.node import NodeSpec
from orchestrator.domain.status import ENDED, AttemptStatus, NodeStatus, RunStatus
from orchestrator.domain.usage import Usage
from orchestrator.report.record import NodeRecord, ended_as, failed_as

if TYPE_CHECKING:
    from orchestrator.domain.jsonvalue import JsonObject
    from orchestrator.domain.plan import Plan

KEPT_OUTPUTS = 200
"""How many nodes that ended badly keep their last lines: bounds memory when everything fails."""


class RunState:
    """A run as its events tell it. Implements :class:`orchestrator.ports.Reporter`.

    Every event costs O(1) (an expansion O(children)); an event that names an unknown node makes a node of
    kind ``""``, for a reporter must not raise. Nothing here reads a clock or locks: give it events from one
    thread, and read it from another only under a lock of your own.

    Attributes:
        run, plan: ``""`` and ``None`` until the run has started.
        nodes: every announced node, in the order of announcement.
        counts: how many nodes have each status; statuses without nodes are 0.
        busy: the nodes that a worker has now. retrying: the nodes that wait to be tried again.
        failures: ids in the order in which they failed (a node that was reopened may stand there too).
        blocked: ids of the nodes that wait for a person, in the order in which they blocked.
        kind_work: kind -> (how many childless nodes have ended after working, their seconds of work).
        status: ``None`` while the run goes on or is open again, and for ever where the engine was killed.
        interrupted: the newest wish of somebody that the run stops; ``None`` where nobody wished it.
        is_alive: whether an engine works on the run now. No event tells it: who reads a journal may set it.
        is_opened: whether a person has opened nodes again since an engine last worked on the run.
        sandbox: how the newest engine holds the code under repair; ``None`` where it runs none.
        calls: how many calls to models were sent. usage: of all replies.
        result: where what has landed can be had (a commit of the run's own where it names no branch); ``None`` where
            nothing has.
        is_applied: whether the user's files hold the result. patch_file: where it was written as a patch, or ``""``.
            No event tells these either.
        last_at: time of the newest event; 0.0 before the first.
        work: seconds of work of all workers together, finished stretches only.
    """

    def __init__(self) -> None:
        self.run: RunId = RunId("")
        self.plan: Plan | None = None
        self.inputs: JsonObject = {}
        self.isolation = ""
        self.max_parallel = 0
        self.nodes: dict[NodeId, NodeRecord] = {}
        self.counts: dict[NodeStatus, int] = dict.fromkeys(NodeStatus, 0)
        self.busy: dict[NodeId, NodeRecord] = {}
        self.retrying: dict[NodeId, NodeRecord] = {}
        self.failures: dict[NodeId, None] = {}
        self.blocked: dict[NodeId, None] = {}
        self.kind_work: dict[str, tuple[int, float]] = {}
        self.started: float | None = None
        self.ended: float | None = None
        self.status: RunStatus | None = None
        self.reason = ""
        self.interrupted: RunInterrupted | None = None
        self.is_alive = False
        self.is_opened = False
        self.sandbox: SandboxPrepared | None = None
        self.calls = 0
        self.usage = Usage()
        self.result: ResultPublished | None = None
        self.is_applied = False
        self.patch_file = ""
        self.last_at = 0.0
        self.work = 0.0
        self._earlier = 0.0
        self._since = 0.0
        self._kept = 0

    @property
    def name(self) -> str:
        """The workflow's name; ``""`` before the start."""
        return self.plan.name if self.plan else ""

    @property
    def finished(self) -> int:
        """How many nodes have ended, blocked ones not counted."""
        return sum(self.counts[status] for status in ENDED) - self.counts[NodeStatus.BLOCKED]

    def seconds(self, now: float | None = None) -> float:
        """Wall-clock seconds for which engines have worked on the run, up to ``now`` (default: the newest event).

        The time between an engine's end and a resume does not count, nor what comes before the run's beginning.
        """
        if not self._since:
            return 0.0
        return self._earlier + max(0.0, (self.last_at if now is None else now) - self._since)

    def tolerates(self, record: NodeRecord) -> bool:
        """Whether the failure of a node does not count: it may fail, or what added it succeeded or may fail."""
        while not record.spec.continue_on_error:
            parent = self.nodes.get(record.parent) if record.parent else None
            if parent is None:
                return False
            if parent.status is NodeStatus.SUCCEEDED:
                return True
            record = parent
        return True

    def on_event(self, event: Event) -> None:
        """Fold one event."""
        self._FOLDS[type(event)](self, event)
        self.last_at = event.at

    def _run_started(self, event: RunStarted) -> None:
        self.run, self.plan, self.inputs = event.run, event.plan, event.inputs
        self.max_parallel, self.isolation = event.max_parallel, event.isolation
        self.started = self._since = event.at
        for spec in event.plan.nodes:
            self._announce(spec, None)

    def _run_resumed(self, event: RunResumed) -> None:
        self._go_on(event.at)
        self.is_opened = False

    def _sandbox_prepared(self, event: SandboxPrepared) -> None:
        self.sandbox = event

    def _run_interrupted(self, event: RunInterrupted) -> None:
        self.interrupted = event

    def _node_started(self, event: NodeStarted) -> None:
        record = self._rest(event.node, event.at)
        record.begin(event.at, event.attempt)
        self._move(record, NodeStatus.RUNNING)
        self.busy[event.node] = record

    def _attempt_failed(self, event: AttemptFailed) -> None:
        record = self._rest(event.node, event.at)
        record.close(event.at, failed_as(event.kind), kind=event.kind, reason=event.reason)
        record.reason, record.kind, record.detail = event.reason, event.kind, event.detail
        record.retry_at = event.at + event.retry_in
        self._move(record, NodeStatus.READY)
        self.retrying[event.node] = record

    def _node_expanded(self, event: NodeExpanded) -> None:
        record = self._rest(event.node, event.at)
        record.expansions.append([spec.id for spec in event.children if self._announce(spec, event.node)])

    def _node_ended(self, event: NodeEnded) -> None:
        record = self._rest(event.node, event.at)
        record.close(event.at, ended_as(event.status, event.kind), kind=event.kind, reason=event.reason)
        record.reason, record.kind, record.detail = event.reason, event.kind, event.detail
        record.outputs, record.ended = event.outputs, event.at
        self._move(record, event.status)
        if record.attempts and not record.children:
            ended, work = self.kind_work.get(record.spec.kind, (0, 0.0))
            self.kind_work[record.spec.kind] = (ended + 1, work + record.work)
        self._remember(event.node, record)

    def _remember(self, node: NodeId, record: NodeRecord) -> None:
        if record.status is NodeStatus.BLOCKED:
            self.blocked[node] = None
        elif record.status is NodeStatus.FAILED:
            self.failures[node] = None
            self._kept += record.lines is not None
            if self._kept <= KEPT_OUTPUTS:
                return
        record.lines = None

    def _node_released(self, event: NodeReleased) -> None:
        record = self._rest(event.node, event.at)
        record.close(event.at, AttemptStatus.DISCARDED, reason=event.reason)
        record.reason = event.reason
        self._move(record, NodeStatus.READY)

    def _answered(self, event: Answered) -> None:
        self._reopen(event.opened, event.at)

    def _node_reopened(self, event: NodeReopened) -> None:
        self._reopen(event.opened, event.at)

    def _reopen(self, opened: Mapping[NodeId, int], at: float) -> None:
        """Nodes are open again; a dropped expansion's children are gone, as if they had never been added."""
        self._go_on(at)
        self.is_opened = True
        for node, kept in opened.items():
            record = self.nodes.get(node)
            if record is None:
                continue
            self._drop(child for step in record.expansions[kept:] for child in step)
            del record.expansions[kept:]
            record.ended, record.reason, record.detail, record.kind = None, "", "", None
            self._move(record, NodeStatus.RUNNING if kept else NodeStatus.PENDING)

    def _go_on(self, at: float) -> None:
        """What was told of the run's end holds no longer. Nobody has worked on it since the event before."""
        for node in list(self.busy):
            record = self._rest(node, self.last_at)
            record.close(self.last_at, AttemptStatus.DISCARDED, reason="the engine stopped")
            self._move(record, NodeStatus.READY)
        self.retrying.clear()
        self._earlier, self._since = self.seconds(), at
        self.status, self.reason, self.ended, self.interrupted = None, "", None, None

    def _drop(self, nodes: Iterable[NodeId]) -> None:
        for node in nodes:
            record = self.nodes.pop(node, None)
            if record is None:
                continue
            self._move(record, NodeStatus.PENDING)
            self.counts[NodeStatus.PENDING] -= 1
            self._drop(record.children)

    def _call_sent(self, event: CallSent) -> None:
        self.calls += 1
        if attempt := self._record(event.node).open_attempt:
            attempt.model = event.model

    def _reply_saved(self, event: ReplySaved) -> None:
        self.usage += event.reply.usage
        if attempt := self._record(event.node).open_attempt:
            attempt.usage = event.reply.usage

    def _opinion_asked(self, _event: ReviewAsked | DiagnosisAsked) -> None:
        self.calls += 1

    def _opinion_saved(self, event: ReviewSaved | DiagnosisSaved) -> None:
        self.usage += event.reply.usage
        if attempt := self._record(event.node).open_attempt:
            attempt.usage = (attempt.usage or Usage()) + event.reply.usage

    def _fix_found(self, event: FixFound) -> None:
        if attempt := self._record(event.node).open_attempt:
            attempt.found = event.found

    def _candidate_judged(self, event: CandidateJudged) -> None:
        if attempt := self._record(event.node).open_attempt:
            attempt.judged = event

    def _result_published(self, event: ResultPublished) -> None:
        self.result = event

    def _pass_over(self, event: Event) -> None:
        """What another event tells as well, or nobody is shown."""

    def _node_output(self, event: NodeOutput) -> None:
        self._record(event.node).print(event.line)

    def _run_ended(self, event: RunEnded) -> None:
        self.status, self.reason, self.ended = event.status, event.reason, event.at

    def _announce(self, spec: NodeSpec, parent: NodeId | None) -> bool:
        if spec.id in self.nodes:
            return False
        self.nodes[spec.id] = NodeRecord(spec, parent)
        self.counts[NodeStatus.PENDING] += 1
        return True

    def _record(self, node: NodeId) -> NodeRecord:
        record = self.nodes.get(node)
        if record is None:
            self._announce(NodeSpec(id=node, kind=""), None)
            record = self.nodes[node]
        return record

    def _rest(self, node: NodeId, at: float) -> NodeRecord:
        record = self._record(node)
        self.work += record.rest(at)
        self.busy.pop(node, None)
        self.retrying.pop(node, None)
        return record

    def _move(self, record: NodeRecord, status: NodeStatus) -> None:
        self.counts[record.status] -= 1
        self.counts[status] += 1
        if record.status is NodeStatus.BLOCKED:
            self.blocked.pop(record.spec.id, None)
        elif record.status is NodeStatus.FAILED:
            self.failures.pop(record.spec.id, None)
        record.status = status

    _FOLDS: ClassVar[dict[type, Callable[[Any, Any], None]]] = {
        RunStarted: _run_started,
        RunResumed: _run_resumed,
        SandboxPrepared: _sandbox_prepared,
        RunInterrupted: _run_interrupted,
        NodeStarted: _node_started,
        AttemptFailed: _attempt_failed,
        NodeExpanded: _node_expanded,
        NodeEnded: _node_ended,
        NodeReleased: _node_released,
        Answered: _answered,
        NodeReopened: _node_reopened,
        NodeOutput: _node_output,
        BaseTaken: _pass_over,
        CallSent: _call_sent,
        ReplySaved: _reply_saved,
        FixFound: _fix_found,
        CandidateKept: _pass_over,
        ReviewAsked: _opinion_asked,
        ReviewSaved: _opinion_saved,
        DiagnosisAsked: _opinion_asked,
        DiagnosisSaved: _opinion_saved,
        CandidateJudged: _candidate_judged,
        CandidateLanded: _pass_over,
        ResultPublished: _result_published,
        RunEnded: _run_ended,
    }
