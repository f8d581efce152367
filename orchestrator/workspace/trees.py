"""Questions about trees, and merging them: all on objects, no file is touched."""

from collections.abc import Iterator, Sequence
from itertools import accumulate

from orchestrator.domain.tree import CommitId, TreeId
from orchestrator.workspace.commits import commit_bytes, object_id, write_commits
from orchestrator.workspace.git.failures import failure
from orchestrator.workspace.store import Store
from orchestrator.workspace.values import SYMLINK, Change, Conflict, Conflicted, Entry, Merged, MergeResult

_ABSENT = "000000"
_ARGUMENTS = 100_000
"""Bytes of paths in one command line; Linux permits 2 MB for all of it."""
_PLAIN_DIFF = ("--no-ext-diff", "--no-textconv", "--no-color", "--no-renames", "--ignore-submodules=none")


async def tree_of(store: Store, commit: CommitId) -> TreeId:
    """The tree of ``commit``.

    Raises:
        GitError: there is no such commit.
    """
    said = await store.git.run(("rev-parse", "--verify", f"{commit}^{{tree}}"), store.objects)
    return TreeId(said.line)


async def changes(store: Store, before: TreeId, *, after: TreeId) -> tuple[Change, ...]:
    """Where ``after`` differs from ``before``, in git's order of paths; renames are not looked for.

    Raises:
        GitError: there is no such tree.
    """
    args = ("diff-tree", "-r", "-z", "--raw", *_PLAIN_DIFF, before, after)
    return tuple(parse_raw((await store.git.run(args, store.objects)).fields()))


async def patch(store: Store, before: TreeId, *, after: TreeId) -> bytes:
    """The same as a patch that ``git apply`` takes, binary files included; empty where nothing differs.

    Raises:
        GitError: there is no such tree.
    """
    prefixes = ("--src-prefix=a/", "--dst-prefix=b/")
    args = ("diff-tree", "-r", "-p", "--binary", "--full-index", *_PLAIN_DIFF, *prefixes, before, after)
    return (await store.git.run(args, store.objects)).stdout


async def line_counts(store: Store, before: TreeId, *, after: TreeId) -> dict[str, tuple[int, int] | None]:
    """How many lines each differing file has more and less in ``after``; ``None`` for one that is not text.

    Raises:
        GitError: there is no such tree.
    """
    args = ("diff-tree", "-r", "-z", "--numstat", *_PLAIN_DIFF, before, after)
    rows = (row.split("\t", 2) for row in (await store.git.run(args, store.objects)).fields())
    return {path: None if more == "-" else (int(more), int(less)) for more, less, path in rows}


async def entries(store: Store, tree: TreeId, *, paths: Sequence[str]) -> dict[str, Entry]:
    """What ``tree`` holds at ``paths``; a path that is not there is left out. A folder has the mode ``040000``.

    Raises:
        GitError: there is no such tree.
    """
    found: dict[str, Entry] = {}
    asked = frozenset(paths)
    for some in (portion for level in _levels(paths) for portion in _portions(level)):
        said = await store.git.run(("ls-tree", "-z", "--full-tree", tree, "--", *some), store.objects)
        found |= {path: entry for path, entry in parse_listing(said.fields()) if path in asked}
    return found


async def listing(store: Store, tree: TreeId) -> dict[str, Entry]:
    """Everything below ``tree`` but its folders.

    Raises:
        GitError: there is no such tree.
    """
    said = await store.git.run(("ls-tree", "-r", "-z", "--full-tree", tree), store.objects)
    return dict(parse_listing(said.fields()))


async def contents(store: Store, object_ids: Sequence[str]) -> list[bytes]:
    """The blobs of these ids, in that order.

    Raises:
        GitError: one of them is not there.
    """
    if not object_ids:
        return []
    asked = "".join(f"{one}\n" for one in object_ids).encode("ascii")
    said = await store.git.run(("cat-file", "--batch=%(objectsize)"), store.objects, stdin=asked)
    return list(_blobs(said.stdout))


async def merge(store: Store, base: TreeId, *, ours: TreeId, theirs: TreeId) -> MergeResult:
    """Three-way merge. The same trees always give the same result.

    git 2.39 takes no merge base, it looks for one: so each side becomes a commit on top of one for ``base``.

    Raises:
        GitError: there is no such tree.
    """
    root = commit_bytes(base, (), message="base\n")
    parent = object_id("commit", root, object_format=store.object_format)
    sides = [
        commit_bytes(tree, (CommitId(parent),), message=name) for tree, name in ((ours, "ours"), (theirs, "theirs"))
    ]
    _, left, right = await write_commits(store, (root, *sides))
    return await merge_commits(store, left, theirs=right)


async def merge_commits(store: Store, ours: CommitId, *, theirs: CommitId) -> MergeResult:
    """Three-way merge of two commits, whose merge base git finds. Nothing is committed.

    Raises:
        GitError: there is no such commit.
    """
    args = ("merge-tree", "--write-tree", "-z", ours, theirs)
    said = await store.git.run(args, store.objects, accept=(0, 1))
    if b"Could not read" in said.stderr:  # git goes on with an empty base, and tells a clean merge
        raise failure(("git", *args), said.exit_code, stderr=said.stderr)
    tree, *told = said.fields()
    if said.exit_code == 0:
        return Merged(TreeId(tree))
    return Conflicted(_conflicts(told), TreeId(tree))


def parse_raw(fields: Sequence[str]) -> Iterator[Change]:
    """The ``-z`` form of git's raw output: ``:mode mode id id letter``, then the path (git-diff, "Raw output")."""
    for head, path in zip(fields[::2], fields[1::2], strict=True):
        old_mode, new_mode, old_id, new_id, _ = head.removeprefix(":").split(" ")
        yield Change(
            path,
            None if old_mode == _ABSENT else Entry(old_mode, old_id),
            None if new_mode == _ABSENT else Entry(new_mode, new_id),
        )


def parse_listing(fields: Sequence[str]) -> Iterator[tuple[str, Entry]]:
    """The ``-z`` form of ``ls-tree``: ``mode type id<TAB>path``."""
    for field in fields:
        head, _, path = field.partition("\t")
        mode, _, found = head.split(" ")
        yield path, Entry(mode, found)


def has_symlink(changed: Sequence[Change]) -> bool:
    """Whether a symbolic link comes, goes or changes."""
    return any(entry.mode == SYMLINK for change in changed for entry in (change.before, change.after) if entry)


def _levels(paths: Sequence[str]) -> list[list[str]]:
    """``paths`` in groups in which none lies below another: of a folder and a path in it git tells but the latter."""
    asked = dict.fromkeys(paths)
    levels: dict[int, list[str]] = {}
    for path in asked:
        above = accumulate(path.split("/")[:-1], "{}/{}".format)
        levels.setdefault(sum(folder in asked for folder in above), []).append(path)
    return list(levels.values())


def _portions(paths: Sequence[str]) -> Iterator[list[str]]:
    portion: list[str] = []
    size = 0
    for path in paths:
        size += len(path.encode("utf-8", "surrogateescape")) + 1
        if portion and size > _ARGUMENTS:
            yield portion
            portion, size = [], len(path)
        portion.append(path)
    if portion:
        yield portion


def _blobs(output: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(output):
        end = output.index(b"\n", start)
        size = int(output[start:end])
        yield output[end + 1 : end + 1 + size]
        start = end + 1 + size + 1


def _conflicts(told: Sequence[str]) -> tuple[Conflict, ...]:
    """From the output of ``merge-tree -z`` after its tree: the stages, an empty field, the messages (git-merge-tree).

    A message is a count, that many paths, a stable name such as ``CONFLICT (contents)``, and a text for a person.
    """
    rest = list(told[told.index("") + 1 :])
    found: set[tuple[str, str]] = set()
    while rest:
        count = int(rest[0])
        paths, kind = rest[1 : 1 + count], rest[1 + count]
        if kind.startswith("CONFLICT ("):
            found |= {(path, kind.removeprefix("CONFLICT (").removesuffix(")")) for path in paths}
        rest = rest[count + 3 :]
    staged = {field.partition("\t")[2] for field in told[: told.index("")]}
    found |= {(path, "contents") for path in staged - {path for path, _ in found}}
    return tuple(Conflict(path, kind) for path, kind in sorted(found))
