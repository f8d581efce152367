"""What is remembered of one node and of its attempts."""

from collections import deque
from dataclasses import dataclass, field

from orchestrator.domain.events import CandidateJudged
from orchestrator.domain.fixing import Fixed
from orchestrator.domain.ids import NodeId
from orchestrator.domain.jsonvalue import JsonObject
from orchestrator.domain.node import NodeSpec
from orchestrator.domain.retry import FailureKind
from orchestrator.domain.status import AttemptStatus, NodeStatus
from orchestrator.domain.usage import Usage

KEPT_LINES = 20
"""Of a node's output only the last lines are kept."""
KEPT_CHARACTERS = 400
"""Of a kept line only the beginning."""


_JUDGED = frozenset({FailureKind.VALIDATION, FailureKind.FORMAT, FailureKind.CONFLICT})


def failed_as(kind: FailureKind | None) -> AttemptStatus:
    """``rejected`` where the checks spoke, else ``error``."""
    return AttemptStatus.REJECTED if kind in _JUDGED else AttemptStatus.ERROR


def ended_as(status: NodeStatus, kind: FailureKind | None) -> AttemptStatus:
    """How the attempt that was under way ended when its node did; ``discarded`` where nothing was judged."""
    if status is NodeStatus.FAILED:
        return failed_as(kind)
    return AttemptStatus.ACCEPTED if status is NodeStatus.SUCCEEDED else AttemptStatus.DISCARDED


@dataclass(slots=True)
class Attempt:
    """One attempt of a node.

    Attributes:
        n: as the executor counts, from 1.
        started: seconds since the epoch. seconds: from start to end; ``None`` while it is under way.
        kind, reason: why it failed; ``None`` and ``""`` where it did not.
        model: which one was asked; ``""`` where none was. usage: what its reply used up,
            and the review or the diagnosis of its edit.
        found: what was found without a model; ``None`` where that was not asked for.
        judged: what the checks said of its edit; ``None`` where they have not.
    """

    n: int
    started: float
    model: str = ""
    usage: Usage | None = None
    found: Fixed | None = None
    judged: CandidateJudged | None = None
    status: AttemptStatus = AttemptStatus.LEASED
    seconds: float | None = None
    kind: FailureKind | None = None
    reason: str = ""


@dataclass(slots=True)
class NodeRecord:
    """Everything that the events told of one node.

    Attributes:
        spec: as announced. parent: the node that added it, ``None`` for a node of the plan.
        started: of its first attempt. ended: of its last end. Both in seconds since the epoch.
        expansions: the children that each expansion added, in order.
        work: seconds in which a worker had it, until it ended or added children.
        busy_since: since when a worker has it now; ``None`` where none has.
        retry_at: when it will be tried again; ``None`` unless it waits for that.
        lines: the last lines it printed, newest last; kept on after a bad end only.
    """

    spec: NodeSpec
    parent: NodeId | None = None
    expansions: list[list[NodeId]] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    status: NodeStatus = NodeStatus.PENDING
    reason: str = ""
    kind: FailureKind | None = None
    detail: str = ""
    outputs: JsonObject = field(default_factory=dict)
    started: float | None = None
    ended: float | None = None
    work: float = 0.0
    busy_since: float | None = None
    retry_at: float | None = None
    lines: deque[str] | None = None

    @property
    def children(self) -> list[NodeId]:
        """The children of all expansions, in order."""
        return [child for step in self.expansions for child in step]

    @property
    def open_attempt(self) -> Attempt | None:
        """The attempt that is under way (for a node with children also while it waits for them)."""
        last = self.attempts[-1] if self.attempts else None
        return last if last is not None and last.seconds is None else None

    def begin(self, at: float, number: int) -> None:
        """A worker has the node for a new attempt."""
        self.close(at, AttemptStatus.DISCARDED, reason="started afresh")
        if self.attempts and self.attempts[-1].n == number:  # an engine died in it, and another one goes on
            self.attempts[-1].status, self.attempts[-1].seconds, self.attempts[-1].reason = (
                AttemptStatus.LEASED,
                None,
                "",
            )
        else:
            self.attempts.append(Attempt(number, at))
        if self.started is None:
            self.started = at
        self.busy_since, self.retry_at, self.ended = at, None, None
        self.reason, self.detail, self.kind = "", "", None

    def rest(self, at: float) -> float:
        """No worker has the node any more; the seconds that one had it."""
        if self.busy_since is None:
            return 0.0
        seconds = max(0.0, at - self.busy_since)
        self.work += seconds
        self.busy_since = None
        return seconds

    def close(self, at: float, status: AttemptStatus, *, kind: FailureKind | None = None, reason: str = "") -> None:
        """End the attempt that is under way, if there is one."""
        attempt = self.open_attempt
        if attempt is not None:
            attempt.status, attempt.kind, attempt.reason = status, kind, reason
            attempt.seconds = max(0.0, at - attempt.started)

    def print(self, line: str) -> None:
        """Keep one line of output."""
        if self.lines is None:
            self.lines = deque(maxlen=KEPT_LINES)
        self.lines.append(line[:KEPT_CHARACTERS])
