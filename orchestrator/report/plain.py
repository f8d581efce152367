"""Progress as lines of text: for logs, pipes and CI."""

from collections.abc import Callable, Iterator
from typing import Any, ClassVar, TextIO

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
    ResultPublished,
    ReviewAsked,
    ReviewSaved,
    RunEnded,
    RunInterrupted,
    RunResumed,
    RunStarted,
    SandboxPrepared,
)
from orchestrator.domain.status import NodeStatus
from orchestrator.report.plaintext import clean, clip_middle, count, duration, encodable, local_time
from orchestrator.report.state import RunState
from orchestrator.report.story import by_status, held

MANY_NODES = 200
"""With more known nodes than this, starts and successes are summed up instead of told one by one."""
SUM_UP_SECONDS = 10.0
_LONGEST_ID = 100
_LONGEST = 500


class PlainProgress:
    """Writes a line for each event that matters, with the time of day where the reader is.

    Failures, retries, skips, cancellations and questions are always told, each with its reason; what nodes print
    is not (the summary shows what a failed one printed last). Implements :class:`orchestrator.ports.Reporter`.

    Attributes:
        state: the run so far; the caller may read it at the end.
        broken: why nothing is written any more; ``None`` while the stream works. A stream whose reader has
            gone ends the progress, never the run.
    """

    def __init__(self, stream: TextIO) -> None:
        self.state = RunState()
        self.broken: OSError | ValueError | None = None
        self._stream = stream
        self._encoding = getattr(stream, "encoding", None) or "utf-8"
        self._summed_up_at = 0.0

    def on_event(self, event: Event) -> None:
        """Fold one event and tell it."""
        self.state.on_event(event)
        tell = self._TOLD.get(type(event))
        if tell is None or self.broken:
            return
        for line in tell(self, event):
            self._write(f"{local_time(event.at)} {line}\n")

    def _write(self, line: str) -> None:
        try:
            self._stream.write(encodable(line, self._encoding))
            self._stream.flush()
        except (OSError, ValueError) as error:  # ValueError: the stream was closed
            self.broken = error

    def _run_started(self, event: RunStarted) -> Iterator[str]:
        at_once = f", {event.max_parallel} at once" if event.max_parallel else ""
        nodes = count(len(event.plan.nodes), "node")
        yield f"{clean(event.plan.name, _LONGEST_ID)} started: {nodes}{at_once}, isolation {clean(event.isolation)}"

    def _run_resumed(self, event: RunResumed) -> Iterator[str]:
        del event
        yield f"{clean(self.state.name, _LONGEST_ID)} resumed: {by_status(self.state)}"

    def _sandbox_prepared(self, event: SandboxPrepared) -> Iterator[str]:
        yield clean(held(event), _LONGEST)

    def _run_interrupted(self, event: RunInterrupted) -> Iterator[str]:
        rest = f"{count(len(self.state.busy), 'running node')} {'stopped' if event.hard else 'may end'}"
        yield f"{clean(self.state.name, _LONGEST_ID)} interrupted: nothing more is started, {rest}"

    def _node_started(self, event: NodeStarted) -> Iterator[str]:
        if event.attempt > 1:
            yield f"{_id(event.node)} started, attempt {event.attempt}"
        elif not self._many:
            yield f"{_id(event.node)} started"

    def _attempt_failed(self, event: AttemptFailed) -> Iterator[str]:
        failed = f"{_id(event.node)} attempt {event.attempt} failed{self._took(event)}"
        yield f"{failed}: {clean(event.reason, _LONGEST)} ({event.kind}); next try in {duration(event.retry_in)}"

    def _node_expanded(self, event: NodeExpanded) -> Iterator[str]:
        yield f"{_id(event.node)} added {count(len(event.children), 'node')}"

    def _node_ended(self, event: NodeEnded) -> Iterator[str]:
        if event.status is NodeStatus.SUCCEEDED and self._many:
            yield from self._sum_up(event.at)
            return
        tolerated = event.status is NodeStatus.FAILED and self.state.tolerates(self.state.nodes[event.node])
        reason = f": {clean(event.reason, _LONGEST)}" if event.reason else ""
        yield f"{_id(event.node)} {event.status}{self._took(event)}{' (tolerated)' if tolerated else ''}{reason}"

    def _node_released(self, event: NodeReleased) -> Iterator[str]:
        yield f"{_id(event.node)} given back unfinished: {clean(event.reason, _LONGEST)}"

    def _call_sent(self, event: CallSent) -> Iterator[str]:
        yield f"{_id(event.node)} asks {clean(event.model, _LONGEST_ID)}"

    def _review_asked(self, event: ReviewAsked) -> Iterator[str]:
        yield f"{_id(event.node)} is reviewed by {clean(event.model, _LONGEST_ID)}"

    def _diagnosis_asked(self, event: DiagnosisAsked) -> Iterator[str]:
        yield f"{_id(event.node)} is diagnosed by {clean(event.model, _LONGEST_ID)}"

    def _fix_found(self, event: FixFound) -> Iterator[str]:
        for step in event.found.steps:
            by = ", ".join(filter(None, (clean(step.source, _LONGEST_ID), step.claim)))
            yield f"{_id(event.node)} repairs: {clean(step.message, _LONGEST)} ({by})"

    def _candidate_judged(self, event: CandidateJudged) -> Iterator[str]:
        yield f"{_id(event.node)} judged in {duration(event.seconds)}: {event.verdict}"

    def _candidate_landed(self, event: CandidateLanded) -> Iterator[str]:
        yield f"{_id(event.node)} landed as {event.commit[:12]}"

    def _result_published(self, event: ResultPublished) -> Iterator[str]:
        where = f"branch {clean(event.branch, _LONGEST_ID)}" if event.branch else "kept by Rung"
        yield f"the result is {where}, {event.commit[:12]}"

    def _untold(self, event: Event) -> Iterator[str]:
        del event
        return iter(())

    def _answered(self, event: Answered) -> Iterator[str]:
        said = {True: "approved", False: "rejected", None: "answered"}[event.approve]
        yield f"{_id(event.node)} {said}{': ' if event.text else ''}{clean(event.text, _LONGEST)}"

    def _node_reopened(self, event: NodeReopened) -> Iterator[str]:
        yield f"{_id(event.node)} is to be run again: {clean(event.reason, _LONGEST)}"

    def _run_ended(self, event: RunEnded) -> Iterator[str]:
        reason = f": {clean(event.reason, _LONGEST)}" if event.reason else ""
        took = duration(self.state.seconds())
        yield f"{clean(self.state.name, _LONGEST_ID)} {event.status} in {took}{reason} ({by_status(self.state)})"

    def _sum_up(self, at: float) -> Iterator[str]:
        if at - self._summed_up_at >= SUM_UP_SECONDS:
            self._summed_up_at = at
            state = self.state
            yield f"{state.finished:,} of {len(state.nodes):,} nodes done, {len(state.busy):,} running"

    @property
    def _many(self) -> bool:
        return len(self.state.nodes) > MANY_NODES

    def _took(self, event: NodeEnded | AttemptFailed) -> str:
        attempts = self.state.nodes[event.node].attempts
        return f" in {duration(attempts[-1].seconds or 0.0)}" if attempts else ""

    _TOLD: ClassVar[dict[type, Callable[[Any, Any], Iterator[str]]]] = {
        RunStarted: _run_started,
        RunResumed: _run_resumed,
        SandboxPrepared: _sandbox_prepared,
        RunInterrupted: _run_interrupted,
        NodeStarted: _node_started,
        AttemptFailed: _attempt_failed,
        NodeExpanded: _node_expanded,
        NodeEnded: _node_ended,
        NodeReleased: _node_released,
        BaseTaken: _untold,
        CallSent: _call_sent,
        ReplySaved: _untold,
        FixFound: _fix_found,
        CandidateKept: _untold,
        ReviewAsked: _review_asked,
        ReviewSaved: _untold,
        DiagnosisAsked: _diagnosis_asked,
        DiagnosisSaved: _untold,
        CandidateJudged: _candidate_judged,
        CandidateLanded: _candidate_landed,
        ResultPublished: _result_published,
        Answered: _answered,
        NodeReopened: _node_reopened,
        RunEnded: _run_ended,
    }


def _id(node: str) -> str:
    return clip_middle(clean(node), _LONGEST_ID)
