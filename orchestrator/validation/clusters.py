"""Portions of what fails in a tree: what shares a root cause or a file belongs together."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from orchestrator.domain.assessment import Assessment, StageResult
from orchestrator.domain.finding import Finding
from orchestrator.domain.judgement import Target
from orchestrator.domain.survey import Cluster
from orchestrator.domain.verdict import VerdictStatus
from orchestrator.validation.grouping import group

__all__ = ["clusters_of"]


@dataclass(slots=True)
class _Portion:
    files: set[str]
    findings: list[Finding] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)


def clusters_of(assessment: Assessment) -> tuple[Cluster, ...]:
    """What fails in ``assessment``, in portions with no file in common; first found first.

    What names no file is one portion for each stage and unit. What a tool's own failure says is in none.
    """
    portions: list[_Portion] = []
    for stage in assessment.stages:
        if stage.status is VerdictStatus.FAILED:
            for portion in _of_stage(stage):
                _add(portions, portion)
    return tuple(_cluster(portion) for portion in portions)


def _of_stage(stage: StageResult) -> Iterator[_Portion]:
    failed = {test.id for test in stage.failed_tests}
    for one in group(stage.errors):
        findings = [*one.findings, *one.cascade]
        files = {finding.file for finding in one.findings if finding.file} or {_elsewhere(stage)}
        targets = [_target(stage, finding, failed=failed) for finding in findings]
        yield _Portion(files, findings, targets)
    told = {finding.test for finding in stage.errors}
    silent = [Target(stage=stage.name, unit=stage.unit, name=test, is_test=True) for test in failed - told]
    if silent:
        yield _Portion({_elsewhere(stage)}, [], sorted(silent, key=lambda target: target.name))


def _elsewhere(stage: StageResult) -> str:
    """Stands for the file of findings that name none; no path has a NUL byte."""
    return f"\0{stage.unit.root}\0{stage.unit.pack}\0{stage.name}"


def _target(stage: StageResult, finding: Finding, *, failed: Iterable[str]) -> Target:
    is_test = finding.test in failed
    name = finding.test if is_test else finding.fingerprint
    return Target(stage=stage.name, unit=stage.unit, name=name, is_test=is_test)


def _add(portions: list[_Portion], new: _Portion) -> None:
    """Join ``new`` with all that share a file with it, at the place of the first of them."""
    meeting = [portion for portion in portions if portion.files & new.files]
    if not meeting:
        portions.append(new)
        return
    first = meeting[0]
    for other in (*meeting[1:], new):
        first.files |= other.files
        first.findings += other.findings
        first.targets += other.targets
    for other in meeting[1:]:
        portions.remove(other)


def _cluster(portion: _Portion) -> Cluster:
    targets = _once(portion.targets)
    files = tuple(sorted(file for file in portion.files if not file.startswith("\0")))
    return Cluster(
        id=files[0]
        if files
        else " ".join(filter(None, (targets[0].stage, targets[0].unit.pack, targets[0].unit.root))),
        files=files,
        targets=targets,
        findings=tuple(portion.findings),
    )


def _once(targets: Sequence[Target]) -> tuple[Target, ...]:
    """A test once, whatever many findings tell of it; findings as often as they are there."""
    seen: set[Target] = set()
    kept: list[Target] = []
    for target in targets:
        if not (target.is_test and target in seen):
            kept.append(target)
            seen.add(target)
    return tuple(kept)
