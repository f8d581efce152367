"""What fails in a base, and what is left of it in a candidate."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from orchestrator.domain.assessment import Assessment, StageResult, Unit
from orchestrator.domain.judgement import Target
from orchestrator.domain.verdict import CaseStatus, VerdictStatus
from orchestrator.validation.integrity import stable_part

__all__ = ["left_of", "targets_of"]


def targets_of(base: Assessment) -> tuple[Target, ...]:
    """Everything that fails in ``base``: tests by their ids, other findings by their fingerprints.

    What a tool's own failure says is nobody's to repair, and no target. Of findings with one fingerprint there is one
    target for each.
    """
    return tuple(target for stage in base.stages for target in _of_stage(stage))


def _of_stage(stage: StageResult) -> Iterator[Target]:
    tests = {test.id for test in stage.failed_tests}
    yield from (_target(stage, test.id, is_test=True) for test in stage.failed_tests)
    if stage.status is VerdictStatus.FAILED:
        yield from (_target(stage, one.fingerprint) for one in stage.errors if one.test not in tests)


def _target(stage: StageResult, name: str, *, is_test: bool = False) -> Target:
    return Target(stage=stage.name, unit=stage.unit, name=name, is_test=is_test)


def left_of(targets: Sequence[Target], candidate: Assessment, *, base: Assessment) -> tuple[Target, ...]:
    """Those of ``targets`` that are not known to be gone.

    A test is gone when it passes; one that is not there, was skipped or is flaky is not. Of one whose id has a part
    that is made anew in each run all that are alike must pass, and be as many as in ``base``. A finding is gone when
    its stage ran to its end without it.
    """
    before, after = ({(stage.name, stage.unit): stage for stage in one.stages} for one in (base, candidate))
    return tuple(_counted(targets, before, after=after))


_Stages: TypeAlias = dict[tuple[str, Unit], StageResult]


def _counted(targets: Sequence[Target], base: _Stages, *, after: _Stages) -> Iterator[Target]:
    there = {key: Counter(one.fingerprint for one in stage.errors) for key, stage in after.items()}
    for target in targets:
        key = (target.stage, target.unit)
        stage = after.get(key)
        if stage is None or stage.status is VerdictStatus.TOOL_ERROR:
            yield target
        elif target.is_test:
            if not _passes(target.name, stage, base=base.get(key)):
                yield target
        elif there[key][target.name] > 0:
            there[key][target.name] -= 1
            yield target


def _passes(test: str, stage: StageResult, *, base: StageResult | None) -> bool:
    said = [one.status for one in stage.tests if one.id == test]
    if said or stable_part(test) == test or base is None:
        return CaseStatus.PASSED in said
    alike = [one.status for one in stage.tests if stable_part(one.id) == stable_part(test)]
    count = sum(stable_part(one.id) == stable_part(test) for one in base.tests)
    return len(alike) >= count > 0 and set(alike) == {CaseStatus.PASSED}
