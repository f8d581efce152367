"""What a reviewing or diagnosing model is asked, and what comes back: frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from orchestrator.domain.finding import Finding
from orchestrator.domain.usage import Usage
from orchestrator.domain.verdict import Verdict

AnswerT = TypeVar("AnswerT", covariant=True)  # noqa: PLC0105 - the house writes type variables without a suffix


class Decision(StrEnum):
    """What a reviewer says of a candidate."""

    APPROVE = "approve"
    HOLD = "hold"


class Trouble(StrEnum):
    """Why there is no usable answer."""

    NOT_ASKED = "not_asked"
    """The commands have decided, or there is nothing to look at."""
    SILENT = "silent"
    """Nothing came in time."""
    GARBLED = "garbled"
    """What came is not what was asked for, the second time as well."""
    FAILED = "failed"
    """The model could not be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is shown to the model. All of it but the rubric is untrusted.

    Attributes:
        task: what the candidate should do.
        verdict: what the commands say of it.
        diff: the candidate against its base, as a unified diff.
        files: path -> number of lines, of every file of the candidate's tree that an answer may name; most important
            first, as of very many the first ones are shown. A diagnosis asks for no lines: any number will do.
        marker: a word that nobody could foresee, drawn for this question alone; it fences the untrusted text.
        rubric: what to look for; the project's or the pack's own text.
        log: what the commands printed.
    """

    task: str
    verdict: Verdict
    diff: str
    files: Mapping[str, int]
    marker: str
    rubric: str = ""
    log: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A usable review.

    Attributes:
        confidence: 0 to 1, of the decision.
        findings: class ``review``; each names a file and a line that exist. Never empty where the decision is to hold.
        dropped: how many findings named what does not exist.
    """

    decision: Decision
    confidence: float
    findings: tuple[Finding, ...] = ()
    dropped: int = 0

    @property
    def score(self) -> float:
        """0 to 1: how sure the reviewer is that the candidate is good."""
        return self.confidence if self.decision is Decision.APPROVE else 1.0 - self.confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """Advice for the next attempt; nothing is decided by it.

    Attributes:
        cause: one or a few sentences.
        files: where to look; each exists in the tree.
        context_needed: what else the author of a repair should be shown, in words.
        confidence: 0 to 1.
        dropped: how many files do not exist.
    """

    cause: str
    files: tuple[str, ...]
    context_needed: tuple[str, ...]
    confidence: float
    dropped: int = 0


@dataclass(frozen=True, kw_only=True)  # no slots: Python 3.11 cannot make Asked[Review](...) of a class that has both
class Asked(Generic[AnswerT]):
    """What came of asking.

    Attributes:
        answer: ``None`` where there is no usable one; ``trouble`` then says why.
        note: one line for a person; ``""`` where all went as it should.
        calls: how often the model was asked.
        usage: of all answers together, unusable ones included.
    """

    answer: AnswerT | None = None
    trouble: Trouble | None = None
    note: str = ""
    calls: int = 0
    usage: Usage = field(default_factory=Usage)
