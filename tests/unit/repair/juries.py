"""A jury whose words are known beforehand, for the handlers of nodes that ask one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from orchestrator.domain.assessment import Scope
from orchestrator.domain.finding import Finding
from orchestrator.domain.intent import Guarded
from orchestrator.domain.judgement import Comparison, Decision, Target
from orchestrator.domain.survey import Survey
from orchestrator.domain.tree import CommitId
from orchestrator.domain.verdict import Evidence, Verdict, VerdictStatus
from orchestrator.ports import Judged

GOOD = Verdict(status=VerdictStatus.PASSED, evidence=Evidence.IDS, score=1.0)
BAD = Verdict(status=VerdictStatus.FAILED, findings=[Finding(tool="make", message="it is worse than before")])


class Asked(NamedTuple):
    """What was to be judged, without the commits."""

    targets: tuple[Target, ...]
    below: str
    permits: frozenset[Guarded]


@dataclass(kw_only=True)
class KnownJury:
    """A :class:`orchestrator.ports.Jury`.

    Attributes:
        found: what is wrong with every commit; ``None`` where nobody has a use for a survey.
        verdict: on every candidate. comparison: beside every base.
        scopes: of the surveys that were asked for. asked: the judgements.
    """

    found: Survey | None = None
    verdict: Verdict = GOOD
    comparison: Comparison = field(default_factory=lambda: Comparison(decision=Decision.ACCEPTED))
    scopes: list[Scope] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    async def survey(self, commit: CommitId, scope: Scope) -> Survey:
        assert self.found is not None, f"nobody has a use for a survey of {commit}"
        self.scopes.append(scope)
        return self.found

    async def judge(
        self,
        base: CommitId,
        candidate: CommitId,
        *,
        targets: Sequence[Target],
        below: str = "",
        permits: frozenset[Guarded] = frozenset(),
    ) -> Judged:
        del base, candidate
        self.asked.append(Asked(tuple(targets), below, permits))
        return Judged(self.comparison, self.verdict)
