"""What is known about a tree that is not good yet: its texts, what tools said, and how far it got."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import total_ordering

from orchestrator.domain.finding import Finding


@total_ordering
@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a tree is; the smaller one is better, compared in the order of the fields.

    Attributes:
        stages_left: stages of validation that were not completed, counted from the end; 0 where all were reached.
        targets_left: findings or failing tests of the base that are still there.
        new_findings: findings that the base did not have, where it could have had them: not those that it hid.
    """

    stages_left: int
    targets_left: int
    new_findings: int = 0

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to repair."""
        return self == Progress(stages_left=0, targets_left=0, new_findings=0)

    def __lt__(self, other: "Progress") -> bool:
        return self.key < other.key

    @property
    def key(self) -> tuple[int, int, int]:
        """What is compared."""
        return (self.stages_left, self.targets_left, self.new_findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolRun:
    """A tool that was run on a tree, and what it printed. Untrusted text.

    ``about`` is the file that it was asked about, where it was asked about one and its arguments do not say so.
    """

    argv: tuple[str, ...]
    stdout: str = ""
    stderr: str = ""
    exit_code: int = 0
    about: str = ""

    @property
    def text(self) -> str:
        """Both streams, standard output first."""
        return "\n".join(part for part in (self.stdout, self.stderr) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """A tree and what is wrong with it.

    Attributes:
        texts: file relative to the project's root -> its text, line ends as they are on disk.
        findings: what the judge found, most important first, with their fingerprints.
        runs: what the tools printed that it was made from.
        changes: of ``texts``, those that differ from the tree that the judge holds.
        accept: words with which a person allowed what is held otherwise (``dependencies``, ``expectations``).
    """

    texts: Mapping[str, str]
    findings: Sequence[Finding] = ()
    runs: Sequence[ToolRun] = ()
    changes: Mapping[str, str] = field(default_factory=dict)
    accept: frozenset[str] = field(default_factory=frozenset)
