"""Edits as trees. Files pass through git's own conversion of line ends and encodings, in a folder of their own."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from orchestrator.domain.tree import TreeId
from orchestrator.errors import GitError, UnsafeTreeError
from orchestrator.workspace.edits.paths import PathPolicy, check_mode, check_path
from orchestrator.workspace.edits.values import FileChange
from orchestrator.workspace.git import Place
from orchestrator.workspace.indexes import index_of
from orchestrator.workspace.safety import check_tree
from orchestrator.workspace.store import Store
from orchestrator.workspace.submodules import GITMODULES
from orchestrator.workspace.trees import entries, listing
from orchestrator.workspace.values import EXECUTABLE, FOLDER, PLAIN, Entry

_CLASH = re.compile(r"'([^\n]*)' appears as both a file and as a directory")
_IGNORED = re.compile(r"^Ignoring path (.*)$", re.MULTILINE)
_FILES = frozenset({PLAIN, EXECUTABLE})


async def write_tree(store: Store, base: TreeId, *, changed: Sequence[FileChange], policy: PathPolicy) -> TreeId:
    """The tree that ``base`` becomes by ``changed``: all of it or nothing. Modes stay unless a change sets one.

    Text is written as UTF-8; characters that stand for other bytes (``surrogateescape``) become those again.

    Raises:
        PathError: a path or a mode that ``policy``, or every policy, refuses.
        UnsafeTreeError: a change goes through or onto something that is no plain file, or deletes what is not there.
        GitError: git failed.
    """
    _check(changed, policy)
    if not changed:
        return base
    present = await entries(store, base, paths=[change.path for change in changed])
    emptied = await _emptied(store, base, changed=changed, present=present)
    faults = [
        (change.path, fault) for change in changed if change.path not in emptied and (fault := _fault(change, present))
    ]
    if faults:
        raise UnsafeTreeError(faults)
    async with index_of(store, base) as (index, files):
        for change in changed:
            _write(files, change, present=present)
        kept = [change.path for change in changed if change.after is not None]
        gone = [change.path for change in changed if change.after is None]
        tree = await record(store, store.files(files, index), written=kept, removed=gone)
    if any(change.path == GITMODULES for change in changed):
        await check_tree(store, base, tree=tree)
    return tree


async def apply_patch(store: Store, base: TreeId, *, patch: bytes) -> TreeId:
    """The tree that ``base`` becomes by a patch in git's format: all of it or nothing, in no place but where it says.

    Raises:
        GitError: the patch does not fit, or leaves the tree.
        UnsafeTreeError: it adds what no result may hold; git itself takes a link to anywhere.
    """
    async with index_of(store, base) as (index, files):
        place = store.files(files, index)
        await store.git.run(("apply", "--cached", "--whitespace=nowarn", "-"), place, stdin=patch)
        said = await store.git.run(("write-tree",), place)
    tree = TreeId(said.line)
    await check_tree(store, base, tree=tree)
    return tree


async def record(store: Store, place: Place, *, written: Sequence[str], removed: Sequence[str]) -> TreeId:
    """Take ``removed`` out of the index of ``place``, put the files ``written`` in as they are there, and write it.

    Raises:
        UnsafeTreeError: git takes one of the names for a part of its own folder, or a path is a file and a folder.
        GitError: git failed.
    """
    if removed:
        await store.git.run(("update-index", "--force-remove", "-z", "--stdin"), place, stdin=joined(removed))
    if written:
        await _add(store, place, paths=written)
    return TreeId((await store.git.run(("write-tree",), place)).line)


def joined(paths: Sequence[str]) -> bytes:
    """``paths`` as git reads them on its standard input with ``-z``."""
    return b"".join(path.encode("utf-8", "surrogateescape") + b"\0" for path in paths)


async def _add(store: Store, place: Place, *, paths: Sequence[str]) -> None:
    try:
        said = await store.git.run(("update-index", "--add", "-z", "--stdin"), place, stdin=joined(paths))
    except GitError as error:
        clash = _CLASH.search(error.stderr)
        if clash:
            raise UnsafeTreeError([(clash[1], "it would be a file and a folder at once")]) from error
        raise
    ignored = _IGNORED.findall(said.stderr.decode("utf-8", "surrogateescape"))
    if ignored:  # git only warns, and would leave these out
        raise UnsafeTreeError([(path, "git takes it for a part of its own folder") for path in ignored])


def _check(changed: Sequence[FileChange], policy: PathPolicy) -> None:
    seen: set[str] = set()
    for change in changed:
        check_path(change.path, policy, creates=change.before is None and change.after is not None)
        if change.mode:
            check_mode(change.mode, change.path)
        if change.path in seen:
            raise UnsafeTreeError([(change.path, "it is changed twice")])
        seen.add(change.path)


async def _emptied(
    store: Store, base: TreeId, *, changed: Sequence[FileChange], present: Mapping[str, Entry]
) -> frozenset[str]:
    """The folders of ``base`` that files take the place of, all that is in them being deleted by the same change."""
    wanted = [change.path for change in changed if change.after is not None and _is_folder(present.get(change.path))]
    if not wanted:
        return frozenset()
    gone = {change.path for change in changed if change.after is None}
    left = [path for path in await listing(store, base) if path not in gone]
    return frozenset(folder for folder in wanted if not any(path.startswith(f"{folder}/") for path in left))


def _is_folder(entry: Entry | None) -> bool:
    return entry is not None and entry.mode == FOLDER


def _fault(change: FileChange, present: Mapping[str, Entry]) -> str:
    entry = present.get(change.path)
    if entry and entry.mode not in _FILES:
        return "it is a symbolic link, a submodule or a folder, and may not be edited as a file"
    return "there is no such file to delete" if entry is None and change.after is None else ""


def _write(files: Path, change: FileChange, *, present: Mapping[str, Entry]) -> None:
    if change.after is None:
        return
    target = files / change.path
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(change.after.encode("utf-8", "surrogateescape"))
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise UnsafeTreeError([(change.path, "another change makes a file of one of its folders")]) from error
    entry = present.get(change.path)
    mode = change.mode or (entry.mode if entry else PLAIN)
    target.chmod(0o755 if mode == EXECUTABLE else 0o644)
