"""Commits of the engine: made of bytes, so that any number of them costs one call of git."""

import hashlib
import time
from collections.abc import Sequence

from orchestrator.domain.tree import CommitId, TreeId
from orchestrator.workspace.git.environment import IDENTITY
from orchestrator.workspace.store import Store

_EPOCH = 0


def commit_bytes(tree: TreeId, parents: Sequence[CommitId], *, message: str, at: int = _EPOCH) -> bytes:
    """A commit object's content; ``at`` in seconds since the epoch, told as UTC. Format: git-hash-object, "commit"."""
    who = f"{IDENTITY[0]} <{IDENTITY[1]}> {at} +0000"
    lines = [f"tree {tree}", *(f"parent {parent}" for parent in parents), f"author {who}", f"committer {who}", ""]
    body = message.replace("\0", "\N{REPLACEMENT CHARACTER}").rstrip("\n") + "\n"
    return "\n".join((*lines, body)).encode("utf-8", "replace")


def object_id(kind: str, content: bytes, *, object_format: str) -> str:
    """The id that git gives to ``content``: the digest of ``<kind> <size>NUL<content>``."""
    return hashlib.new(object_format, b"%s %d\0%s" % (kind.encode(), len(content), content)).hexdigest()


async def write_commits(store: Store, contents: Sequence[bytes]) -> list[CommitId]:
    """Put commits into the run's repository; a parent may be one of them that comes earlier.

    Raises:
        GitError: git refuses one.
    """
    with store.scratch() as folder:
        names = [str(number) for number in range(len(contents))]
        for name, content in zip(names, contents, strict=True):
            (folder / name).write_bytes(content)
        place = store.files(folder, folder / "index")
        listed = "".join(f"{name}\n" for name in names).encode()
        said = await store.git.run(("hash-object", "-t", "commit", "-w", "--stdin-paths"), place, stdin=listed)
    return [CommitId(line) for line in said.line.split("\n")]


async def write_commit(store: Store, tree: TreeId, *, parents: Sequence[CommitId], message: str) -> CommitId:
    """Commit ``tree`` on top of ``parents``, now, as the engine.

    Raises:
        GitError: git refuses it.
    """
    content = commit_bytes(tree, parents, message=message, at=int(time.time()))
    return (await write_commits(store, (content,)))[0]


async def harden(store: Store, commit: CommitId, *, known: Sequence[CommitId]) -> None:
    """Have everything that ``commit`` has beyond ``known`` on disk, as one pack, so that a loss of power takes nothing.

    git does not flush single objects by default; flushing each would cost more than packing all of them once.

    Raises:
        GitError: an object is missing, or the disk is full.
    """
    wanted = "".join((f"{commit}\n", *(f"^{one}\n" for one in known))).encode("ascii")
    target = str(store.git_dir / "objects" / "pack" / "pack")
    args = ("pack-objects", "--revs", "--non-empty", "--quiet", "--local", "--delta-base-offset", target)
    await store.git.run(args, store.objects, stdin=wanted)
