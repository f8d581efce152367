"""What a run knows of trees and commits: frozen values, none of which is tied to a place on disk."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

from orchestrator.domain.tree import CommitId, TreeId

EXECUTABLE = "100755"
PLAIN = "100644"
SYMLINK = "120000"
FOLDER = "040000"
SUBMODULE = "160000"
BLOB_MODES = frozenset({PLAIN, EXECUTABLE, SYMLINK})


class Uncommitted(StrEnum):
    """Which uncommitted work a run starts from. Ignored files are never taken along."""

    NONE = "none"
    TRACKED = "tracked"
    """Changes of files that git knows, staged or not."""
    ALL = "all"
    """Those, and files that git does not know."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a tree holds at a path: six octal digits and the id of a blob (of a commit, for a submodule)."""

    mode: str
    object_id: str


@dataclass(frozen=True, slots=True)
class Change:
    """A path at which two trees differ. ``None`` stands for "not there"; renames are told as both of their sides.

    ``path`` is text; bytes that are no UTF-8 are escaped as Python's ``surrogateescape`` does.
    """

    path: str
    before: Entry | None
    after: Entry | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """A path that a merge could not decide; ``kind`` is git's word: ``contents``, ``modify/delete``, ``binary``, ..."""

    path: str
    kind: str


@dataclass(frozen=True, slots=True)
class Merged:
    """A merge without conflicts."""

    tree: TreeId


@dataclass(frozen=True, slots=True)
class Conflicted:
    """A merge with conflicts, at least one.

    Attributes:
        conflicts: by path.
        marked: the tree as far as it goes, conflict markers in it: evidence, never a candidate.
    """

    conflicts: tuple[Conflict, ...]
    marked: TreeId


MergeResult: TypeAlias = Merged | Conflicted


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a path that a person should know, or that makes a tree unfit. ``what`` is one sentence."""

    path: str
    what: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A folder as a tree.

    Attributes:
        left_out: what the tree does not hold although the folder does, and why.
    """

    tree: TreeId
    left_out: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Submodule:
    """A submodule of a tree. It is read from a store that the user already has; nothing is ever fetched for it.

    Attributes:
        name: the one in ``.gitmodules``; ``""`` where that file does not know the path.
        commit: what the tree wants there.
        objects: the object store to read it from; ``None`` where the user has not got it.
    """

    path: str
    name: str
    commit: CommitId
    objects: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """How much a command may leave behind in its tree before that is refused.

    Attributes:
        files: changed files. file_bytes: of one of them. total_bytes: of all of them together.
        depth: levels of a path.
    """

    files: int = 10_000
    file_bytes: int = 50_000_000
    total_bytes: int = 200_000_000
    depth: int = 100
