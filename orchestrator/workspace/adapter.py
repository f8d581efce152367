"""The run's repository behind the port that the engine knows."""

import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import anyio
import anyio.from_thread
import anyio.to_thread

from orchestrator.domain.ids import NodeId
from orchestrator.domain.tree import CommitId
from orchestrator.errors import EditError, PathError, RefMovedError, RejectedEditsError, UnsafeTreeError
from orchestrator.ports import EditPermit
from orchestrator.workspace.edits import PathPolicy, changes_from_reply, path_fault
from orchestrator.workspace.git import Place
from orchestrator.workspace.refs import branch_ref, read_ref
from orchestrator.workspace.repository import RunRepository
from orchestrator.workspace.warm import Places


class RunWorkspace:
    """Implements :class:`orchestrator.ports.Workspace`."""

    def __init__(self, repository: RunRepository, places: Places | None = None) -> None:
        self._repository = repository
        self._places = places
        self._landing = anyio.Lock()

    async def head(self) -> CommitId:
        """See the port."""
        return await self._repository.head()

    async def has_landed(self) -> bool:
        """Whether anything has landed, by this engine or one before it."""
        return await self.head() != self._repository.facts.base

    async def texts(self, commit: CommitId, paths: Sequence[str]) -> Mapping[str, str]:
        """See the port; bytes that are no UTF-8 are escaped (``surrogateescape``)."""
        tree = await self._repository.tree_of(commit)
        found = await self._repository.read(tree, [path for path in paths if not path_fault(path)])
        return {path: content.decode("utf-8", "surrogateescape") for path, content in found.items()}

    async def edit(
        self, base: CommitId, reply: str, *, targets: Sequence[str], permit: EditPermit, message: str
    ) -> CommitId:
        """See the port."""
        tree = await self._repository.tree_of(base)
        policy = PathPolicy(allow=permit.allow or ("**",), deny=permit.deny)

        def read(path: str) -> str | None:
            return anyio.from_thread.run(self.texts, base, [path]).get(path)

        apply = partial(changes_from_reply, reply, targets=targets, read=read, policy=policy)
        changes = await anyio.to_thread.run_sync(apply)
        try:
            edited = await self._repository.write_tree(tree, changes, policy=policy)
        except UnsafeTreeError as error:  # what only the tree shows: a link in the way, a file and a folder at once
            raise _refusal(error) from error
        return await self._repository.commit(edited, [base], message=message)

    async def keep(self, node: NodeId, attempt: int, *, commit: CommitId) -> None:
        """See the port."""
        await self._repository.keep(node, commit, attempt=attempt)

    async def kept(self, node: NodeId, attempt: int) -> CommitId | None:
        """See the port."""
        return await self._repository.candidate(node, attempt)

    @asynccontextmanager
    async def checkout(self, commit: CommitId) -> AsyncIterator[str]:
        """See the port. With ``places`` the folder may be one that only their runner can enter."""
        if self._places:
            async with self._places.place(commit) as placed:
                yield placed.place.folder
        else:
            async with self.copy(commit) as folder:
                yield folder

    @asynccontextmanager
    async def copy(self, commit: CommitId) -> AsyncIterator[str]:
        """The files of ``commit`` in a folder that anybody can enter, removed on leaving."""
        tree = await self._repository.tree_of(commit)
        with tempfile.TemporaryDirectory(prefix="rung-tree-") as folder:
            await self._repository.check_out(tree, Path(folder, "tree"))
            yield str(Path(folder, "tree"))

    async def land(self, commit: CommitId, *, base: CommitId) -> bool:
        """See the port."""
        async with self._landing:
            if await self._holds(await self.head(), commit):
                return True
            try:
                await self._repository.land(commit, expected=base)
            except RefMovedError:
                return False
            return True

    async def _holds(self, head: CommitId, commit: CommitId) -> bool:
        store = self._repository.store
        said = await store.git.run(("merge-base", "--is-ancestor", commit, head), store.objects, accept=(0, 1))
        return said.exit_code == 0

    async def publish(self) -> tuple[str, CommitId]:
        """See the port. What an earlier engine published is replaced, unless somebody has gone on from there."""
        head, earlier = await self.head(), await self._published()
        replaces = earlier if earlier and await self._holds(head, earlier) else None
        return await self._repository.results.publish(head, replaces=replaces), head

    async def _published(self) -> CommitId | None:
        facts = self._repository.facts
        if facts.common_dir is None:
            return None
        return await read_ref(self._repository.store.git, Place(git_dir=facts.common_dir), ref=branch_ref(facts.run))


def _refusal(error: UnsafeTreeError) -> EditError:
    faults = [PathError(what, path=path) for path, what in error.faults]
    return faults[0] if len(faults) == 1 else RejectedEditsError(faults)
