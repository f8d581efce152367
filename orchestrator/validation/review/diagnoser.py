"""Asks the diagnoser role why a validation failed. What it says is advice for the next attempt."""

from functools import partial

from orchestrator.domain.verdict import VerdictStatus
from orchestrator.ports import ModelClient
from orchestrator.validation.review.answer import read_diagnosis
from orchestrator.validation.review.asking import ask
from orchestrator.validation.review.prompt import diagnosis_prompt
from orchestrator.validation.review.values import Asked, Diagnosis, Question, Trouble


class Diagnoser:
    """Diagnoses failures through a model.

    Args:
        models: answers.
        model: the name of the one with the role, as the configuration has it.
        timeout: seconds for a diagnosis, a second try included.
    """

    def __init__(self, models: ModelClient, *, model: str, timeout: float = 120.0) -> None:
        self._models = models
        self._model = model
        self._timeout = timeout

    async def diagnose(self, question: Question) -> Asked[Diagnosis]:
        """The diagnosis, or why there is none. Nobody is asked about a validation that did not fail."""
        if question.verdict.status is not VerdictStatus.FAILED:
            return Asked(trouble=Trouble.NOT_ASKED, note="there is no failure to diagnose")
        read = partial(read_diagnosis, files=question.files)
        prompt = diagnosis_prompt(self._model, question)
        return await ask(self._models, prompt, read=read, seconds=self._timeout)
