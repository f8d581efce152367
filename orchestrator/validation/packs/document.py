"""What the text of a pack says, as plain data that remembers its lines."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from orchestrator.domain.jsonvalue import JsonValue
from orchestrator.errors import Problem

__all__ = ["Document", "KeyPath"]

KeyPath: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """What one file says, and what is wrong with how it says it.

    Attributes:
        file: as messages call it.
        data: the root; ``None`` where the text is no mapping, and ``problems`` then says why.
        lines: path of each key and item -> its 1-based line.
    """

    file: str
    data: Mapping[str, JsonValue] | None
    lines: Mapping[KeyPath, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def line(self, path: KeyPath) -> int:
        """The line of what stands at ``path``, or of the nearest thing around it."""
        ends = range(len(path), -1, -1)
        return next((self.lines[path[:end]] for end in ends if path[:end] in self.lines), 1)
