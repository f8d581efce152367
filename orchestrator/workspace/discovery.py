"""The user's repository: found once, by git itself, with the user's own settings; told explicitly ever after."""

from dataclasses import dataclass
from pathlib import Path

from orchestrator.domain.tree import CommitId
from orchestrator.errors import GitError, RepositoryError
from orchestrator.workspace.git import Git, Place
from orchestrator.workspace.settings import Settings, read_settings

_QUESTIONS = (
    "--is-bare-repository",
    "--is-inside-work-tree",
    "--show-object-format",
    "--git-dir",
    "--git-common-dir",
    "--git-path",
    "objects",
)
_NOT_A_REPOSITORY = "not a git repository"
_UNBORN = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRepository:
    """Where the user's work is.

    Attributes:
        work_tree: the root of the user's files; ``None`` for a bare repository.
        git_dir: of this work tree; a linked work tree and a submodule have their own.
        common_dir: what all work trees of the repository share.
        objects: its object store.
        object_format: ``sha1`` or ``sha256``.
        head: the commit that is checked out; ``None`` before the first one.
        branch: its full name; ``""`` where HEAD is detached.
        settings: what of its configuration concerns files.
    """

    work_tree: Path | None
    git_dir: Path
    common_dir: Path
    objects: Path
    object_format: str
    head: CommitId | None
    branch: str
    settings: Settings

    @property
    def place(self) -> Place:
        """Where its references are: never with its index."""
        return Place(git_dir=self.common_dir, work_tree=self.work_tree)


async def find_repository(git: Git, path: Path) -> UserRepository | None:
    """The repository that ``path`` is in (any folder of its work tree) or is (a bare one); ``None`` where none is.

    Raises:
        RepositoryError: git refuses it (owned by somebody else, damaged), ``path`` is inside of ``.git``, or it is a
            bare repository that lies in the work tree of another one.
    """
    try:
        said = await git.ask(("rev-parse", "--path-format=absolute", *_QUESTIONS), path)
    except GitError as error:
        return await _explained(git, path, error=error)
    bare, inside, object_format, *paths = said.line.split("\n")
    if bare == "false" and inside == "false":
        raise RepositoryError(f"{path} is inside a .git folder", hint="name the folder that holds your files")
    top = await git.ask(("rev-parse", "--path-format=absolute", "--show-toplevel"), path)
    return await _described(git, [Path(text) for text in (top.line, *paths)], object_format=object_format)


async def _explained(git: Git, path: Path, *, error: GitError) -> UserRepository | None:
    """``safe.bareRepository`` keeps git from taking a folder that somebody put into a work tree for a repository."""
    if "cannot use bare repository" in error.stderr:
        return await _bare(git, path)
    if _NOT_A_REPOSITORY in error.stderr:
        return None
    hint = "if you trust its owner: git config --global --add safe.directory FOLDER" * ("dubious" in error.stderr)
    raise RepositoryError(f"git refuses {path}: {error}", hint=hint) from error


async def _bare(git: Git, path: Path) -> UserRepository:
    around = await git.ask(("rev-parse", "--is-inside-work-tree"), path.parent, accept=(0, 128))
    if around.exit_code == 0 and around.line == "true":
        what = f"{path} is a bare repository inside the work tree of another one"
        raise RepositoryError(what, hint="name the work tree, or move the bare repository out of it")
    said = await git.ask(("rev-parse", "--path-format=absolute", *_QUESTIONS), path, git_dir=path)
    _, _, object_format, *paths = said.line.split("\n")
    return await _described(git, [Path(), *(Path(text) for text in paths)], object_format=object_format)


async def _described(git: Git, paths: list[Path], *, object_format: str) -> UserRepository:
    if len(paths) != 4 or not all(path.is_absolute() for path in paths[1:]):  # noqa: PLR2004  # asked for above
        raise RepositoryError("the repository's path has a line break", hint="rename the folder")
    top, git_dir, common_dir, objects = paths
    place = Place(git_dir=git_dir)
    head = await git.run(("rev-parse", "--verify", "--quiet", "HEAD^{commit}"), place, accept=(0, _UNBORN))
    branch = await git.run(("symbolic-ref", "--quiet", "HEAD"), place, accept=(0, _UNBORN))
    work_tree = top if top.is_absolute() else None
    return UserRepository(
        work_tree=work_tree,
        git_dir=git_dir,
        common_dir=common_dir,
        objects=objects,
        object_format=object_format,
        head=CommitId(head.line) if head.line else None,
        branch=branch.line,
        settings=await read_settings(git, work_tree or git_dir, git_dir=git_dir),
    )
