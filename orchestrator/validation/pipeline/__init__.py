"""Judges one tree: its projects' own checks, stage by stage.

:func:`assess` runs them in a :class:`Room`; a :class:`Bench` says by which packs and settings.
:class:`PackAssessor` does so for whoever has only a folder, and remembers.
"""

from orchestrator.validation.pipeline.assessor import OpenRoom, PackAssessor
from orchestrator.validation.pipeline.memory import Memory
from orchestrator.validation.pipeline.pipeline import WHOLE, assess
from orchestrator.validation.pipeline.planning import Bench, ToolShelf
from orchestrator.validation.pipeline.room import Room

__all__ = ["WHOLE", "Bench", "Memory", "OpenRoom", "PackAssessor", "Room", "ToolShelf", "assess"]
