"""What becomes of a candidate: accepted, rejected, or not to be decided, and why."""

from dataclasses import dataclass
from enum import StrEnum

from orchestrator.domain.assessment import Assessment, Unit
from orchestrator.domain.finding import Finding
from orchestrator.domain.verdict import VerdictStatus


class Decision(StrEnum):
    """What a judgement comes to."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNVERIFIED = "unverified"
    """Nothing speaks against it, and too little for it: no test exists, or a tool failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Something that fails in the base, and has to be gone.

    Attributes:
        stage: where it is looked for.
        name: id of a test, or fingerprint of a finding.
    """

    stage: str
    unit: Unit
    name: str
    is_test: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A candidate beside its base.

    Attributes:
        reasons: why it is not accepted, one line each; empty where it is.
        left: the targets that are still there; of an accepted one those that pass or fail by chance, at most.
        fixed: the targets that are gone.
        regressions: new findings where the base was complete, tests that passed and now fail, are gone or skipped.
        revealed: what the base could not reach; no fault of the candidate.
        flaky: ids of tests that failed and passed; they count neither way.
        unsteady: those of them that failed in the base: they pass or fail by chance, and are not fixed.
        stages_passed: stages that passed before the first that did not, over all units.
    """

    decision: Decision
    reasons: tuple[str, ...] = ()
    left: tuple[Target, ...] = ()
    fixed: tuple[Target, ...] = ()
    regressions: tuple[Finding, ...] = ()
    revealed: tuple[Finding, ...] = ()
    flaky: tuple[str, ...] = ()
    unsteady: tuple[str, ...] = ()
    stages_passed: int = 0


def told_by_chance(test: str) -> str:
    """What is said of one of :attr:`Comparison.unsteady`, in a line."""
    return f"passes or fails by chance: {test}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """What a validation told its user.

    Attributes:
        status: of the assessment; beside a base, ``passed`` where nothing is worse than there, whatever fails in both.
        base: the commit that it was compared with, as it was named; ``""`` for none.
        judgement: the comparison; ``None`` where there was none.
    """

    status: VerdictStatus
    assessment: Assessment
    base: str = ""
    judgement: Comparison | None = None
