"""Rooms for the commits of a run: a plain copy of each, which may be rewritten, and in which its own checks run."""

import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import anyio
import anyio.to_thread

from orchestrator.app.confinement import Confinement
from orchestrator.app.copyroom import Copy, copy_room
from orchestrator.app.dependencies import beside
from orchestrator.app.generated import lay_generated
from orchestrator.app.rooms import make_desk, reader
from orchestrator.app.trees import Source, dependency_folders
from orchestrator.domain.tree import CommitId, TreeId
from orchestrator.validation.packs import Read
from orchestrator.validation.pipeline import Room
from orchestrator.workspace.copies import copied
from orchestrator.workspace.removal import remove_tree
from orchestrator.workspace.repository import RunRepository
from orchestrator.workspace.trees import listing
from orchestrator.workspace.values import SUBMODULE
from orchestrator.workspace.warm.gitview import read_tags, view_of

_NO_FOLDER = Path("/srv/project")
"""Where the files of a bare repository are seen: it has no folder of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRooms:
    """Opens rooms; see :func:`open_copy_rooms`.

    Attributes:
        root: where the user's own files are: the path at which commands see the copy.
        folders: in which dependencies lie there, below it.
        tags: the user's.
        files: those of the commit that the run began from. read: reads them: no repair chooses how it is judged.
        scratch: a folder of the run's own.
        generated: sources that git ignores and every copy gets, see :func:`orchestrator.app.generated.generated_in`.
    """

    repository: RunRepository
    confinement: Confinement
    root: Path
    folders: tuple[str, ...]
    tags: Mapping[str, str]
    files: tuple[str, ...]
    read: Read
    scratch: Path
    generated: Mapping[str, str] = field(default_factory=dict)

    @asynccontextmanager
    async def open(self, commit: CommitId) -> AsyncIterator[Room]:
        """A room with the files of ``commit``; it and all that commands leave in it is gone afterwards.

        Raises:
            GitError: there is no such commit.
            OSError: the disk is full, for example.
        """
        async with self.copy(commit) as copy:
            yield copy_room(copy, self.confinement)

    @asynccontextmanager
    async def copy(self, commit: CommitId) -> AsyncIterator[Copy]:
        """What such a room is made of; gone afterwards.

        Raises:
            GitError, OSError: as :meth:`open`.
        """
        files = await _files(self.repository, await self.repository.tree_of(commit))
        desk = self.scratch / f"desk-{secrets.token_hex(8)}"
        async with copied(self.repository, commit) as folder:
            try:
                make_desk(desk)
                await self._lay_generated(commit, folder)
                git = replace(view_of(self.repository, commit, tags=self.tags, index=Path()), index="")
                yield Copy(
                    folder=folder,
                    desk=desk,
                    root=self.root,
                    folders=self.folders,
                    files=files,
                    read=self.read,
                    git=git,
                )
            finally:
                with anyio.CancelScope(shield=True):
                    await anyio.to_thread.run_sync(remove_tree, desk)

    async def _lay_generated(self, commit: CommitId, folder: Path) -> None:
        if self.generated:
            repository = self.repository
            changed = await repository.changed_paths(repository.facts.tree, await repository.tree_of(commit))
            await lay_generated(folder, self.generated, changed=changed)


@asynccontextmanager
async def open_copy_rooms(
    repository: RunRepository, confinement: Confinement, *, scratch: Path
) -> AsyncIterator[CopyRooms]:
    """Rooms for the commits of ``repository``'s run.

    Raises:
        GitError, OSError: not even what the run began from can be copied.
    """
    facts = repository.facts
    root = facts.work_tree or _NO_FOLDER
    files = await _files(repository, facts.tree)
    folders = beside(await dependency_folders(Source(root)), files) if facts.work_tree else ()
    async with copied(repository, facts.base) as base:
        yield CopyRooms(
            repository=repository,
            confinement=confinement,
            root=root,
            folders=folders,
            tags=await read_tags(repository),
            files=files,
            read=reader(base),
            scratch=scratch,
        )


async def _files(repository: RunRepository, tree: TreeId) -> tuple[str, ...]:
    entries = await listing(repository.store, tree)
    return tuple(sorted(path for path, entry in entries.items() if entry.mode != SUBMODULE))
