"""Assesses folders for whoever has only a folder in hand: the repair of a node, a merge."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TypeAlias

from orchestrator.domain.assessment import Assessment, Scope
from orchestrator.validation.pipeline.memory import Memory, key_of
from orchestrator.validation.pipeline.pipeline import assess
from orchestrator.validation.pipeline.planning import Bench, plan_parts
from orchestrator.validation.pipeline.room import Room

__all__ = ["OpenRoom", "PackAssessor"]

OpenRoom: TypeAlias = Callable[[str], AbstractAsyncContextManager[Room]]
"""A folder with a tree -> the room in which it is judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackAssessor:
    """Implements :class:`orchestrator.ports.Assessor` by packs.

    Attributes:
        bench: by which packs and settings; the tools that it has found are shared by all trees.
        open_room: makes the room of a folder.
        memory: what was assessed already.
    """

    bench: Bench
    open_room: OpenRoom
    memory: Memory = field(default_factory=Memory)

    async def assess(self, folder: str, scope: Scope) -> Assessment:
        """See the port."""
        async with self.open_room(folder) as room:
            if not scope.tree:
                return await assess(room, self.bench, scope=scope)
            parts = await plan_parts(room, self.bench, scope=scope)
            commands = [command for part in parts for command in part.commands]
            key = key_of(scope, commands, env=room.env, places=(room.desk_inside, room.root))
            return await self.memory.recall(key, lambda: assess(room, self.bench, scope=scope))
