"""What no candidate and no result may hold, whoever made it: checked on trees, against the tree it began from.

What the user's own tree already holds is the user's business and is left alone.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from orchestrator.domain.tree import TreeId
from orchestrator.errors import GitError, UnsafeTreeError
from orchestrator.workspace.edits.paths import is_device_name, path_fault
from orchestrator.workspace.store import Store
from orchestrator.workspace.submodules import GITMODULES, modules_faults, read_modules
from orchestrator.workspace.symlinks import leaving
from orchestrator.workspace.trees import changes, contents, has_symlink, listing
from orchestrator.workspace.values import SUBMODULE, SYMLINK, Change, Finding

_GIT_FAULT = path_fault(".git")


def is_git_path(path: str) -> bool:
    """Whether some level of ``path`` is ``.git`` to some file system."""
    return any(path_fault(level) == _GIT_FAULT for level in path.split("/"))


async def check_tree(store: Store, base: TreeId, *, tree: TreeId) -> tuple[Change, ...]:
    """What ``tree`` changes, once it is found to add nothing unfit to ``base``.

    Raises:
        UnsafeTreeError: it adds or moves a submodule, a path in git's own folder, a symbolic link that leaves the
            tree (or makes an old one leave it), or a ``.gitmodules`` that names an unfit path or address.
        GitError: there is no such tree.
    """
    changed = await changes(store, base, after=tree)
    faults = list(_entry_faults(changed))
    if has_symlink(changed):
        faults += await _link_faults(store, base, tree=tree)
    if any(change.path == GITMODULES and change.after for change in changed):
        faults += await _modules_faults(store, tree)
    if faults:
        raise UnsafeTreeError(faults)
    return changed


def flags(paths: Iterable[str], added: Sequence[str]) -> tuple[Finding, ...]:
    """What a person should look at in the names of a tree; none of it is an error.

    Args:
        paths: all of the tree.
        added: those of them that are new.
    """
    spellings: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        spellings[unicodedata.normalize("NFC", path).casefold()].append(path)
    found = []
    for path in added:
        same = [other for other in spellings[unicodedata.normalize("NFC", path).casefold()] if other != path]
        found += [Finding(path, f"it is {other!r} where names disregard case or accents' spelling") for other in same]
        if is_device_name(path):
            found.append(Finding(path, "Windows reserves this name for a device"))
        if path_fault(path):
            found.append(Finding(path, f"an unusual name: {path_fault(path)}"))
    return tuple(found)


def _entry_faults(changed: Sequence[Change]) -> Iterator[tuple[str, str]]:
    for change in changed:
        if change.after and change.after.mode == SUBMODULE:
            yield change.path, "a submodule (a repository of its own) may not be added or moved"
        if change.after and is_git_path(change.path):
            yield change.path, _GIT_FAULT


async def _link_faults(store: Store, base: TreeId, *, tree: TreeId) -> list[tuple[str, str]]:
    before, after = await _links(store, base), await _links(store, tree)
    out = leaving(after)
    known = {path for path in leaving(before) if before[path] == after.get(path)}
    return [(path, f"a symbolic link that leaves the tree: {after[path]!r}") for path in sorted(out - known)]


async def _links(store: Store, tree: TreeId) -> dict[str, str]:
    found = {path: entry.object_id for path, entry in (await listing(store, tree)).items() if entry.mode == SYMLINK}
    targets = await contents(store, list(found.values()))
    return {path: target.decode("utf-8", "surrogateescape") for path, target in zip(found, targets, strict=True)}


async def _modules_faults(store: Store, tree: TreeId) -> list[tuple[str, str]]:
    try:
        return modules_faults(await read_modules(store, tree))
    except GitError as error:
        return [(GITMODULES, f"git cannot read it: {error}")]
