"""Where a change is tried: what the driver asks of whoever can run the project's tools."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from orchestrator.domain.diagnosis import Diagnosis, Progress, ToolRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the project's checks say of a tree."""

    progress: Progress
    diagnosis: Diagnosis

    @property
    def fingerprints(self) -> frozenset[str]:
        """Of everything that was found."""
        return frozenset(finding.fingerprint for finding in self.diagnosis.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A tool that is asked what it would change. ``argv`` is run in the project's root; it writes nothing there.

    ``about`` comes back in :class:`ToolRun`.
    """

    argv: tuple[str, ...]
    stdin: str = ""
    about: str = ""


class Bench(Protocol):
    """Holds the tree under repair. ``changes`` are always relative to that tree, which is never changed itself."""

    async def judge(self, changes: Mapping[str, str]) -> Judgement:
        """The tree with ``changes`` (file -> its whole new text) laid over it, judged."""
        ...

    async def run(self, probe: Probe, changes: Mapping[str, str]) -> ToolRun:
        """What ``probe`` prints on that tree.

        Raises:
            FileNotFoundError: its program does not exist here.
        """
        ...
