"""What is wrong with a tree, in portions that can be worked on at the same time."""

from dataclasses import dataclass

from orchestrator.domain.assessment import Assessment
from orchestrator.domain.finding import Finding
from orchestrator.domain.judgement import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """What should be repaired by one worker: no two clusters of a survey name the same file.

    Attributes:
        id: its first file; the stage and the project where it has none. Unique in a survey.
        files: that its findings name, sorted; empty where they name none.
        targets: what has to be gone, each once or as often as it was found.
        findings: that say so, in the order found.
    """

    id: str
    files: tuple[str, ...]
    targets: tuple[Target, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What the checks say of a tree, and the portions of what fails, first found first."""

    assessment: Assessment
    clusters: tuple[Cluster, ...] = ()
