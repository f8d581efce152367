"""The run's own folder: a private bare repository, and what goes with it.

::

    <folder>/git/          the bare repository; it borrows the user's objects
    <folder>/facts.json    what the run is about; written last, so a folder without it was never finished
    <folder>/indexes/      an index for each of a few trees, as made by read-tree: what a new one is copied from
    <folder>/checkouts/    the index of each checkout: not where commands run
    <folder>/scratch/      what calls in flight work on; these three are emptied when nobody else has the run open
    <folder>/move.json     a result on its way into the user's files (see :mod:`orchestrator.workspace.moving`)
    <folder>/hold          locked by everybody who has the run open, and by every git that they started
"""

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from orchestrator.workspace.git import Git, Place
from orchestrator.workspace.removal import remove_tree


@dataclass(frozen=True, slots=True)
class Store:
    """A run's folder and the git to use in it.

    Attributes:
        object_format: ``sha1`` or ``sha256``.
    """

    git: Git
    folder: Path
    object_format: str

    @property
    def git_dir(self) -> Path:
        """The private bare repository."""
        return self.folder / "git"

    @property
    def objects(self) -> Place:
        """For calls that see objects and references only."""
        return Place(git_dir=self.git_dir)

    def files(self, work_tree: Path, index: Path, *, settings: tuple[tuple[str, str], ...] = ()) -> Place:
        """For calls that see files too."""
        return Place(git_dir=self.git_dir, work_tree=work_tree, index=index, settings=settings)

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A new empty folder that is gone afterwards."""
        folder = self.folder / "scratch" / secrets.token_hex(8)
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            with contextlib.suppress(OSError):
                remove_tree(folder)


def hold(folder: Path) -> int:
    """Open the run: returns the handle that says so until it is closed. What a dead engine left is removed first.

    Only when nobody has the run open: every git that was started for it holds the same lock while it runs.
    """
    handle = os.open(folder / "hold", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _clean(folder)
    fcntl.flock(handle, fcntl.LOCK_SH)
    return handle


def _clean(folder: Path) -> None:
    for unflushed in ("scratch", "indexes", "checkouts"):
        with contextlib.suppress(OSError):
            remove_tree(folder / unflushed)
    git_dir = folder / "git"
    for lock in (*git_dir.glob("*.lock"), *(git_dir / "refs").rglob("*.lock")):
        lock.unlink(missing_ok=True)
    for loose in (git_dir / "objects").glob("[0-9a-f][0-9a-f]/*"):
        if not loose.stat().st_size:  # a loss of power leaves such files, and git would take them for objects
            loose.unlink()
