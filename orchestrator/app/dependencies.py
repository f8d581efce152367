"""The dependencies that lie in a person's work tree, for the copies that a run's commands work on."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from orchestrator.app.confinement import Confinement
from orchestrator.app.roompolicy import with_dependencies
from orchestrator.app.trees import Source, dependency_folders
from orchestrator.workspace.repository import RunRepository
from orchestrator.workspace.trees import listing


async def seeing_dependencies(confinement: Confinement, repository: RunRepository) -> Confinement:
    """``confinement``, in whose sandbox commands see the user's dependencies too; itself where there is none.

    They are looked for now: what is set up later is not seen.

    Raises:
        GitError: the run's base cannot be read.
    """
    root = repository.facts.work_tree
    if confinement.template is None or root is None:
        return confinement
    files = sorted(await listing(repository.store, repository.facts.tree))
    folders = beside(await dependency_folders(Source(root)), files)
    return replace(confinement, template=with_dependencies(confinement.template, root, folders=folders))


def beside(folders: Sequence[str], files: Sequence[str]) -> tuple[str, ...]:
    """Those of ``folders`` that are no part of a tree with ``files`` (sorted): what a tree holds, edits may change."""
    return tuple(one for one in folders if not (_holds(files, one) or _begins(files, f"{one}/")))


def _holds(files: Sequence[str], path: str) -> bool:
    at = bisect_left(files, path)
    return at < len(files) and files[at] == path


def _begins(files: Sequence[str], prefix: str) -> bool:
    at = bisect_left(files, prefix)
    return at < len(files) and files[at].startswith(prefix)
