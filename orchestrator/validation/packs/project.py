"""A project: a folder of a repository, and the pack that knows how to judge it."""

from dataclasses import dataclass, field
from functools import cached_property

from orchestrator.validation.packs.globs import is_literal, matching

__all__ = ["Project"]


@dataclass(frozen=True, kw_only=True)
class Project:
    """One project.

    Attributes:
        pack: id of its pack.
        root: its folder below the repository's root, with ``/``; ``""`` for the root itself.
        evidence: what tells that it is one: paths of markers, or a pattern of source files; never empty.
        is_marked: whether there is a marker; else there are just source files.
        files: all that is its own, below the repository's root, sorted.
    """

    pack: str
    root: str
    evidence: tuple[str, ...]
    is_marked: bool = True
    files: tuple[str, ...] = field(default=(), repr=False)

    @cached_property
    def own(self) -> tuple[str, ...]:
        """``files``, below the project's own root."""
        cut = len(self.root) + 1 if self.root else 0
        return tuple(file[cut:] for file in self.files)

    @cached_property
    def _own(self) -> frozenset[str]:
        return frozenset(self.own)

    def path(self, name: str) -> str:
        """``name`` below the repository's root, where it is given below the project's."""
        return f"{self.root}/{name}" if self.root else name

    def find(self, globs: tuple[str, ...]) -> tuple[str, ...]:
        """The files that ``globs`` fit, below the project's root, sorted."""
        literal = {glob for glob in globs if is_literal(glob)}
        patterns = tuple(glob for glob in globs if glob not in literal)
        found = literal & self._own
        return tuple(sorted(found.union(matching(self.own, patterns)))) if patterns else tuple(sorted(found))
