"""A run's repository: the way in to everything that Rung does with the user's work."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from orchestrator.domain.ids import NodeId, RunId
from orchestrator.domain.tree import CommitId, TreeId
from orchestrator.errors import RepositoryError
from orchestrator.workspace import checkout, safety, submodules, trees, writing
from orchestrator.workspace.commits import harden, write_commit
from orchestrator.workspace.discovery import find_repository
from orchestrator.workspace.edits.paths import PathPolicy
from orchestrator.workspace.edits.values import FileChange
from orchestrator.workspace.facts import Facts, read_facts, write_facts
from orchestrator.workspace.founding import Origin, found, make_folder, run_folder
from orchestrator.workspace.git import Git
from orchestrator.workspace.refs import candidate_ref, check_run_id, move_ref, read_ref, run_ref, zero
from orchestrator.workspace.results import Results
from orchestrator.workspace.settings import read_settings
from orchestrator.workspace.store import Store, hold
from orchestrator.workspace.values import BLOB_MODES, Change, Finding, MergeResult, Submodule, Uncommitted

_ANY_PATH = PathPolicy()


@dataclass(slots=True)
class RunRepository:
    """One run's private repository, from :meth:`create` or :meth:`open` to :meth:`close`.

    Everything but :attr:`results` leaves the user's repository and files alone, but for the reference that pins
    the base.

    Attributes:
        store: the run's folder.
        facts: how the run began.
    """

    store: Store
    facts: Facts
    _handle: int = field(repr=False)

    @classmethod
    async def create(
        cls,
        user_path: Path,
        run: RunId,
        *,
        state_dir: Path | None = None,
        take: Uncommitted = Uncommitted.NONE,
        git: Git | None = None,
    ) -> Self:
        """Begin a run on the repository that ``user_path`` is in, or on a folder that is in none.

        Args:
            user_path: any folder of a work tree, a bare repository, or a plain folder.
            run: fit for a file name and a reference: letters, digits, ``_`` and ``-``.
            state_dir: where runs are kept instead of ``rung/`` in the repository's common folder; needed where there
                is no repository.
            take: the uncommitted work to begin from. Where there is no commit yet, all that is not ignored is taken.
            git: the git to use; looked for when left out.

        Raises:
            RepositoryError: the run exists, or the repository cannot be worked with; ``str(error)`` says what to do.
            GitVersionError: there is no git, or it is too old.
            GitError: git failed.
        """
        check_run_id(run)
        finder = git or await Git.find()
        origin = await _look_up(finder, user_path)
        folder = run_folder(origin, run, state_dir=state_dir)
        make_folder(folder)
        handle = hold(folder)
        try:
            object_format = origin.repository.object_format if origin.repository else "sha1"
            store = Store(finder.inheriting(handle), folder, object_format)
            facts = await found(store, origin, run=run, take=take)
            write_facts(folder / "facts.json", facts)
            return cls(_sealed(store), facts, handle)
        except BaseException:
            os.close(handle)
            raise

    @classmethod
    async def open(cls, user_path: Path, run: RunId, *, state_dir: Path | None = None, git: Git | None = None) -> Self:
        """Go on with a run; what an engine that died left half done in the run's folder is cleared away.

        Raises:
            RepositoryError: there is no such run.
            GitVersionError, GitError: as :meth:`create`.
        """
        check_run_id(run)
        finder = git or await Git.find()
        folder = run_folder(await _look_up(finder, user_path), run, state_dir=state_dir)
        facts = read_facts(folder / "facts.json")
        handle = hold(folder)
        return cls(_sealed(Store(finder.inheriting(handle), folder, facts.object_format)), facts, handle)

    def close(self) -> None:
        """Let go of the run; nothing is removed."""
        os.close(self._handle)

    async def __aenter__(self) -> Self:
        """Itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """:meth:`close`."""
        self.close()

    @property
    def results(self) -> Results:
        """Handing results to the user."""
        return Results(self.store, self.facts)

    # -- trees --------------------------------------------------------------------------------------------------------

    async def write_tree(
        self, base: TreeId, changes: Sequence[FileChange], *, policy: PathPolicy = _ANY_PATH
    ) -> TreeId:
        """See :func:`orchestrator.workspace.writing.write_tree`."""
        return await writing.write_tree(self.store, base, changed=changes, policy=policy)

    async def apply_patch(self, base: TreeId, patch: bytes) -> TreeId:
        """See :func:`orchestrator.workspace.writing.apply_patch`."""
        return await writing.apply_patch(self.store, base, patch=patch)

    async def tree_of(self, commit: CommitId) -> TreeId:
        """See :func:`orchestrator.workspace.trees.tree_of`."""
        return await trees.tree_of(self.store, commit)

    async def read(self, tree: TreeId, paths: Sequence[str]) -> Mapping[str, bytes]:
        """The files of ``tree`` at ``paths`` as git keeps them (a link's target, for a link); others are left out.

        Raises:
            GitError: there is no such tree.
        """
        found_there = await trees.entries(self.store, tree, paths=paths)
        blobs = {path: entry.object_id for path, entry in found_there.items() if entry.mode in BLOB_MODES}
        read = await trees.contents(self.store, list(blobs.values()))
        return dict(zip(blobs, read, strict=True))

    async def changes(self, before: TreeId, after: TreeId) -> tuple[Change, ...]:
        """See :func:`orchestrator.workspace.trees.changes`."""
        return await trees.changes(self.store, before, after=after)

    async def changed_paths(self, before: TreeId, after: TreeId) -> tuple[str, ...]:
        """Where two trees differ, sorted by git; a renamed file is told by both of its names."""
        return tuple(change.path for change in await self.changes(before, after))

    async def diff(self, before: TreeId, after: TreeId) -> str:
        """The patch from one tree to another; bytes that are no UTF-8 are escaped (``surrogateescape``)."""
        return (await trees.patch(self.store, before, after=after)).decode("utf-8", "surrogateescape")

    async def line_counts(self, before: TreeId, after: TreeId) -> Mapping[str, tuple[int, int] | None]:
        """See :func:`orchestrator.workspace.trees.line_counts`."""
        return await trees.line_counts(self.store, before, after=after)

    async def flags(self, before: TreeId, after: TreeId) -> tuple[Finding, ...]:
        """What a person should look at in the names that ``after`` adds; see :func:`.safety.flags`."""
        added = [change.path for change in await self.changes(before, after) if change.before is None]
        return safety.flags(await trees.listing(self.store, after), added)

    async def merge(self, base: TreeId, *, ours: TreeId, theirs: TreeId) -> MergeResult:
        """See :func:`orchestrator.workspace.trees.merge`."""
        return await trees.merge(self.store, base, ours=ours, theirs=theirs)

    async def submodules(self, tree: TreeId) -> tuple[Submodule, ...]:
        """See :func:`orchestrator.workspace.submodules.list_submodules`."""
        folders = [folder for folder in (self.facts.git_dir, self.facts.common_dir) if folder]
        return await submodules.list_submodules(self.store, tree, folders=folders)

    async def check_out(self, tree: TreeId, folder: Path) -> checkout.Checkout:
        """See :func:`orchestrator.workspace.checkout.check_out`; submodules of ``tree`` included."""
        return await checkout.check_out(self.store, tree, folder=folder, submodules=await self.submodules(tree))

    # -- commits and references ---------------------------------------------------------------------------------------

    async def commit(self, tree: TreeId, parents: Sequence[CommitId], *, message: str) -> CommitId:
        """See :func:`orchestrator.workspace.commits.write_commit`."""
        return await write_commit(self.store, tree, parents=parents, message=message)

    async def keep(self, node: NodeId, commit: CommitId, *, attempt: int) -> None:
        """Keep a candidate reachable, on disk when this returns. The same one may be kept again.

        Raises:
            RefMovedError: another candidate is kept for that attempt.
            GitError: git failed.
        """
        await harden(self.store, commit, known=(self.facts.base,))
        await self._move(candidate_ref(self.facts.run, node, attempt=attempt), commit, expected=None)

    async def candidate(self, node: NodeId, attempt: int) -> CommitId | None:
        """What was kept for that attempt; ``None`` where nothing was."""
        return await read_ref(
            self.store.git, self.store.objects, ref=candidate_ref(self.facts.run, node, attempt=attempt)
        )

    async def head(self) -> CommitId:
        """What has landed so far; the base where nothing has.

        Raises:
            RepositoryError: the reference is gone.
        """
        now = await read_ref(self.store.git, self.store.objects, ref=run_ref(self.facts.run, "head"))
        if now is None:
            raise RepositoryError("the run's head is gone", hint="start a new run")
        return now

    async def land(self, commit: CommitId, *, expected: CommitId) -> None:
        """Move the run's head from ``expected`` to ``commit``, on disk when this returns.

        Raises:
            RefMovedError: the head is something else.
            GitError: git failed.
        """
        await harden(self.store, commit, known=(self.facts.base, expected))
        await self._move(run_ref(self.facts.run, "head"), commit, expected=expected)

    async def _move(self, ref: str, new: CommitId, *, expected: CommitId | None) -> None:
        git, place = self.store.git, self.store.objects
        if expected is None and await read_ref(git, place, ref=ref) == new:
            return
        await move_ref(git, place, ref=ref, new=new, expected=expected or zero(self.store.object_format))


async def _look_up(git: Git, path: Path) -> Origin:
    resolved = path.resolve()  # noqa: ASYNC240  # once per run
    if not resolved.is_dir():
        raise RepositoryError(f"{path} is not a folder", hint="name a folder")
    repository = await find_repository(git, resolved)
    settings = repository.settings if repository else await read_settings(git, resolved)
    return Origin(resolved, repository, settings)


def _sealed(store: Store) -> Store:
    configuration = (store.git_dir / "config").read_bytes()
    return Store(store.git.sealing(store.git_dir, configuration), store.folder, store.object_format)
