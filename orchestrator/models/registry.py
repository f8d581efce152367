"""The configured models by name, each behind its provider's client."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from orchestrator.domain.model import Prompt, Reply
from orchestrator.errors import ModelError
from orchestrator.models.providers import PROVIDERS
from orchestrator.models.tiers import Ladder


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEntry:
    """One model of the configuration. ``script`` is absolute."""

    name: str
    tier: str
    provider: str
    script: Path


class Registry:
    """Implements :class:`orchestrator.ports.ModelClient` for all configured models."""

    def __init__(self, entries: Iterable[ModelEntry]) -> None:
        self._clients = {entry.name: PROVIDERS[entry.provider](entry.name, entry.script) for entry in entries}

    async def complete(self, prompt: Prompt) -> Reply:
        """Ask the model that the prompt names.

        Raises:
            ModelError: it is not configured, or its provider says so.
        """
        client = self._clients.get(prompt.model)
        if client is None:
            raise ModelError(prompt.model, "is not configured", may_recover=False)
        return await client.complete(prompt)


def ladder_of(entries: Iterable[ModelEntry]) -> Ladder:
    """The tiers that the entries fill, in the order of the configuration."""
    models: dict[str, list[str]] = {}
    for entry in entries:
        models.setdefault(entry.tier, []).append(entry.name)
    return Ladder(models)
