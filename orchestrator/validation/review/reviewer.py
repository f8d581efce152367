"""Asks the reviewer role for its opinion of a candidate that the commands have passed."""

from functools import partial

from orchestrator.domain.verdict import VerdictStatus
from orchestrator.ports import ModelClient
from orchestrator.validation.review.answer import read_review
from orchestrator.validation.review.asking import ask
from orchestrator.validation.review.decision import ReviewPolicy
from orchestrator.validation.review.prompt import review_prompt
from orchestrator.validation.review.values import Asked, Question, Review, Trouble


class Reviewer:
    """Reviews candidates through a model.

    Args:
        models: answers.
        model: the name of the one with the role, as the configuration has it.
        policy: how long to wait.
    """

    def __init__(self, models: ModelClient, *, model: str, policy: ReviewPolicy | None = None) -> None:
        self._models = models
        self._model = model
        self._policy = policy or ReviewPolicy()

    async def review(self, question: Question) -> Asked[Review]:
        """The review, or why there is none; give both to :func:`decided`.

        A candidate that the commands did not pass, or that changes nothing, is not shown to anybody.
        """
        if question.verdict.status is not VerdictStatus.PASSED:
            return Asked(trouble=Trouble.NOT_ASKED, note="the commands have decided")
        if not question.diff.strip():
            return Asked(trouble=Trouble.NOT_ASKED, note="nothing was changed")
        read = partial(read_review, files=question.files)
        prompt = review_prompt(self._model, question)
        return await ask(self._models, prompt, read=read, seconds=self._policy.timeout)
