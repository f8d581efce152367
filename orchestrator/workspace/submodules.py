"""Submodules: listed, and read from stores that the user already has. Nothing is ever fetched or run for one."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from orchestrator.domain.tree import CommitId, TreeId
from orchestrator.workspace.edits.paths import path_fault
from orchestrator.workspace.store import Store
from orchestrator.workspace.trees import entries, listing
from orchestrator.workspace.values import SUBMODULE, Submodule

GITMODULES = ".gitmodules"

_ADDRESS = re.compile(r"(?:https?://|ssh://|git://|\.\.?/|[A-Za-z0-9_.-]+@[A-Za-z0-9_.-]+:)[^\x00-\x20\x7f-]")
"""Schemes that only move data, relative addresses, and ``user@host:path``; never ``ext::``, never an option."""


async def read_modules(store: Store, tree: TreeId) -> dict[str, dict[str, str]]:
    """``.gitmodules`` of ``tree``: name -> key -> value; empty where there is no such file.

    Raises:
        GitError: the file is no configuration file.
    """
    if GITMODULES not in await entries(store, tree, paths=[GITMODULES]):
        return {}
    args = ("config", "--blob", f"{tree}:{GITMODULES}", "--list", "--null")
    said = await store.git.run(args, store.objects)
    found: dict[str, dict[str, str]] = {}
    for text in said.fields():
        key, _, value = text.partition("\n")
        section, _, variable = key.rpartition(".")
        if section.startswith("submodule."):
            found.setdefault(section.removeprefix("submodule."), {})[variable] = value
    return found


def modules_faults(modules: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str]]:
    """What is unfit about a ``.gitmodules``: (that file, one sentence) of each."""
    found = []
    for name, values in modules.items():
        if not _is_fit(name, values):
            found.append(f"submodule {name!r} has an unfit name or path")
        if "url" in values and not _ADDRESS.match(values["url"]):
            found.append(f"submodule {name!r} has an address that is not permitted: {values['url']!r}")
        if values.get("update", "").startswith("!"):
            found.append(f"submodule {name!r} would run a command")
    return [(GITMODULES, what) for what in found]


async def list_submodules(store: Store, tree: TreeId, *, folders: Sequence[Path]) -> tuple[Submodule, ...]:
    """The submodules of ``tree``, by path, with the store to read each from where the user has one.

    A submodule that ``.gitmodules`` describes by an unfit name has no store. ``folders`` are the user's repository
    folders, in which ``modules/`` is looked for.

    Raises:
        GitError: there is no such tree, or its ``.gitmodules`` cannot be read.
    """
    links = {path: entry for path, entry in (await listing(store, tree)).items() if entry.mode == SUBMODULE}
    if not links:
        return ()
    modules = await read_modules(store, tree)
    names = {values.get("path", name): name for name, values in modules.items()}
    fit = {name for name, values in modules.items() if _is_fit(name, values)}
    found = []
    for path, entry in sorted(links.items()):
        name = names.get(path, "")
        stores = [folder / "modules" / name / "objects" for folder in folders if name in fit]
        objects = next((store for store in stores if store.is_dir()), None)
        found.append(Submodule(path=path, name=name, commit=CommitId(entry.object_id), objects=objects))
    return tuple(found)


def _is_fit(name: str, values: Mapping[str, str]) -> bool:
    """Whether a submodule's name and path stay below the folders that they are looked up in."""
    return not path_fault(name) and not path_fault(values.get("path", name))
