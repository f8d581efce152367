"""Partial clones: what a run needs is brought in before it starts, while the user's own means are at hand."""

from pathlib import Path

from orchestrator.domain.tree import CommitId
from orchestrator.errors import GitError, RepositoryError
from orchestrator.workspace.discovery import UserRepository
from orchestrator.workspace.git import Git, Place

_OPTIONS = ("--no-tags", "--no-write-fetch-head", "--recurse-submodules=no", "--filter=blob:none", "--stdin")
_ROUNDS = 1_000
"""Trees tell of trees: a clone without any needs a round for each level of folders."""


async def fill(git: Git, user: UserRepository, *, commit: CommitId) -> int:
    """Bring every file of ``commit`` into the user's store; how many objects that were. 0 for a complete clone.

    Raises:
        RepositoryError: they cannot be had from the remote that promised them.
    """
    if not user.settings.promisors:
        return 0
    total = 0
    missing = await _missing(git, user.common_dir, commit=commit)
    for _ in range(_ROUNDS):
        if not missing:
            return total
        await _bring(git, user, missing=missing)
        total += len(missing)
        left = await _missing(git, user.common_dir, commit=commit)
        if left & missing:
            break
        missing = left
    remote = user.settings.promisors[0]
    raise RepositoryError(
        f"this is a partial clone, and {remote!r} does not give {len(missing)} objects that it promised",
        hint="run: git fetch --refetch --no-filter " + remote,
    )


async def _missing(git: Git, git_dir: Path, *, commit: CommitId) -> frozenset[str]:
    args = ("rev-list", "--objects", "--no-walk", "--missing=print", commit)
    listed = await git.run(args, Place(git_dir=git_dir))
    return frozenset(line[1:].decode("ascii") for line in listed.stdout.splitlines() if line.startswith(b"?"))


async def _bring(git: Git, user: UserRepository, *, missing: frozenset[str]) -> None:
    wanted = "".join(f"{object_id}\n" for object_id in sorted(missing)).encode("ascii")
    last: GitError | None = None
    for remote in user.settings.promisors:
        args = ("-c", "fetch.negotiationAlgorithm=noop", "fetch", remote, *_OPTIONS)
        try:
            await git.fetch(args, user.common_dir, stdin=wanted)
        except GitError as error:
            last = error
        else:
            return
    what = f"this is a partial clone, and {user.settings.promisors[-1]!r} cannot be reached for what it left out"
    raise RepositoryError(f"{what}: {last}", hint="restore the connection, or run: git fetch --refetch --no-filter")
