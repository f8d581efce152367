"""Finds the projects of a repository in the list of its files."""

import posixpath
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from orchestrator.validation.packs.conditions import holding
from orchestrator.validation.packs.globs import is_literal, matching
from orchestrator.validation.packs.load import Packs
from orchestrator.validation.packs.lookup import Read
from orchestrator.validation.packs.project import Project
from orchestrator.validation.packs.schema import Detection, Pack

__all__ = ["detect"]

_Listing: TypeAlias = Mapping[str, Collection[str]]
"""Folder -> the names of the files in it. A repository has far fewer folders than files."""

_Roots: TypeAlias = dict[str, tuple[str, ...]]
"""The folder of a project -> its markers."""


def detect(files: Iterable[str], read: Read, *, packs: Packs) -> tuple[Project, ...]:
    """The projects that ``files`` hold, by root and then by pack.

    One folder may be a project of several packs, and a project may lie inside another one: files of an inner project
    are not the outer one's, unless the outer one absorbs it.

    Args:
        files: paths below the repository's root, with ``/``.
        read: reads small ones of them.
        packs: the packs that hold.
    """
    listing = _listed(files)
    found = [project for pack in packs.packs.values() for project in _of_pack(pack, listing, read=read)]
    marked = {project.root for project in found if project.is_marked and not _is_fallback(packs, project)}
    kept = [project for project in found if not (_is_fallback(packs, project) and project.root in marked)]
    return tuple(sorted(kept, key=lambda project: (project.root, project.pack)))


def _listed(files: Iterable[str]) -> _Listing:
    listing: dict[str, set[str]] = {}
    for file in files:
        folder, name = posixpath.split(file)
        listing.setdefault(folder, set()).add(name)
    return listing


def _is_fallback(packs: Packs, project: Project) -> bool:
    return packs.packs[project.pack].detect.fallback


def _of_pack(pack: Pack, listing: _Listing, *, read: Read) -> Iterator[Project]:
    rules = pack.detect
    listing = _outside(listing, rules.skip)
    roots = _marked(rules, listing)
    projects = _owning(pack, roots, listing=listing)
    absorbing = [one.root for one in projects if rules.absorbs and holding(one, rules.absorbs, read=read)]
    if absorbing:
        roots = {root: found for root, found in roots.items() if not _is_strictly_below_one(root, absorbing)}
        projects = _owning(pack, roots, listing=listing)
    yield from projects
    yield from _unmarked(pack, roots, listing=listing)


def _outside(listing: _Listing, names: Sequence[str]) -> _Listing:
    """The folders that are not, and do not lie in, one that is called by one of ``names``."""
    shut = frozenset(names)
    return {folder: held for folder, held in listing.items() if not shut.intersection(folder.split("/"))}


def _marked(rules: Detection, listing: _Listing) -> _Roots:
    listing = _outside(listing, rules.no_roots)
    if rules.needs_source:
        within = _folders_with(listing, rules.extensions)
        listing = {folder: held for folder, held in listing.items() if folder in within}
    roots = _roots(listing, rules.markers)
    for root, found in sorted(_roots(listing, rules.weak_markers).items()):
        if not any(_is_below(root, other) for other in roots):
            roots[root] = found
    return roots


def _roots(listing: _Listing, markers: Sequence[str]) -> _Roots:
    names = {marker for marker in markers if is_literal(marker)}
    patterns = [marker for marker in markers if marker not in names]
    found = {
        folder: names.intersection(held).union(matching(held, patterns) if patterns else ())
        for folder, held in listing.items()
    }
    return {folder: tuple(_paths(folder, held)) for folder, held in found.items() if held}


def _folders_with(listing: _Listing, extensions: tuple[str, ...]) -> set[str]:
    """Every folder that has a file with one of ``extensions`` at any depth."""
    folders: set[str] = set()
    for folder, held in listing.items():
        if any(name.endswith(extensions) for name in held):
            folders.update(_upwards(folder))
    return folders


def _owning(pack: Pack, roots: _Roots, *, listing: _Listing) -> list[Project]:
    owned: dict[str, list[str]] = {root: [] for root in roots}
    for folder, held in listing.items():
        owner = _nearest(folder, roots)
        if owner is not None:
            owned[owner].extend(_paths(folder, held))
    return [
        Project(pack=pack.id, root=root, evidence=found, files=tuple(sorted(owned[root])))
        for root, found in roots.items()
    ]


def _unmarked(pack: Pack, roots: _Roots, *, listing: _Listing) -> Iterator[Project]:
    """The sources outside of every project as one more, at the repository's root."""
    free = {folder: held for folder, held in listing.items() if _nearest(folder, roots) is None}
    names = [name for held in free.values() for name in held if name.endswith(pack.detect.extensions)]
    if names:
        endings = tuple(sorted({f"*{posixpath.splitext(name)[1]}" for name in names}))
        files = tuple(sorted(path for folder, held in free.items() for path in _paths(folder, held)))
        yield Project(pack=pack.id, root="", evidence=endings, is_marked=False, files=files)


def _paths(folder: str, names: Iterable[str]) -> Iterator[str]:
    return (f"{folder}/{name}" if folder else name for name in sorted(names))


def _nearest(folder: str, roots: _Roots) -> str | None:
    return next((one for one in _upwards(folder) if one in roots), None)


def _upwards(folder: str) -> Iterator[str]:
    yield folder
    while folder:
        folder = posixpath.dirname(folder)
        yield folder


def _is_below(path: str, root: str) -> bool:
    return not root or path == root or path.startswith(f"{root}/")


def _is_strictly_below_one(path: str, roots: Sequence[str]) -> bool:
    return any(path != root and _is_below(path, root) for root in roots)
