"""Making a run's private repository from the user's."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestrator.domain.ids import RunId
from orchestrator.domain.tree import CommitId
from orchestrator.errors import RepositoryError
from orchestrator.workspace.alternates import object_stores, write_alternates
from orchestrator.workspace.commits import harden, write_commit
from orchestrator.workspace.discovery import UserRepository
from orchestrator.workspace.facts import Facts
from orchestrator.workspace.git import Git, Place
from orchestrator.workspace.partial import fill
from orchestrator.workspace.refs import move_ref, read_ref, run_ref, zero
from orchestrator.workspace.refslock import holding_refs
from orchestrator.workspace.settings import Settings
from orchestrator.workspace.snapshot import UserTree, take_snapshot
from orchestrator.workspace.store import Store
from orchestrator.workspace.trees import tree_of
from orchestrator.workspace.values import Snapshot, Uncommitted


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a run comes from.

    Attributes:
        path: the folder that the user named, resolved.
        repository: the one it is in; ``None`` where there is none.
        settings: what of the user's configuration concerns files, in a repository or not.
    """

    path: Path
    repository: UserRepository | None
    settings: Settings

    @property
    def folder(self) -> Path | None:
        """The root of the user's files; ``None`` for a bare repository."""
        return self.repository.work_tree if self.repository else self.path


async def found(store: Store, origin: Origin, *, run: RunId, take: Uncommitted) -> Facts:
    """Make the run's repository and pin its base in the user's; the folder exists and is empty.

    Raises:
        RepositoryError: uncommitted work is wanted and cannot be had, or a partial clone cannot be filled.
        GitError: git failed.
    """
    user = origin.repository
    await _initialise(store, origin)
    if user and user.head:
        await fill(store.git, user, commit=user.head)
        await _pin(store.git, user, run=run)
    snapshot = await _snapshot(store, origin, take=take)
    base = await _base(store, user.head if user else None, snapshot=snapshot)
    await move_ref(store.git, store.objects, ref=run_ref(run, "head"), new=base, expected=zero(store.object_format))
    return Facts(
        run=run,
        work_tree=origin.folder,
        git_dir=user.git_dir if user else None,
        common_dir=user.common_dir if user else None,
        object_format=store.object_format,
        head=user.head if user else None,
        base=base,
        tree=await tree_of(store, base),
        settings=origin.settings,
        left_out=snapshot.left_out if snapshot else (),
    )


def configuration(store: Store, origin: Origin) -> bytes:
    """The whole configuration of a run's repository: no driver, no helper, no hook, no alias."""
    values: dict[str, str] = {"core.bare": "true", "core.filemode": "true", "core.symlinks": "true"}
    values["core.repositoryformatversion"] = "1" if store.object_format == "sha256" else "0"
    if store.object_format == "sha256":
        values["extensions.objectformat"] = "sha256"
    if origin.settings.excludes:
        values["core.excludesfile"] = str(store.git_dir / "user-excludes")
    if origin.settings.attributes:
        values["core.attributesfile"] = str(store.git_dir / "user-attributes")
    return _as_text(values | dict(origin.settings.conversion)).encode("utf-8", "surrogateescape")


def _as_text(values: Mapping[str, str]) -> str:
    lines = []
    for key, value in values.items():
        section, _, name = key.partition(".")
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        lines.append(f'[{section}]\n\t{name} = "{escaped}"\n')
    return "".join(lines)


async def _initialise(store: Store, origin: Origin) -> None:
    git_dir = store.git_dir
    args = ("init", "--quiet", "--bare", "--template=", f"--object-format={store.object_format}", str(git_dir))
    await store.git.run(args, Place(git_dir=git_dir.parent))
    (git_dir / "config").write_bytes(configuration(store, origin))
    _carry_over(store, origin)


def _carry_over(store: Store, origin: Origin) -> None:
    """What git looks up outside of objects and configuration: borrowed stores, the shallow edge, names to ignore."""
    git_dir, user = store.git_dir, origin.repository
    (git_dir / "info").mkdir(exist_ok=True)
    if user:
        write_alternates(git_dir / "objects", object_stores(user.objects))
        for name in ("shallow", "info/exclude", "info/attributes"):
            if (user.common_dir / name).is_file():
                shutil.copyfile(user.common_dir / name, git_dir / name)
    for source, name in ((origin.settings.excludes, "excludes"), (origin.settings.attributes, "attributes")):
        if source:
            shutil.copyfile(source, git_dir / f"user-{name}")
    if origin.folder and store.folder.is_relative_to(origin.folder):
        with (git_dir / "info" / "exclude").open("a", encoding="utf-8", errors="surrogateescape") as file:
            file.write(f"\n/{_escaped(store.folder.relative_to(origin.folder).parts[0])}/\n")


def _escaped(name: str) -> str:
    return "".join(f"\\{char}" if char in "\\*?[]! #" else char for char in name)


async def _pin(git: Git, user: UserRepository, *, run: RunId) -> None:
    """Without a reference of the user's own repository, its next gc may take away what the run borrows."""
    ref = run_ref(run, "base")
    if user.head is None:
        return
    async with holding_refs(git, user.common_dir, refs=[ref]) as holder:
        left = await read_ref(git, user.place, ref=ref)
        expected = left or zero(user.object_format)
        await move_ref(holder, user.place, ref=ref, new=user.head, expected=expected)


async def _snapshot(store: Store, origin: Origin, *, take: Uncommitted) -> Snapshot | None:
    user = origin.repository
    has_commit = user is not None and user.head is not None
    if has_commit and take is Uncommitted.NONE:
        return None
    if origin.folder is None:
        raise RepositoryError("a bare repository without a commit, or its uncommitted work, is nothing to start from")
    tree = UserTree(origin.folder, user.git_dir if user else None, origin.settings)
    return await take_snapshot(store, tree, what=take if has_commit else Uncommitted.ALL)


async def _base(store: Store, head: CommitId | None, *, snapshot: Snapshot | None) -> CommitId:
    if snapshot is None:
        if head is None:
            raise RepositoryError("there is no commit to start from", hint="commit something first")
        return head
    if head is not None and snapshot.tree == await tree_of(store, head):
        return head  # there was nothing to take
    parents = () if head is None else (head,)
    base = await write_commit(store, snapshot.tree, parents=parents, message="Uncommitted work, taken along")
    await harden(store, base, known=parents)
    return base


def run_folder(origin: Origin, run: RunId, *, state_dir: Path | None) -> Path:
    """Where a run's repository is kept.

    Raises:
        RepositoryError: there is no repository to keep it in, and no other folder is named.
    """
    if state_dir:
        state = state_dir.resolve()
    elif origin.repository:
        state = origin.repository.common_dir / "rung"
    else:
        raise RepositoryError(
            f"{origin.path} is in no git repository", hint="git init, or set RUNG_STATE_DIR to keep the run elsewhere"
        )
    return state / "runs" / run / "repository"


def make_folder(folder: Path) -> None:
    """Make a run's folder; one that was begun and never finished is removed first.

    Raises:
        RepositoryError: the run exists, or the folder cannot be made.
    """
    if (folder / "facts.json").exists():
        raise RepositoryError(f"the run {folder.parent.name!r} exists", hint="continue it, or choose another id")
    try:
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise RepositoryError(f"cannot make {folder}: {os.strerror(error.errno or 0)}") from error
