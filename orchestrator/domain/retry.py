"""What is tried again, how often, and after which wait."""

from dataclasses import dataclass
from enum import StrEnum


class FailureKind(StrEnum):
    """Why an attempt failed: what ``retry.on`` selects by."""

    VALIDATION = "validation"
    """The work was done and the checks say no (a command's exit code included)."""
    FORMAT = "format"
    """The answer could not be read: a model's reply, a malformed output file."""
    TIMEOUT = "timeout"
    """The attempt's time, or its idle time, ran out."""
    TRANSIENT = "transient"
    """The surroundings failed and may recover; a retry costs no attempt."""
    CONFLICT = "conflict"
    """The work no longer fits the head it should land on; a retry costs no attempt."""
    ERROR = "error"
    """The node itself cannot work: a missing tool, an expression that fails. Never retried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Full jitter: wait uniformly in ``[0, min(cap, base * factor ** n)]`` before retry ``n`` (from 0).

    Source of the formula: the "full jitter" variant in the AWS Architecture Blog, "Exponential Backoff
    And Jitter" (2015). Seconds. ``base`` 0 means no wait.
    """

    base: float = 1.0
    cap: float = 30.0
    factor: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often a node is tried.

    Attributes:
        max_attempts: attempts in all, the first included; at least 1. Transient failures and conflicts do not count.
        on: the kinds that are tried again; anything else ends the node.
        max_transient: how many transient failures are forgiven before one ends the node.
        max_conflicts: how many conflicts are forgiven, likewise, where ``on`` holds them. Each has seen another node
            land, which is over then: so nodes cannot be in each other's way for ever, and none more often than this.
        escalate: climb one rung after this many failed attempts; 0 never. (Used by kinds that have rungs.)
        feedback: what the next attempt is told: ``diagnostics``, ``log`` or ``none``.
        fresh_context: whether the next attempt forgets the conversation of the one before.
    """

    max_attempts: int = 1
    on: frozenset[FailureKind] = frozenset({FailureKind.VALIDATION, FailureKind.FORMAT, FailureKind.TIMEOUT})
    max_transient: int = 3
    max_conflicts: int = 7
    backoff: Backoff = Backoff()
    escalate: int = 0
    feedback: str = "diagnostics"
    fresh_context: bool = False
