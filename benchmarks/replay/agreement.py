"""How the verdicts on recorded answers compare with the recorded ones."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass

from benchmarks.replay.recordings import CLASSES, Answer
from orchestrator.domain.assessment import Assessment
from orchestrator.domain.finding import FailureClass
from orchestrator.domain.verdict import VerdictStatus

__all__ = ["Outcome", "Share", "compared", "outcome_of", "read_line", "written_line"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What Rung said of one answer, beside what is recorded.

    Attributes:
        digest: of the answer.
        weight: how often that very answer was given.
        name: of its first giver. group: its set, with the language where the set has several.
        status, failure_class: as assessed; ``""`` for no class.
        expected, found: how many tests failed, and of how many, by the record and by Rung; empty where unknown.
        is_steady: whether Rung said the same again where it differs from the record; else the answer itself is to
            blame (it depends on the order of a set, or on chance).
    """

    digest: str
    group: str
    name: str
    recorded: str
    status: str
    failure_class: str = ""
    expected: tuple[int, ...] = ()
    found: tuple[int, ...] = ()
    weight: int = 1
    is_steady: bool = True

    @property
    def agrees(self) -> bool:
        """Passed or failed, as recorded: what is neither (a tool's own failure, nothing run) never agrees."""
        return self.status == (VerdictStatus.PASSED if self.recorded == "pass" else VerdictStatus.FAILED)

    @property
    def is_false_pass(self) -> bool:
        """Passed although it is recorded as failed: what must not happen."""
        return self.recorded != "pass" and self.status == VerdictStatus.PASSED

    @property
    def has_failed_twice(self) -> bool:
        """Failed here and by the record: then the classes can be compared."""
        return self.recorded != "pass" and self.status == VerdictStatus.FAILED

    @property
    def agrees_in_class(self) -> bool:
        """Whether both call it the same sort of failure."""
        return self.has_failed_twice and FailureClass(self.failure_class or "unknown") in CLASSES[self.recorded]

    @property
    def agrees_in_count(self) -> bool:
        """Whether as many tests failed as the record says, if it does."""
        return self.expected in {(), self.found}

    @property
    def differs(self) -> bool:
        """Whether anything of it is not as recorded."""
        is_other_class = self.has_failed_twice and not self.agrees_in_class
        return not self.agrees or is_other_class or not self.agrees_in_count

    @property
    def is_late(self) -> bool:
        """Whether time alone is between the two: one of them, and not the other, ran out of it."""
        here = self.failure_class == FailureClass.TIMEOUT
        return self.differs and here != (self.recorded == "timeout")

    @property
    def is_apart(self) -> bool:
        """Whether nobody can say who is right: it is counted by itself."""
        return self.is_late or not self.is_steady


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    hits: int
    total: int

    @property
    def rate(self) -> float:
        """0 to 1; of nothing at all it is 1."""
        return self.hits / self.total if self.total else 1.0

    def __str__(self) -> str:
        return f"{self.hits}/{self.total} {100 * self.rate:.2f} %" if self.total else "-"


def outcome_of(answer: Answer, assessment: Assessment) -> Outcome:
    """The two verdicts on ``answer``."""
    tests = [stage for stage in assessment.stages if stage.tests]
    found = (sum(len(stage.failed_tests) for stage in tests), sum(len(stage.tests) for stage in tests))
    return Outcome(
        digest=answer.digest,
        weight=len(answer.names),
        group=answer.origin if answer.language == "python" else f"{answer.origin} {answer.language}",
        name=answer.names[0],
        recorded=answer.recorded,
        status=str(assessment.status),
        failure_class=str(assessment.failure_class or ""),
        expected=answer.counted or (),
        found=found if tests else (),
    )


def compared(outcomes: Iterable[Outcome]) -> dict[str, Share]:
    """What is measured, by name; answers that :attr:`Outcome.is_apart` are in the last row alone."""
    every = list(outcomes)
    rows = [one for one in every if not one.is_apart]

    def share(hit: Callable[[Outcome], bool], of: Sequence[Outcome]) -> Share:
        return Share(sum(one.weight for one in of if hit(one)), sum(one.weight for one in of))

    return {
        "verdict": share(lambda one: one.agrees, rows),
        "class": share(lambda one: one.agrees_in_class, [one for one in rows if one.has_failed_twice]),
        "k of n": share(lambda one: one.agrees_in_count, [one for one in rows if one.expected]),
        "false passes": share(lambda one: one.is_false_pass, [one for one in rows if one.recorded != "pass"]),
        "apart": share(lambda one: one.is_apart, every),
    }


def written_line(outcome: Outcome) -> str:
    """``outcome`` as one line of JSON."""
    return json.dumps(asdict(outcome))


def read_line(line: str) -> Outcome:
    """What :func:`written_line` wrote."""
    row = json.loads(line)
    return Outcome(**{**row, "expected": tuple(row["expected"]), "found": tuple(row["found"])})
