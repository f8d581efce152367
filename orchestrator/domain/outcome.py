"""What the work of a node says when it ends: the executor turns it into a status."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from orchestrator.domain.jsonvalue import JsonObject, JsonValue
from orchestrator.domain.node import NodeSpec
from orchestrator.domain.retry import FailureKind


@dataclass(frozen=True, slots=True)
class Succeeded:
    """The work is done and may be built upon. ``note`` is one line for a person, where something is to be said."""

    outputs: JsonObject = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """The attempt failed. ``reason`` is one line for a person; ``detail`` the evidence (a log's last lines)."""

    reason: str
    kind: FailureKind = FailureKind.VALIDATION
    outputs: JsonObject = field(default_factory=dict)
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Blocked:
    """The node waits for a person (or for a model that is not there); the run can be continued later."""

    question: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """The node found that it has nothing to do."""

    reason: str


@dataclass(frozen=True, slots=True)
class Expanded:
    """The node adds children and goes on when all of them have ended.

    Children may need each other, or nodes that have already ended; never a node that is still open.
    The handler is called again with ``step`` one higher and ``notes`` as given here, and may expand again.

    Attributes:
        children: may be empty: the next step then follows at once.
        max_parallel: how many of these children run at once; 0 means no limit of their own.
        fail_fast: the first failed child that is not tolerated stops its siblings.
        notes: JSON kept for the next step (a decision, never recomputed on resume).
    """

    children: tuple[NodeSpec, ...]
    max_parallel: int = 0
    fail_fast: bool = False
    notes: Mapping[str, JsonValue] = field(default_factory=dict)


Outcome: TypeAlias = Succeeded | Failed | Blocked | Skipped | Expanded
