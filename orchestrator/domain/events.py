"""What happened in a run: the only memory. Progress, report, JSON and resume all read these.

Times (``at``) are seconds since the epoch by the wall clock; order is the order of emission.
Every node that exists has been announced by :class:`RunStarted` (the plan) or :class:`NodeExpanded`.
A node's last :class:`NodeEnded` is its end; a :class:`NodeStarted` without one was in flight.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from orchestrator.domain.finding import Finding
from orchestrator.domain.fixing import Fixed
from orchestrator.domain.ids import NodeId, RunId
from orchestrator.domain.jsonvalue import JsonObject, JsonValue
from orchestrator.domain.model import Reply
from orchestrator.domain.node import NodeSpec
from orchestrator.domain.plan import Plan
from orchestrator.domain.retry import FailureKind
from orchestrator.domain.sandbox import SandboxRecord
from orchestrator.domain.status import NodeStatus, RunStatus
from orchestrator.domain.tree import CommitId
from orchestrator.domain.verdict import Evidence, VerdictStatus


@dataclass(frozen=True, slots=True)
class RunStarted:
    """First event of a run. ``isolation`` names how commands are isolated, in the runner's own word."""

    at: float
    run: RunId
    plan: Plan
    inputs: JsonObject
    max_parallel: int
    isolation: str


@dataclass(frozen=True, slots=True)
class RunResumed:
    """An engine took an earlier run up again; nodes in flight at that time are ready once more."""

    at: float


@dataclass(frozen=True, slots=True)
class SandboxPrepared:
    """How an engine holds the code under repair, from its start on this run to its end.

    Attributes:
        isolation: ``sandbox``, or the word of the runner that is used without one.
        record: what the sandbox is; ``None`` where it is switched off.
        why: why there is none; ``""`` where there is one.
    """

    at: float
    isolation: str
    record: SandboxRecord | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class RunInterrupted:
    """Somebody asked the run to stop: nothing more is started; ``hard`` means that what runs is stopped too."""

    at: float
    hard: bool = False


@dataclass(frozen=True, slots=True)
class NodeStarted:
    """An attempt was given to a worker; ``attempt`` counts from 1. Steps after an expansion are not told apart."""

    at: float
    node: NodeId
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class AttemptFailed:
    """An attempt failed and the node will be tried again ``retry_in`` seconds later."""

    at: float
    node: NodeId
    attempt: int
    kind: FailureKind
    reason: str
    retry_in: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class BaseTaken:
    """An attempt works on ``base``, the head of the run's branch at that moment, whatever lands meanwhile."""

    at: float
    node: NodeId
    attempt: int
    base: CommitId


@dataclass(frozen=True, slots=True)
class CallSent:
    """A model is about to be asked; on disk before the first byte leaves. Without a reply it counts as spent."""

    at: float
    node: NodeId
    attempt: int
    model: str


@dataclass(frozen=True, slots=True)
class ReplySaved:
    """A model's reply as it came, on disk before it is looked at: it is never bought twice."""

    at: float
    node: NodeId
    attempt: int
    reply: Reply


@dataclass(frozen=True, slots=True)
class FixFound:
    """An attempt without a model has ended its search for a repair, perhaps with nothing."""

    at: float
    node: NodeId
    attempt: int
    found: Fixed


@dataclass(frozen=True, slots=True)
class CandidateKept:
    """An attempt's edit became a commit that stays reachable."""

    at: float
    node: NodeId
    attempt: int
    commit: CommitId


@dataclass(frozen=True, slots=True)
class ReviewAsked:
    """A model is about to be asked for its opinion of a candidate; on disk before the first byte leaves."""

    at: float
    node: NodeId
    attempt: int
    model: str


@dataclass(frozen=True, slots=True)
class ReviewSaved:
    """What it answered, as it came, on disk before it is looked at: no answer is bought twice."""

    at: float
    node: NodeId
    attempt: int
    reply: Reply


@dataclass(frozen=True, slots=True)
class DiagnosisAsked:
    """A model is about to be asked why a candidate failed; on disk before the first byte leaves."""

    at: float
    node: NodeId
    attempt: int
    model: str


@dataclass(frozen=True, slots=True)
class DiagnosisSaved:
    """What it answered, on disk before it is looked at: no answer is bought twice."""

    at: float
    node: NodeId
    attempt: int
    reply: Reply


@dataclass(frozen=True, slots=True)
class CandidateJudged:
    """The checks have spoken about a candidate; the reviewer or the diagnoser as well, where there is one."""

    at: float
    node: NodeId
    attempt: int
    verdict: VerdictStatus
    evidence: Evidence
    findings: tuple[Finding, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class CandidateLanded:
    """The run's branch now holds ``commit``: the node's candidate, or the merge that brought it in."""

    at: float
    node: NodeId
    commit: CommitId


@dataclass(frozen=True, slots=True)
class ResultPublished:
    """What landed can be had in the user's repository, as ``branch``."""

    at: float
    branch: str
    commit: CommitId


@dataclass(frozen=True, slots=True)
class NodeExpanded:
    """A running node added ``children`` (the full specs) and waits for them. Written before any child starts."""

    at: float
    node: NodeId
    step: int
    children: tuple[NodeSpec, ...]
    max_parallel: int = 0
    fail_fast: bool = False
    notes: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NodeEnded:
    """A node reached a final status. ``reason`` is never empty unless the node succeeded, and then seldom told.

    ``kind`` is set where the node failed.
    """

    at: float
    node: NodeId
    status: NodeStatus
    reason: str = ""
    outputs: JsonObject = field(default_factory=dict)
    kind: FailureKind | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class NodeReleased:
    """A running node was given back unfinished (an interrupt); it will start afresh on resume."""

    at: float
    node: NodeId
    reason: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A person answered the question of a blocked node; the node starts again and is given this answer.

    Attributes:
        approve: the answer of a gate; ``None`` where the question was an open one, which ``text`` answers.
        opened: every node that is open again because of it -> how many of its expansions are kept.
    """

    at: float
    node: NodeId
    approve: bool | None = None
    text: str = ""
    opened: Mapping[NodeId, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NodeReopened:
    """A person wants ``node`` run again. What ended unsuccessfully because of it is open again too.

    ``opened`` holds every node that is open again -> how many of its expansions are kept: a decision, made
    once and never evaluated again.
    """

    at: float
    node: NodeId
    reason: str = ""
    opened: Mapping[NodeId, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NodeOutput:
    """A line that a node's command printed, cleaned of control characters. Shown live, never journaled."""

    at: float
    node: NodeId
    stream: str
    line: str


@dataclass(frozen=True, slots=True)
class RunEnded:
    """Last event of an engine's work on a run. ``reason`` says why where the status alone does not."""

    at: float
    status: RunStatus
    reason: str = ""


Answer: TypeAlias = ReplySaved | ReviewSaved | DiagnosisSaved
"""What a model said, each in ``reply``: what it used up counts in a run's totals and against its limits."""

Event: TypeAlias = (
    RunStarted
    | RunResumed
    | SandboxPrepared
    | RunInterrupted
    | NodeStarted
    | BaseTaken
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
    | ResultPublished
    | AttemptFailed
    | NodeExpanded
    | NodeEnded
    | NodeReleased
    | Answered
    | NodeReopened
    | NodeOutput
    | RunEnded
)
