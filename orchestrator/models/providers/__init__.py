"""The table of providers. A new one is a new file and one row; its SDK is imported when it is first used."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from orchestrator.models.providers.scripted import Scripted
from orchestrator.ports import ModelClient

Provider: TypeAlias = Callable[[str, Path], ModelClient]
"""Makes the client of one model from its name and the file that its configuration names."""

PROVIDERS: Mapping[str, Provider] = {"scripted": Scripted}

__all__ = ["PROVIDERS", "Provider"]
