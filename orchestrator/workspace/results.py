"""What becomes of a run's result: a branch, a patch, or the user's own files."""

from dataclasses import dataclass
from pathlib import Path

import anyio.to_thread

from orchestrator.domain.tree import CommitId, TreeId
from orchestrator.errors import RepositoryError
from orchestrator.workspace import landing, moving, trees
from orchestrator.workspace.commits import write_commit
from orchestrator.workspace.facts import Facts
from orchestrator.workspace.git import Git, Place
from orchestrator.workspace.landing import UserRefs
from orchestrator.workspace.moverecord import Step
from orchestrator.workspace.refs import move_ref, read_ref, remove_ref, run_ref, zero
from orchestrator.workspace.refslock import holding_refs
from orchestrator.workspace.snapshot import take_snapshot
from orchestrator.workspace.store import Store
from orchestrator.workspace.values import Uncommitted


@dataclass(frozen=True, slots=True)
class Results:
    """Hands results of one run to the user: the only part that changes the user's branches and files."""

    store: Store
    facts: Facts

    async def publish(self, commit: CommitId, *, replaces: CommitId | None = None) -> str:
        """See :func:`orchestrator.workspace.landing.publish_branch`; the branch's name.

        Raises:
            RepositoryError: there is no repository, or it has no commit yet.
        """
        return await landing.publish_branch(
            self.store, self._user_refs(), run=self.facts.run, commit=commit, replaces=replaces
        )

    async def export_patch(self, base: TreeId, result: TreeId, *, path: Path) -> None:
        """Write the patch from ``base`` to ``result`` to a new file, as ``git apply`` takes it.

        Raises:
            RepositoryError: the file cannot be written, or exists.
        """
        patch = await trees.patch(self.store, base, after=result)
        await anyio.to_thread.run_sync(landing.save_patch, path, patch)

    async def apply_to_user_tree(self, base: TreeId, result: TreeId) -> None:
        """Bring the user's files from ``base`` to ``result``; how they were before is kept in the backup reference.

        See :func:`orchestrator.workspace.moving.move` for what is promised and raised.
        """
        await self._step((base, result))

    async def undo(self) -> None:
        """Take the last applied result out of the user's files again, also one that was interrupted.

        Raises:
            RepositoryError: nothing was applied. And as :meth:`apply_to_user_tree`.
        """
        step = moving.recorded_moves(self.store).undoing
        if step is None:
            raise RepositoryError("nothing of this run was applied to your files")
        await self._step(step)

    async def finish(self) -> bool:
        """Go on with what a kill interrupted on its way into (or out of) the user's files; whether there was such."""
        step = moving.recorded_moves(self.store).under_way
        if step:
            await self._step(step)
        return step is not None

    async def forget(self) -> None:
        """Remove the references ``refs/rung/<run>/...`` from the user's repository; the branch stays."""
        common_dir = self.facts.common_dir
        if common_dir:
            refs = [run_ref(self.facts.run, name) for name in ("base", "backup")]
            async with holding_refs(self.store.git, common_dir, refs=refs) as git:
                for ref in refs:
                    await remove_ref(git, Place(git_dir=common_dir), ref=ref)

    async def _step(self, step: Step) -> None:
        user, ref = self.facts.user, run_ref(self.facts.run, "backup")
        if self.facts.common_dir is None or self.facts.head is None:
            await self._back_up(self.store.git, self.store.objects, ref=ref)
            await moving.move(self.store, user, step=step)
            return
        async with holding_refs(self.store.git, self.facts.common_dir, refs=[ref]) as git:
            await self._back_up(git, self._user_refs().place, ref=ref)
            await moving.move(self.store, user, step=step)

    async def _back_up(self, git: Git, place: Place, *, ref: str) -> None:
        """Every backup is a parent of the one after it, so that none is ever lost."""
        snapshot = await take_snapshot(self.store, self.facts.user, what=Uncommitted.TRACKED)
        last = await read_ref(git, place, ref=ref)
        parents = [one for one in (self.facts.head, last) if one]
        commit = await write_commit(
            self.store, snapshot.tree, parents=parents, message="The files before a result was applied"
        )
        if place.git_dir != self.store.git_dir:
            await landing.give_objects(self.store, self._user_refs(), commit=commit)
        await move_ref(git, place, ref=ref, new=commit, expected=last or zero(self.store.object_format))

    def _user_refs(self) -> UserRefs:
        if self.facts.common_dir is None or self.facts.head is None:
            raise RepositoryError(
                "there is no commit to put a branch on", hint="take the result as a patch, or apply it to your files"
            )
        return UserRefs(Place(git_dir=self.facts.common_dir), (self.facts.head,))
