"""Where a setting comes from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeAlias

KeyPath: TypeAlias = tuple[str | int, ...]
"""Where a value stands in a document: keys of tables and 0-based indexes of arrays."""


class Layer(StrEnum):
    """A source of settings. A later member wins over an earlier one."""

    DEFAULT = "default"
    USER = "user"
    REPOSITORY = "repository"
    ENVIRONMENT = "environment"
    COMMAND_LINE = "command-line"


@dataclass(frozen=True, slots=True)
class Origin:
    """The place of one value.

    Attributes:
        file: the file as a person names it, or the variable or option that holds the value; ``""`` for a default.
        line: 1-based; 0 where there is no file.
    """

    layer: Layer
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        """``file:line``, the variable or option, or the layer's name."""
        return f"{self.file}:{self.line}" if self.line else self.file or self.layer.value


@dataclass(frozen=True, slots=True)
class Source:
    """All that one layer says: nested tables, and the origin of each value and table in them.

    Attributes:
        path: the file, absolute where that was how it was read; ``None`` where it is none.
        digest: SHA-256 of the file, or of the one table that was read of it, in hexadecimal; ``""`` without a file.
    """

    layer: Layer
    data: Mapping[str, Any] = field(default_factory=dict)
    origins: Mapping[KeyPath, Origin] = field(default_factory=dict)
    path: Path | None = None
    digest: str = ""

    def origin(self, path: KeyPath) -> Origin:
        """The origin of the value at ``path``, or of the nearest table around it that has one."""
        ends = range(len(path), -1, -1)
        return next((self.origins[path[:end]] for end in ends if path[:end] in self.origins), Origin(self.layer))
