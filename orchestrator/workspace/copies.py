"""Plain copies of commits, for commands that may be run anywhere."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import anyio.to_thread

from orchestrator.domain.tree import CommitId
from orchestrator.workspace.removal import remove_tree
from orchestrator.workspace.repository import RunRepository

_FENCE = "gitdir: none\n"
"""Format: gitrepository-layout(5). It names nothing, and there git stops looking."""


@asynccontextmanager
async def copied(repository: RunRepository, commit: CommitId) -> AsyncIterator[Path]:
    """The files of ``commit`` in a folder of their own; removed on leaving, whatever is in it then.

    It is in the run's store: what an engine that was killed leaves there, the next one clears away. The store may be
    inside of the user's repository; a git that a command starts in the copy does not find that.

    Raises:
        GitError: there is no such commit, or the disk is full.
        OSError: the copy cannot be made or removed.
    """
    tree = await repository.tree_of(commit)
    folder = repository.store.folder / "scratch" / secrets.token_hex(8)
    folder.mkdir(parents=True)
    try:
        (folder / ".git").write_text(_FENCE, encoding="ascii")
        copy = await repository.check_out(tree, folder / "tree")
        try:
            yield copy.folder
        finally:
            with anyio.CancelScope(shield=True):
                await copy.discard()
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(remove_tree, folder)
