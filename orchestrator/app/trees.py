"""Copies of a person's files to run checks in: of the work tree as it is, or of what a commit holds."""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import anyio
import anyio.to_thread

from orchestrator.domain.sandbox import GitView
from orchestrator.errors import GitError, GitVersionError, InputError, Problem
from orchestrator.workspace.alternates import object_stores
from orchestrator.workspace.discovery import UserRepository, find_repository
from orchestrator.workspace.git import Git, Place

DEPENDENCIES: Mapping[str, str] = {".venv": "python", "venv": "python", "node_modules": "javascript"}
"""Folders in which dependencies lie that are set up -> the pack whose they are. They are no part of a tree."""

_NEVER = frozenset({".git", ".hg", ".svn", "__pycache__", *DEPENDENCIES})


@dataclass(frozen=True, slots=True)
class Source:
    """Where a person's files are.

    Attributes:
        root: absolute path of the repository's work tree; of the folder itself where there is no repository.
        git: ``None`` where there is none, or no repository.
    """

    root: Path
    git: Git | None = None
    repository: UserRepository | None = None

    async def view(self) -> GitView | None:
        """What commands may read of the repository; ``None`` where there is no commit."""
        repository = self.repository
        if self.git is None or repository is None or repository.head is None:
            return None
        args = ("for-each-ref", "--format=%(refname) %(objectname)", "refs/tags")
        lines = (await self.git.ask(args, repository.common_dir, git_dir=repository.common_dir)).line.splitlines()
        edge = repository.common_dir / "shallow"
        return GitView(
            head=repository.head,
            objects=tuple(map(str, object_stores(repository.objects))),
            tags=dict(line.rsplit(" ", 1) for line in lines),
            shallow=tuple(edge.read_text(encoding="ascii").split()) if edge.is_file() else (),
            object_format=repository.object_format,
        )


async def find_source(path: Path, environ: Mapping[str, str]) -> Source:
    """The repository that the folder ``path`` (absolute, resolved) lies in, or the folder itself.

    Raises:
        RepositoryError: there is a repository, and git refuses it.
        InputError: it is a bare one.
    """
    try:
        git = await Git.find(environ)
    except GitVersionError:
        return Source(path)
    repository = await find_repository(git, path)
    if repository is None:
        return Source(path)
    if repository.work_tree is None:
        raise InputError([Problem(file=str(path), what="it is a bare repository: it has no files")])
    return Source(repository.work_tree, git, repository)


async def copy_work_tree(source: Source, target: Path) -> tuple[str, ...]:
    """Copy the files as they are now, but for ignored ones and dependencies, to ``target``; their paths, sorted.

    Without a repository nothing is ignored but what tools make. Times and modes are kept, links stay links.

    Raises:
        OSError: a file cannot be read, or the disk is full.
        GitError: git failed.
    """
    if source.git is None or source.repository is None:
        names: Sequence[str] = await anyio.to_thread.run_sync(lambda: list(files_in(source.root)))
    else:
        args = ("ls-files", "-z", "--cached", "--others", "--exclude-standard")
        names = (await source.git.ask(args, source.root)).fields()
    return await anyio.to_thread.run_sync(partial(_copied, source.root, names, target=target))


async def copy_commit(source: Source, named: str, *, target: Path) -> tuple[str, ...]:
    """Copy the files of the commit that ``named`` means to ``target``; their paths, sorted.

    Raises:
        InputError: there is no such commit.
        GitError: git failed.
    """
    git, repository = source.git, source.repository
    if git is None or repository is None:
        raise InputError([Problem(file=f"--base {named}", what=f"{source.root} is in no git repository")])
    await anyio.Path(target).mkdir(parents=True)
    place = Place(git_dir=repository.git_dir, work_tree=target, index=target.with_name(f"{target.name}.index"))
    try:
        said = await git.run(("rev-parse", "--verify", "--quiet", "--end-of-options", f"{named}^{{tree}}"), place)
    except GitError:
        raise InputError([Problem(file=f"--base {named}", what="there is no such commit")]) from None
    await git.run(("read-tree", said.line), place)
    await git.run(("checkout-index", "--all", "--force", "--quiet"), place)
    return tuple(sorted((await git.run(("ls-files", "-z"), place)).fields()))


async def dependency_folders(source: Source) -> tuple[str, ...]:
    """Where dependencies lie in the work tree, below its root, sorted."""
    return await anyio.to_thread.run_sync(lambda: tuple(sorted(_dependencies(source.root))))


def _dependencies(root: Path) -> Iterator[str]:
    for folder, below, _ in os.walk(root):
        here = os.path.relpath(folder, root)
        yield from (os.path.normpath(os.path.join(here, name)) for name in below if name in DEPENDENCIES)  # noqa: PTH118  # text
        below[:] = [name for name in below if name not in _NEVER]


def files_in(root: Path) -> Iterator[str]:
    """The files and links below ``root``, but for dependencies and what tools make; paths with ``/``, in no order."""
    for folder, below, names in os.walk(root):
        here = os.path.relpath(folder, root)
        links = [name for name in below if os.path.islink(os.path.join(folder, name))]  # noqa: PTH114,PTH118  # text
        yield from (name if here == "." else f"{here}/{name}" for name in (*names, *links))
        below[:] = sorted(name for name in below if name not in _NEVER and name not in links)


def _copied(root: Path, names: Sequence[str], *, target: Path) -> tuple[str, ...]:
    target.mkdir(parents=True)
    return tuple(
        sorted(copied for name in dict.fromkeys(names) for copied in _copy(root, name.rstrip("/"), target=target))
    )


def _copy(root: Path, name: str, *, target: Path) -> Iterator[str]:
    """Copy one file, or the files of a repository inside the tree; what is gone, or is no file, is left out."""
    source = root / name
    if any(part in _NEVER for part in Path(name).parts):
        return
    if source.is_dir() and not source.is_symlink():
        for inner in files_in(source):
            yield from _copy(root, f"{name}/{inner}", target=target)
    elif source.is_symlink() or source.is_file():
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, place, follow_symlinks=False)
        yield name
