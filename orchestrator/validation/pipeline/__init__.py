"""Judges one tree: its projects' own checks, stage by stage.

:func:`assess` runs them in a :class:`Room`; a :class:`Bench` says by which packs and settings; a :class:`Memory` keeps
what they said.
"""

from orchestrator.validation.pipeline.memory import Memory
from orchestrator.validation.pipeline.pipeline import WHOLE, assess
from orchestrator.validation.pipeline.planning import Bench, ToolShelf
from orchestrator.validation.pipeline.room import Room

__all__ = ["WHOLE", "Bench", "Memory", "Room", "ToolShelf", "assess"]
