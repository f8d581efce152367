"""A second opinion of an attempt's candidate: every call for it is recorded, and no answer is bought twice."""

from dataclasses import dataclass

from orchestrator.domain.events import ReviewAsked, ReviewSaved
from orchestrator.domain.model import Prompt, Reply
from orchestrator.domain.verdict import Verdict
from orchestrator.ports import Clock, Critic, ModelClient, ReviewOrder
from orchestrator.task import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewing:
    """Reviews candidates that the checks have passed; see :meth:`review`."""

    critic: Critic
    models: ModelClient
    clock: Clock

    async def review(self, task: Task, order: ReviewOrder) -> Verdict:
        """The order's verdict after a review.

        Answers that an engine has saved which has died since are looked at again, not asked for again.
        """
        return await self.critic.review(order, _Recorded(task, models=self.models, clock=self.clock))


class _Recorded:
    """Implements :class:`orchestrator.ports.ModelClient` for one attempt's review."""

    def __init__(self, task: Task, *, models: ModelClient, clock: Clock) -> None:
        self._task = task
        self._models = models
        self._clock = clock
        self._saved = [fact.reply for fact in task.facts if isinstance(fact, ReviewSaved)]

    async def complete(self, prompt: Prompt) -> Reply:
        """See the port; the answer is on disk before anybody looks at it."""
        if self._saved:
            return self._saved.pop(0)
        task, clock = self._task, self._clock
        await task.remember(ReviewAsked(clock.wall(), task.spec.id, task.attempt, prompt.model))
        reply = await self._models.complete(prompt)
        await task.remember(ReviewSaved(clock.wall(), task.spec.id, task.attempt, reply))
        return reply
