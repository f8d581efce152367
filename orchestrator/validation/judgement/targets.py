"""What fails in a base, and what is left of it in a candidate."""

from collections import Counter
from collections.abc import Iterator, Sequence

from orchestrator.domain.assessment import Assessment, StageResult, Unit
from orchestrator.domain.judgement import Target
from orchestrator.domain.verdict import CaseStatus, VerdictStatus

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


def left_of(targets: Sequence[Target], candidate: Assessment) -> tuple[Target, ...]:
    """Those of ``targets`` that are not known to be gone.

    A test is gone when it passes; one that is not there, was skipped or is flaky is not. A finding is gone when its
    stage ran to its end without it.
    """
    stages = {(stage.name, stage.unit): stage for stage in candidate.stages}
    return tuple(target for target in _counted(targets, stages))


def _counted(targets: Sequence[Target], stages: dict[tuple[str, Unit], StageResult]) -> Iterator[Target]:
    there = {key: Counter(one.fingerprint for one in stage.errors) for key, stage in stages.items()}
    for target in targets:
        key = (target.stage, target.unit)
        stage = stages.get(key)
        if stage is None or stage.status is VerdictStatus.TOOL_ERROR:
            yield target
        elif target.is_test:
            if not _passes(target.name, stage):
                yield target
        elif there[key][target.name] > 0:
            there[key][target.name] -= 1
            yield target


def _passes(test: str, stage: StageResult) -> bool:
    return any(one.id == test and one.status is CaseStatus.PASSED for one in stage.tests)
