"""What a reply asks for, and what becomes of the files: frozen values."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

Read: TypeAlias = Callable[[str], str | None]
"""A file's text by its path, line ends untouched; ``None`` where there is no file (a folder is none).

It is only called with paths that are safe to look at (see :func:`orchestrator.workspace.edits.paths.path_fault`).
"""


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines to find and the lines to put in their place, without line ends.

    Attributes:
        search: empty means that there is nothing to find: only a new or an empty file takes such a hunk.
        at: 1-based line where the author believes the lines to be; 0 where nothing is said. It never finds
            a place, it only decides between several.
    """

    search: tuple[str, ...]
    replace: tuple[str, ...]
    at: int = 0


@dataclass(frozen=True, slots=True)
class Replacement:
    """One SEARCH/REPLACE block. ``line`` is its 1-based line in the reply, as in every edit."""

    path: str
    hunk: Hunk
    line: int = 0


@dataclass(frozen=True, slots=True)
class WholeFile:
    """A fenced block with a path: the whole text of the file, as lines without ends."""

    path: str
    lines: tuple[str, ...]
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDiff:
    """One file's part of a unified diff.

    Attributes:
        old: ``None`` for a creation. new: ``None`` for a deletion; differs from ``old`` in a rename.
        modes: every mode that the header names (``100644``, ...), in its order.
        new_mode: the mode that the file has afterwards; ``""`` where nothing is said.
        final_newline: whether the new text ends in a line end, where the diff says so.
    """

    old: str | None
    new: str | None
    hunks: tuple[Hunk, ...] = ()
    modes: tuple[str, ...] = ()
    new_mode: str = ""
    final_newline: bool | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """A fenced block without a path. ``language`` is the first word of its info string, in lower case."""

    language: str
    lines: tuple[str, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Snippet:
    """All blocks without a path of a reply that names no other edit, meant for its one target file."""

    path: str
    blocks: tuple[CodeBlock, ...]
    line: int = 0


Edit: TypeAlias = Replacement | WholeFile | FileDiff | Snippet


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """What becomes of one file.

    Attributes:
        before: the text that was edited; ``None`` where the file is new.
        after: the new text; ``None`` where the file is deleted.
        mode: ``100644`` or ``100755`` where the reply sets one, else ``""`` (leave it; new files are ``100644``).
    """

    path: str
    before: str | None
    after: str | None
    mode: str = ""
