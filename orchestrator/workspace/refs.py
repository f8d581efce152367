"""The references of a run, and moving them by compare-and-swap.

=========================================  ==================  ===================================================
reference                                  in the repository   what it keeps
=========================================  ==================  ===================================================
``refs/rung/<run>/base``                   of the user         the commit that the run borrows from, against gc
``refs/rung/<run>/backup``                 of the user         the user's files as they were before a result came
``refs/heads/rung/<run>``                  of the user         the result, once it is published
``refs/rung/<run>/head``                   of the run          what has landed so far
``refs/rung/<run>/candidates/<node>/<n>``  of the run          every candidate: attempt ``n`` at ``node``
=========================================  ==================  ===================================================
"""

import hashlib
import random
import re

import anyio

from orchestrator.domain.ids import NodeId, RunId
from orchestrator.domain.tree import CommitId
from orchestrator.errors import GitBusyError, RepositoryError
from orchestrator.workspace.git import Git, Place

_RUN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,99}\Z")
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")
_LONGEST = 120
_TRIES = 6
_DURABLE = (("core.fsync", "committed,reference"),)


def check_run_id(run: RunId) -> None:
    """Refuse a run id that cannot be part of a reference and a folder's name.

    Raises:
        RepositoryError: it holds anything but letters, digits, ``_`` and ``-``, or more than 100 of them.
    """
    if not _RUN.match(run):
        raise RepositoryError(f"{run!r} cannot be the id of a run", hint="use letters, digits, _ and -")


def run_ref(run: RunId, name: str) -> str:
    """The reference ``name`` (``base``, ``backup``, ``head``) of a run."""
    return f"refs/rung/{run}/{name}"


def branch_ref(run: RunId) -> str:
    """The branch that a published result gets in the user's repository."""
    return f"refs/heads/rung/{run}"


def candidate_ref(run: RunId, node: NodeId, *, attempt: int) -> str:
    """Where attempt ``attempt`` at ``node`` is kept. Different nodes have different references, whatever their ids."""
    name = _UNSAFE.sub(lambda found: "".join(f"%{byte:02x}" for byte in found[0].encode()), node)
    if len(name) > _LONGEST:
        name = f"{name[:_LONGEST]}%{hashlib.sha256(node.encode()).hexdigest()[:16]}"
    return run_ref(run, f"candidates/{name}/{attempt}")


def zero(object_format: str) -> CommitId:
    """The id that stands for "no object"."""
    return CommitId("0" * (64 if object_format == "sha256" else 40))


async def move_ref(git: Git, place: Place, *, ref: str, new: CommitId, expected: CommitId) -> None:
    """Set ``ref`` to ``new`` if it is ``expected`` now (:func:`zero`: if it does not exist), on disk when this returns.

    A lock that somebody else holds is waited for, about four seconds in all.

    Raises:
        RefMovedError: ``ref`` is something else now.
        GitBusyError: the lock was not let go.
        GitError: git failed.
    """
    await _patiently(git, place, args=("update-ref", ref, new, expected))


async def remove_ref(git: Git, place: Place, *, ref: str) -> None:
    """Remove ``ref``; one that does not exist is fine.

    Raises:
        GitBusyError, GitError: as :func:`move_ref`.
    """
    await _patiently(git, place, args=("update-ref", "-d", ref))


async def read_ref(git: Git, place: Place, *, ref: str) -> CommitId | None:
    """The commit that ``ref`` names; ``None`` where it does not exist."""
    said = await git.run(("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}"), place, accept=(0, 1))
    return CommitId(said.line) if said.line else None


async def _patiently(git: Git, place: Place, *, args: tuple[str, ...]) -> None:
    durable = Place(git_dir=place.git_dir, work_tree=place.work_tree, settings=place.settings + _DURABLE)
    for attempt in range(_TRIES):
        try:
            await git.finish(args, durable)
        except GitBusyError:
            if attempt == _TRIES - 1:
                raise
            await anyio.sleep(random.uniform(0.0, 0.02 * 2**attempt))  # noqa: S311  # jitter is no secret
        else:
            return
