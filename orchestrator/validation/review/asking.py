"""Asks a model for an answer of a given shape: within a time, and at most once more where the answer is garbled."""

from collections.abc import Callable
from typing import TypeVar

import anyio

from orchestrator.domain.model import Prompt
from orchestrator.domain.usage import Usage
from orchestrator.errors import ModelError, ParseError
from orchestrator.ports import ModelClient
from orchestrator.validation.review.jsonanswer import garbled
from orchestrator.validation.review.prompt import again, printable
from orchestrator.validation.review.values import Asked, Trouble

_TRIES = 2
_NOTE = 300
AnswerT = TypeVar("AnswerT")


class _Tries:
    """The tries at one question, and what they have used up so far."""

    def __init__(self) -> None:
        self.calls = 0
        self.usage = Usage()

    async def ask(self, models: ModelClient, prompt: Prompt, *, read: Callable[[str], AnswerT]) -> Asked[AnswerT]:
        first, fault = prompt, ""
        while self.calls < _TRIES:
            self.calls += 1
            reply = await models.complete(prompt)
            self.usage += reply.usage
            try:
                if not reply.is_complete:
                    raise garbled("the answer was cut off")
                return self.ended(answer=read(reply.text))
            except ParseError as error:
                fault = error.what
            prompt = again(first, fault)
        return self.ended(trouble=Trouble.GARBLED, note=f"no usable answer in {self.calls} tries: {fault}")

    def ended(self, *, answer: AnswerT | None = None, trouble: Trouble | None = None, note: str = "") -> Asked[AnswerT]:
        line = " ".join(printable(note).split())[:_NOTE]
        return Asked(answer=answer, trouble=trouble, note=line, calls=self.calls, usage=self.usage)


async def ask(models: ModelClient, prompt: Prompt, *, read: Callable[[str], AnswerT], seconds: float) -> Asked[AnswerT]:
    """What ``read`` makes of the model's answer; never raises for what a model does.

    Args:
        models: answers.
        prompt: the question.
        read: raises :class:`ParseError` for an answer that cannot be used. The model is then asked once more.
        seconds: for all of it.
    """
    tries = _Tries()
    try:
        with anyio.move_on_after(seconds):
            return await tries.ask(models, prompt, read=read)
    except ModelError as error:
        return tries.ended(trouble=Trouble.FAILED, note=str(error))
    return tries.ended(trouble=Trouble.SILENT, note=f"no answer within {seconds:g} s")
