"""A model's opinion of an attempt's candidate: every call for it is recorded, and no answer is bought twice."""

from dataclasses import dataclass, replace
from typing import TypeAlias

from orchestrator.domain.events import DiagnosisAsked, DiagnosisSaved, ReviewAsked, ReviewSaved
from orchestrator.domain.finding import Finding
from orchestrator.domain.model import Prompt, Reply
from orchestrator.domain.verdict import Verdict, VerdictStatus
from orchestrator.ports import Clock, Critic, Diagnostician, ModelClient, ReviewOrder
from orchestrator.task import Task

_Kinds: TypeAlias = tuple[type[ReviewAsked] | type[DiagnosisAsked], type[ReviewSaved] | type[DiagnosisSaved]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewing:
    """Has candidates looked at by models; see :meth:`review`.

    Attributes:
        critic: is shown what has passed the checks; ``None`` for nobody.
        diagnostician: is shown what has failed them; ``None`` for nobody.
    """

    models: ModelClient
    clock: Clock
    critic: Critic | None = None
    diagnostician: Diagnostician | None = None

    async def review(self, task: Task, order: ReviewOrder) -> Verdict:
        """The order's verdict after that.

        A review can turn a pass into something else. A diagnosis is one more finding, a note behind the first one, and
        changes nothing else: not whether it failed, and not the reason.

        Answers that an engine has saved which has died since are looked at again, not asked for again.
        """
        status = order.verdict.status
        if self.critic and status is VerdictStatus.PASSED:
            return await self.critic.review(order, self._recorded(task, (ReviewAsked, ReviewSaved)))
        if self.diagnostician and status is VerdictStatus.FAILED:
            note = await self.diagnostician.diagnose(order, self._recorded(task, (DiagnosisAsked, DiagnosisSaved)))
            return _noted(order.verdict, note)
        return order.verdict

    def _recorded(self, task: Task, kinds: _Kinds) -> "_Recorded":
        return _Recorded(self, task, kinds=kinds)


def _noted(verdict: Verdict, note: Finding) -> Verdict:
    """The first finding is the reason of the failure, and of a long list only the first ones are told."""
    first, *rest = verdict.findings or [Finding(tool="checks", message=f"the checks say {verdict.status}")]
    return replace(verdict, findings=(first, note, *rest))


class _Recorded:
    """Implements :class:`orchestrator.ports.ModelClient` for one attempt's review or diagnosis."""

    def __init__(self, by: Reviewing, task: Task, *, kinds: _Kinds) -> None:
        self._by = by
        self._task = task
        self._asked, self._saved = kinds
        self._kept = [fact.reply for fact in task.facts if isinstance(fact, self._saved)]

    async def complete(self, prompt: Prompt) -> Reply:
        """See the port; the answer is on disk before anybody looks at it."""
        if self._kept:
            return self._kept.pop(0)
        task, clock = self._task, self._by.clock
        await task.remember(self._asked(clock.wall(), task.spec.id, task.attempt, prompt.model))
        reply = await self._by.models.complete(prompt)
        await task.remember(self._saved(clock.wall(), task.spec.id, task.attempt, reply))
        return reply
