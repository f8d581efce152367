"""An examiner whose verdicts are known beforehand."""

from dataclasses import dataclass

from orchestrator.domain.tree import CommitId
from orchestrator.domain.verdict import Verdict

__all__ = ["Examination", "ScriptedExaminer"]


@dataclass(frozen=True, slots=True)
class Examination:
    """What an examiner was asked."""

    base: CommitId
    candidate: CommitId
    stages: frozenset[str]


class ScriptedExaminer:
    """Implements :class:`orchestrator.ports.Examiner`: these verdicts in turn, the last one again and again.

    Without any it must not be asked.

    Attributes:
        asked: all that was, in that order.
    """

    def __init__(self, *verdicts: Verdict) -> None:
        self.asked: list[Examination] = []
        self._verdicts = list(verdicts)

    async def examine(self, base: CommitId, candidate: CommitId, *, stages: frozenset[str]) -> Verdict:
        """See the port."""
        self.asked.append(Examination(base, candidate, stages))
        assert self._verdicts, "no stage was to be examined"
        return self._verdicts.pop(0) if len(self._verdicts) > 1 else self._verdicts[0]
