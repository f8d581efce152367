"""Where a run and its nodes stand, as the events of earlier engines tell it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestrator.domain.events import Answered, AttemptFailed, Event, NodeEnded, NodeExpanded, RunEnded, RunStarted
from orchestrator.domain.ids import NodeId
from orchestrator.domain.node import NodeSpec
from orchestrator.domain.status import NodeStatus
from orchestrator.domain.usage import Usage


@dataclass(slots=True, kw_only=True)
class NodeRecord:
    """What the journal knows of one node.

    Attributes:
        spec: as announced.
        parent: the node whose expansion added it; ``None`` for a node of the plan.
        status: ``PENDING`` never started, or open again; ``READY`` to be started (again): it was in flight,
            given back, or waited for a retry; ``RUNNING`` has expanded and goes on with the step of its last
            expansion once these children have ended; else how it ended.
        attempt: the last attempt that was given to a worker; 0 before the first.
        started_at: when that was, seconds since the epoch; 0.0 before the first.
        failures: the failed attempts since the node was last opened, oldest first: what retry policies count.
        expansions: of the current attempt, in order.
        end: how it ended; ``None`` while it has not.
        facts: what the attempt in flight, or the one that ended, recorded of itself.
        answer: a person's answer to its question, for its next attempt.
        recovered: an engine died, or was stopped hard, while the node was in flight: its work may be done in part.
        ended_as: its place in the order in which nodes ended, from 1; 0 while it has not.
    """

    spec: NodeSpec
    parent: NodeId | None = None
    status: NodeStatus = NodeStatus.PENDING
    attempt: int = 0
    started_at: float = 0.0
    failures: list[AttemptFailed] = field(default_factory=list)
    expansions: list[NodeExpanded] = field(default_factory=list)
    facts: list[Event] = field(default_factory=list)
    end: NodeEnded | None = None
    answer: Answered | None = None
    recovered: bool = False
    ended_as: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """Where a run stands.

    Attributes:
        started: how it began: id, plan, inputs, limits.
        nodes: every node that was announced and still counts, in that order. The caller's own.
        ended: how the last engine's work on it ended; ``None`` where it was killed, works still, or a
            person has opened a node since.
        resumes: how often the run was taken up again.
        spent: what the saved replies of all attempts used up.
    """

    started: RunStarted
    nodes: Mapping[NodeId, NodeRecord]
    ended: RunEnded | None
    resumes: int
    spent: Usage = field(default_factory=Usage)
