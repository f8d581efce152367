"""The run's repository behind the port that the engine knows."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial

import anyio
import anyio.from_thread
import anyio.to_thread

from orchestrator.domain.ids import NodeId
from orchestrator.domain.tree import CommitId
from orchestrator.errors import EditError, PathError, RefMovedError, RejectedEditsError, UnsafeTreeError
from orchestrator.ports import EditPermit
from orchestrator.workspace.copies import copied
from orchestrator.workspace.edits import FileChange, PathPolicy, changes_from_reply, path_fault
from orchestrator.workspace.git import Place
from orchestrator.workspace.refs import branch_ref, read_ref
from orchestrator.workspace.repository import RunRepository
from orchestrator.workspace.trees import merge_commits
from orchestrator.workspace.values import Conflicted
from orchestrator.workspace.warm import Places


class RunWorkspace:
    """Implements :class:`orchestrator.ports.Workspace` and :class:`orchestrator.workspace.train.Tracks`.

    Args:
        repository: the run's.
        places: where candidates are checked out; ``None`` for plain copies.
    """

    def __init__(self, repository: RunRepository, places: Places | None = None) -> None:
        self._repository = repository
        self._places = places

    async def origin(self) -> CommitId:
        """See the port."""
        return self._repository.facts.base

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
        policy = PathPolicy(allow=permit.allow or ("**",), deny=permit.deny)

        def read(path: str) -> str | None:
            return anyio.from_thread.run(self.texts, base, [path]).get(path)

        apply = partial(changes_from_reply, reply, targets=targets, read=read, policy=policy)
        changes = await anyio.to_thread.run_sync(apply)
        return await self._committed(base, changes, policy=policy, message=message)

    async def write(self, base: CommitId, changes: Mapping[str, str], *, message: str) -> CommitId:
        """See the port. Lines end as they do in the base: a checkout may have ended them otherwise."""
        there = await self.texts(base, list(changes))
        edits = [
            FileChange(path=path, before=there.get(path), after=_ended_as(there.get(path), text))
            for path, text in changes.items()
        ]
        return await self._committed(base, edits, policy=PathPolicy(), message=message)

    async def _committed(
        self, base: CommitId, changes: Sequence[FileChange], *, policy: PathPolicy, message: str
    ) -> CommitId:
        tree = await self._repository.tree_of(base)
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
        async with copied(self._repository, commit) as folder:
            yield str(folder)

    async def arrival(self, candidate: CommitId, *, base: CommitId) -> CommitId | None:
        """See the tracks: what landed since ``base`` is the head's line of first parents."""
        store = self._repository.store
        args = ("rev-list", "--first-parent", "--reverse", "--parents", await self.head(), f"^{base}")
        rows = (await store.git.run(args, store.objects)).line.split("\n")
        return next((CommitId(row.partition(" ")[0]) for row in rows if candidate in row.split(" ")), None)

    async def merged(
        self,
        onto: CommitId,
        candidate: CommitId,
        *,
        base: CommitId,  # noqa: ARG002  # git finds it
    ) -> CommitId | tuple[str, ...]:
        """See the tracks. The merge base is ``base``: a candidate has no other parent, and ``onto`` holds it."""
        if candidate == onto:
            return onto
        store = self._repository.store
        result = await merge_commits(store, onto, theirs=candidate)
        if isinstance(result, Conflicted):
            return tuple(dict.fromkeys(conflict.path for conflict in result.conflicts))
        said = await store.git.run(("show", "--no-patch", "--format=%B", candidate), store.objects)
        return await self._repository.commit(result.tree, [onto, candidate], message=said.line)

    async def patch(self, base: CommitId, candidate: CommitId) -> str:
        """See the tracks; bytes that are no UTF-8 are escaped (``surrogateescape``)."""
        repository = self._repository
        return await repository.diff(await repository.tree_of(base), await repository.tree_of(candidate))

    async def move(self, commit: CommitId, *, expected: CommitId) -> bool:
        """See the tracks."""
        try:
            await self._repository.land(commit, expected=expected)
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


def _ended_as(before: str | None, text: str) -> str:
    is_converted = before is not None and "\r\n" not in before
    return text.replace("\r\n", "\n") if is_converted else text


def _refusal(error: UnsafeTreeError) -> EditError:
    faults = [PathError(what, path=path) for path, what in error.faults]
    return faults[0] if len(faults) == 1 else RejectedEditsError(faults)
