"""Handing a result to the user: as a branch, or as a patch."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from orchestrator.domain.ids import RunId
from orchestrator.domain.tree import CommitId
from orchestrator.errors import RefMovedError, RepositoryError
from orchestrator.workspace.git import Place
from orchestrator.workspace.refs import branch_ref, move_ref, read_ref, zero
from orchestrator.workspace.refslock import holding_refs
from orchestrator.workspace.store import Store


@dataclass(frozen=True, slots=True)
class UserRefs:
    """The user's repository, for moving references in it.

    Attributes:
        place: its common folder.
        known: commits that it has for sure, with all that they need.
    """

    place: Place
    known: tuple[CommitId, ...]


async def publish_branch(
    store: Store, user: UserRefs, *, run: RunId, commit: CommitId, replaces: CommitId | None
) -> str:
    """Make ``rung/<run>`` name ``commit`` in the user's repository, which then needs nothing of the run any more.

    ``replaces`` is what the branch is expected to name now; ``None``: it does not exist, or names ``commit`` already.

    Raises:
        RefMovedError: it is something else, or a work tree has it checked out.
        GitBusyError, GitError: as :func:`orchestrator.workspace.refs.move_ref`.
    """
    ref = branch_ref(run)
    async with holding_refs(store.git, user.place.git_dir, refs=[ref]) as git:
        now = await read_ref(git, user.place, ref=ref)
        if now == commit:
            return ref.removeprefix("refs/heads/")
        if now and await _is_checked_out(store, user.place, ref=ref):
            raise RefMovedError(("git", "update-ref"), exit_code=1, stderr="it is checked out", ref=ref)
        await give_objects(store, user, commit=commit)
        await move_ref(git, user.place, ref=ref, new=commit, expected=replaces or zero(store.object_format))
    return ref.removeprefix("refs/heads/")


async def give_objects(store: Store, user: UserRefs, *, commit: CommitId) -> None:
    """Copy to the user's own store, flushed to disk, what ``commit`` needs and that store lacks.

    Raises:
        GitError: git failed.
    """
    wanted = "".join((f"{commit}\n", *(f"^{one}\n" for one in user.known))).encode("ascii")
    args = ("pack-objects", "--revs", "--quiet", "--local", "--stdout", "--delta-base-offset")
    packed = await store.git.run(args, store.objects, stdin=wanted)
    await store.git.finish(("index-pack", "--stdin"), user.place, stdin=packed.stdout)


def save_patch(path: Path, patch: bytes) -> None:
    """Write ``patch`` to a new file, whole or not at all.

    Raises:
        RepositoryError: it cannot be written, or exists.
    """
    draft = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with draft.open("xb") as file:
            file.write(patch)
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(draft)  # unlike a renaming, it never replaces anything
    except OSError as error:
        raise RepositoryError(
            f"cannot write {path}: {error.strerror}", hint="name a file that does not exist"
        ) from error
    finally:
        draft.unlink(missing_ok=True)


async def _is_checked_out(store: Store, user: Place, *, ref: str) -> bool:
    said = await store.git.run(("for-each-ref", "--format=%(worktreepath)", ref), user)
    return bool(said.line)
