"""What the driver tried and decided, as values that a journal can keep."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from orchestrator.domain.diagnosis import Progress
from orchestrator.domain.suggestion import Suggestion


class Decision(StrEnum):
    """What became of a trial."""

    KEPT = "kept"
    """The tree is better with it."""
    AHEAD = "ahead"
    """What it was made for is gone and something else shows: built upon where nothing is better, kept if the end is."""
    REJECTED = "rejected"
    """The tree is no better with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One judged change.

    Attributes:
        number: counted from 1.
        suggestions: what was applied, together.
        before, after: the tree without and with it.
    """

    number: int
    suggestions: tuple[Suggestion, ...]
    decision: Decision
    before: Progress
    after: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A suggestion that was not tried."""

    suggestion: Suggestion
    reason: str


class Stop(StrEnum):
    """Why the driver ended."""

    DONE = "nothing is left to repair"
    EXHAUSTED = "no suggestion that is left helps"
    TRIALS = "the number of trials is used up"
    ROUNDS = "the number of rounds is used up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much the driver may do: judged changes, rounds of asking the sources, steps ahead in a row."""

    trials: int = 60
    rounds: int = 20
    ahead: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """What came of it.

    Attributes:
        changes: file -> its new text, relative to the base; empty where nothing better was found.
        applied: the suggestions that made them, in order.
        base, progress: the tree before, and with ``changes``.
        trials: every judged change, in order.
        refused: what was proposed and never tried, each once.
        stop: why it ended.
    """

    changes: Mapping[str, str]
    applied: tuple[Suggestion, ...]
    base: Progress
    progress: Progress
    trials: tuple[Trial, ...]
    refused: tuple[Refusal, ...]
    stop: Stop
