"""Models that answer from a list, in this process."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import anyio

from orchestrator.domain.model import Prompt, Reply
from orchestrator.errors import ModelError

__all__ = ["Answer", "ScriptedModel"]

Answer: TypeAlias = str | Reply | ModelError
"""What a call gets: a text, a whole reply, or an error that is raised."""


class ScriptedModel:
    """Implements :class:`orchestrator.ports.ModelClient` for any number of models.

    ::

        models = ScriptedModel({"small": ["no idea"], "large": [ModelError("large", "busy", may_recover=True), EDIT]})

    Each model gives its answers in turn, the last one again and again. Use it once: the answers are used up.

    Attributes:
        prompts: all that were asked, in that order, those that were never answered included.
        seconds: of the event loop's (perhaps virtual) time that every answer takes.
    """

    def __init__(self, answers: Mapping[str, Sequence[Answer]], *, seconds: float = 0.0) -> None:
        self.prompts: list[Prompt] = []
        self.seconds = seconds
        self._answers = {model: list(given) for model, given in answers.items()}

    def asked(self, model: str) -> int:
        """How often ``model`` was asked."""
        return sum(prompt.model == model for prompt in self.prompts)

    async def complete(self, prompt: Prompt) -> Reply:
        """The next answer of the model that the prompt names.

        Raises:
            ModelError: it has none, or the script says so.
        """
        self.prompts.append(prompt)
        answers = self._answers.get(prompt.model)
        if not answers:
            raise ModelError(prompt.model, "is not configured", may_recover=False)
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        await anyio.sleep(self.seconds)
        if isinstance(answer, ModelError):
            raise answer
        return Reply(text=answer, model=prompt.model) if isinstance(answer, str) else answer
