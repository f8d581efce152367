"""A changed file, and which files are which."""

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.validation.packs.globs import matches

__all__ = ["FileChange", "Places", "change_of"]

TEST_FILES = (
    "**/test_*.*",
    "**/*_test.*",
    "**/*_tests.*",
    "**/*.test.*",
    "**/*.spec.*",
    "**/*Test.java",
    "**/*Tests.java",
    "**/*IT.java",
    "**/*Test.kt",
    "**/tests.py",
    "**/tests.rs",
    "**/tests/**",
    "**/test/**",
    "**/__tests__/**",
    "**/__snapshots__/**",
    "**/testdata/**",
    "**/*.bats",
    "**/conftest.py",
)
"""What counts as a test, or as what tests read, whatever a pack says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """What became of one file. A renamed one is two changes: one goes, one comes.

    Attributes:
        path: below the repository's root, with ``/``.
        before: its text in the base; ``None`` where there was none.
        after: its text in the candidate; ``None`` where it is deleted.
        is_binary: whether either side is no text; the texts are then empty where the file exists.
    """

    path: str
    before: str | None = None
    after: str | None = None
    is_binary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Which files a project's packs and a node say are which: globs, as in packs.

    Attributes:
        tests: files that hold tests, besides those that are known by their names (``TEST_FILES``).
        permitted: files that the node may change though they are sensitive by what they are.
    """

    tests: Sequence[str] = ()
    permitted: Sequence[str] = ()

    def is_test(self, path: str) -> bool:
        """Whether ``path`` is a test or something that tests read."""
        return matches(path, (*TEST_FILES, *self.tests))

    def is_permitted(self, path: str) -> bool:
        """Whether the node may change ``path`` whatever it is."""
        return matches(path, tuple(self.permitted))


def change_of(path: str, *, before: bytes | None, after: bytes | None) -> FileChange:
    """The change of a file from its bytes: text is what is UTF-8 without a NUL byte, as git has it."""
    sides = [_text(side) for side in (before, after)]
    is_binary = any(text is None and side is not None for text, side in zip(sides, (before, after), strict=True))
    if is_binary:
        sides = [None if side is None else "" for side in (before, after)]
    return FileChange(path=posixpath.normpath(path), before=sides[0], after=sides[1], is_binary=is_binary)


def _text(data: bytes | None) -> str | None:
    if data is None or b"\0" in data:
        return None
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None
