"""Where a call of git works: told explicitly, so that nothing in a work tree can lead it elsewhere."""

import os
from dataclasses import dataclass
from pathlib import Path

_NO_INDEX = "no-index"
"""Never made: an index that does not exist is an empty one. Without it, git would use the repository's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The repository of a call. All paths are absolute.

    Attributes:
        git_dir: the repository itself; a ``.git`` in the work tree is never looked at.
        work_tree: where files are read and written; ``None`` for a call that only sees objects.
        index: the index to use; ``None`` for a call that needs none.
        alternates: more object stores to read from.
        settings: configuration of this call alone, outranking the repository's.
    """

    git_dir: Path
    work_tree: Path | None = None
    index: Path | None = None
    alternates: tuple[Path, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def folder(self) -> Path:
        """The directory to start git in: paths on its standard input are relative to this."""
        return self.work_tree or self.git_dir

    def variables(self) -> dict[str, str]:
        """The environment variables that say all this."""
        found = {"GIT_DIR": str(self.git_dir), "GIT_INDEX_FILE": str(self.index or self.git_dir / _NO_INDEX)}
        if self.work_tree:
            found["GIT_WORK_TREE"] = str(self.work_tree)
        if self.alternates:
            found["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = os.pathsep.join(quoted(str(path)) for path in self.alternates)
        return found


def quoted(path: str) -> str:
    """``path`` in C style quotes where an ``alternates`` file, or the variable of that name, needs them."""
    if not path.startswith(('"', "#")) and not set(path) & {"\n", os.pathsep}:
        return path
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
