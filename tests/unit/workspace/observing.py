"""What tests look at: the user's repository as a whole, and whether a program was run."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from orchestrator.domain.ids import RunId
from orchestrator.testing.repo import TempRepo
from orchestrator.workspace.edits.values import FileChange

RUN = RunId("r1")
State: TypeAlias = tuple[dict[str, str], str, str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Trap:
    """A program at ``folder/run`` that leaves a mark and fails."""

    folder: Path

    @property
    def program(self) -> str:
        """Its absolute path."""
        self.folder.mkdir(exist_ok=True)
        path = self.folder / "run"
        path.write_text(f"#!/bin/sh\ntouch {self.folder}/ran\nexit 1\n", encoding="utf-8")
        path.chmod(0o755)
        return str(path)

    def sprung(self) -> bool:
        """Whether it was run since it was last asked."""
        mark = self.folder / "ran"
        was = mark.exists()
        mark.unlink(missing_ok=True)
        return was


def edit(path: str, after: str | None, *, before: str | None = "", mode: str = "") -> FileChange:
    """A change of one file."""
    return FileChange(path=path, before=before, after=after, mode=mode)


def files_below(folder: Path) -> dict[str, str]:
    """Path -> mode and digest (a link's target) of every file below ``folder``, ``.git`` left out."""
    found = {}
    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != ".git"]
        links = [name for name in folders if (Path(here) / name).is_symlink()]
        for name in (*names, *links):
            path = Path(here) / name
            text = str(path.readlink()) if path.is_symlink() else hashlib.sha256(path.read_bytes()).hexdigest()
            found[path.relative_to(folder).as_posix()] = f"{path.lstat().st_mode:o} {text}"
    return found


def state_of(repo: TempRepo) -> State:
    """All that is the user's own: references (but for ours), HEAD, the index, the files."""
    listed = repo.git("for-each-ref", "--format=%(refname) %(objectname)").splitlines()
    refs = dict(line.split(" ") for line in listed if not line.startswith("refs/rung/"))
    index = repo.git_dir / "index"
    digest = hashlib.sha256(index.read_bytes()).hexdigest() if index.exists() else ""
    return refs, (repo.git_dir / "HEAD").read_text(encoding="utf-8"), digest, files_below(repo.folder)
