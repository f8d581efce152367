"""Asks the diagnoser role why a validation failed. What it says is advice for the next attempt."""

from collections.abc import Sequence
from functools import partial

from orchestrator.domain.finding import FailureClass, Finding, Severity
from orchestrator.domain.verdict import VerdictStatus
from orchestrator.ports import ModelClient
from orchestrator.validation.review.answer import read_diagnosis
from orchestrator.validation.review.asking import ask
from orchestrator.validation.review.prompt import capped, diagnosis_prompt
from orchestrator.validation.review.values import Advice, Asked, Question, Trouble

_LONGEST_CAUSE = 1_200
_LONGEST_ITEM = 200
"""Characters."""
_LISTED = 10


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

    async def diagnose(self, question: Question) -> Asked[Advice]:
        """The diagnosis, or why there is none. Nobody is asked about a validation that did not fail."""
        if question.verdict.status is not VerdictStatus.FAILED:
            return Asked(trouble=Trouble.NOT_ASKED, note="there is no failure to diagnose")
        read = partial(read_diagnosis, files=question.files)
        prompt = diagnosis_prompt(self._model, question)
        return await ask(self._models, prompt, read=read, seconds=self._timeout)


def noted(asked: Asked[Advice]) -> Finding:
    """A diagnosis, or why there is none, as a note of a few lines. Its text is a model's, and no more than a guess.

    ``message`` is its first line and the files, ``detail`` the rest: at most 1,200 characters of the cause, ten files,
    and ten things that the next author should be shown, of 200 characters each.
    """
    answer = asked.answer
    if answer is None:
        return _note(f"no usable diagnosis: {asked.note or asked.trouble}")
    first, _, rest = capped(answer.cause, _LONGEST_CAUSE).partition("\n")
    files = f" (may need a change: {_listed(answer.files)})" if answer.files else ""
    needed = f"look at: {_listed(answer.context_needed)}" if answer.context_needed else ""
    message = f"a model's guess at the cause ({answer.confidence:.0%} sure): {first}{files}"
    return _note(message, "\n".join(part for part in (rest, needed) if part))


def _listed(items: Sequence[str]) -> str:
    more = f", and {len(items) - _LISTED} more" if len(items) > _LISTED else ""
    return ", ".join(" ".join(item.split())[:_LONGEST_ITEM] for item in items[:_LISTED]) + more


def _note(message: str, detail: str = "") -> Finding:
    return Finding(
        tool="diagnosis",
        message=message,
        detail=detail,
        severity=Severity.NOTE,
        failure_class=FailureClass.REVIEW,
    )
