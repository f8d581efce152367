"""The decision about a candidate: all targets gone, no regression, and evidence for it."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from orchestrator.domain.assessment import Assessment
from orchestrator.domain.finding import Finding
from orchestrator.domain.judgement import Comparison, Decision, Target, told_by_chance
from orchestrator.domain.verdict import CaseStatus, Evidence, VerdictStatus
from orchestrator.validation.judgement.chance import by_chance
from orchestrator.validation.judgement.hidden import Edit
from orchestrator.validation.judgement.news import news_of
from orchestrator.validation.judgement.targets import left_of, targets_of

__all__ = ["Objections", "judged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Objections:
    """What speaks against a candidate besides its assessment.

    Attributes:
        integrity: findings over the change itself (weakened tests, suppressions): each holds it back.
        review: why a review holds it back; ``""`` where none does. A review never lets pass what failed.
    """

    integrity: tuple[Finding, ...] = ()
    review: str = ""


def judged(
    base: Assessment,
    candidate: Assessment,
    *,
    targets: Sequence[Target] | None = None,
    edit: Edit = Edit(),  # noqa: B008  # a frozen value
    objections: Objections = Objections(),
) -> Comparison:
    """What becomes of ``candidate``.

    Rejected where a target is left, something is worse than in ``base``, or there is an objection. A target that only
    passes by chance is left, but keeps a candidate back only that has mended no other one. Unverified where
    none of that is so, but a tool failed that had not failed in the base, or no test gives evidence. With targets,
    doing nothing is never accepted: they are all left.

    Args:
        base: what the candidate began from, assessed whole.
        candidate: assessed whole or narrowed; narrowed, the tests left out count as they were.
        targets: what has to be gone; default: all that fails in ``base``.
        edit: what the candidate has changed; tells what it wrote from what it brought to light.
        objections: what else speaks against it.
    """
    wanted = targets_of(base) if targets is None else tuple(targets)
    left = left_of(wanted, candidate, base=base)
    news = news_of(base, candidate, edit=edit)
    faults = [*map(_worse, news.regressions), *(one.message for one in objections.integrity)]
    faults += [objections.review] if objections.review else []
    doubts = list(_doubts(base, candidate))
    unsteady = by_chance(base, candidate)
    fixed = _without(wanted, left)
    is_mended = bool(fixed) and all(one.is_test and one.name in unsteady for one in left)
    decision, reasons = _decided(faults, doubts, left=[] if is_mended else [_still(one, unsteady) for one in left])
    return Comparison(
        decision=decision,
        reasons=tuple(reasons),
        left=left,
        fixed=fixed,
        regressions=news.regressions,
        revealed=news.revealed,
        flaky=tuple(test.id for stage in candidate.stages for test in stage.tests if test.status is CaseStatus.FLAKY),
        unsteady=unsteady,
        stages_passed=_passed(candidate),
    )


def _decided(faults: list[str], doubts: list[str], *, left: list[str]) -> tuple[Decision, list[str]]:
    """While a tool has failed nobody can say that a target is still there."""
    if faults:
        return Decision.REJECTED, [*faults, *left]
    if doubts:
        return Decision.UNVERIFIED, [*doubts, *left]
    return (Decision.REJECTED, left) if left else (Decision.ACCEPTED, [])


def _doubts(base: Assessment, candidate: Assessment) -> Iterator[str]:
    for stage in candidate.stages:
        before = base.stage(stage.name, stage.unit)
        if stage.status is VerdictStatus.TOOL_ERROR and (before is None or before.status is not stage.status):
            what = stage.findings[0].message if stage.findings else "a tool failed"
            yield f"{stage.name} could not be judged: {what}"
    if candidate.evidence is Evidence.NONE:
        yield "no test gives evidence"


def _worse(finding: Finding) -> str:
    return f"it is worse than before: {finding.message}"


def _still(target: Target, unsteady: Collection[str]) -> str:
    if not target.is_test:
        return f"still there: finding {target.name} of {target.stage}"
    return told_by_chance(target.name) if target.name in unsteady else f"still failing: {target.name}"


def _without(wanted: Sequence[Target], left: Sequence[Target]) -> tuple[Target, ...]:
    counted = Counter(wanted)
    counted.subtract(left)
    return tuple(counted.elements())


def _passed(candidate: Assessment) -> int:
    """How many stages passed, by name, before the first that did not in every unit."""
    names = dict.fromkeys(stage.name for stage in candidate.stages)
    bad = {stage.name for stage in candidate.stages if stage.status is not VerdictStatus.PASSED}
    return next((number for number, name in enumerate(names) if name in bad), len(names))
