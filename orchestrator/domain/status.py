"""The words for where a node and a run stand: the same in YAML, JSON and text."""

from enum import StrEnum


class NodeStatus(StrEnum):
    """Where a node stands. The order of the members is the order of a normal life."""

    PENDING = "pending"
    READY = "ready"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    BLOCKED = "blocked"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    DISCARDED = "discarded"


class AttemptStatus(StrEnum):
    """Where one attempt at a node stands."""

    LEASED = "leased"
    EDITED = "edited"
    JUDGED = "judged"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    ERROR = "error"
    DISCARDED = "discarded"


class RunStatus(StrEnum):
    """How a run ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    PARTIAL = "partial"
    BLOCKED = "blocked"
    BUDGET = "budget"
    INTERRUPTED = "interrupted"


ENDED = frozenset(
    {
        NodeStatus.SUCCEEDED,
        NodeStatus.FAILED,
        NodeStatus.BLOCKED,
        NodeStatus.SKIPPED,
        NodeStatus.CANCELLED,
        NodeStatus.DISCARDED,
    }
)
"""The statuses that a node does not leave by itself (an answer from a person reopens a blocked one)."""

EXIT_CODES = {
    RunStatus.INTERRUPTED: 130,
    RunStatus.BUDGET: 4,
    RunStatus.BLOCKED: 5,
    RunStatus.PARTIAL: 3,
    RunStatus.FAILED: 1,
    RunStatus.SUCCEEDED: 0,
}
"""Exit code of the command line for each way a run ends, in the order in which they take precedence."""
