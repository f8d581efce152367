"""What a run remembers of how it began."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from orchestrator.domain.ids import RunId
from orchestrator.domain.tree import CommitId, TreeId
from orchestrator.errors import RepositoryError
from orchestrator.workspace.settings import Settings
from orchestrator.workspace.snapshot import UserTree
from orchestrator.workspace.values import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """How a run began; never changes.

    Attributes:
        work_tree: the root of the user's files; ``None`` for a bare repository.
        git_dir: of the user's work tree; ``None`` where there is no repository.
        common_dir: of the user's repository; ``None`` where there is none.
        object_format: ``sha1`` or ``sha256``.
        head: the commit that was checked out and is pinned; ``None`` where there was none.
        base: the commit that the run begins from: ``head``, or one of the engine's own that holds uncommitted work.
        tree: of ``base``.
        settings: what of the user's configuration concerns files.
        left_out: what ``tree`` does not hold although the user's folder did.
    """

    run: RunId
    work_tree: Path | None
    git_dir: Path | None
    common_dir: Path | None
    object_format: str
    head: CommitId | None
    base: CommitId
    tree: TreeId
    settings: Settings
    left_out: tuple[Finding, ...] = ()

    @property
    def user(self) -> UserTree:
        """The user's files.

        Raises:
            RepositoryError: it is a bare repository.
        """
        if self.work_tree is None:
            raise RepositoryError("a bare repository has no files", hint="take the result as a branch or a patch")
        return UserTree(self.work_tree, self.git_dir, self.settings)


def write_facts(path: Path, facts: Facts) -> None:
    """Put ``facts`` on disk, whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    new = path.with_suffix(".new")
    with new.open("w", encoding="utf-8", errors="surrogateescape") as file:
        json.dump(asdict(facts), file, default=_plain)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def read_facts(path: Path) -> Facts:
    """What :func:`write_facts` wrote.

    Raises:
        RepositoryError: there is no such run, or it was not written by this version.
    """
    try:
        return _facts(json.loads(path.read_text(encoding="utf-8", errors="surrogateescape")))
    except FileNotFoundError:
        raise RepositoryError(f"there is no run in {path.parent}", hint="look for it with: rung runs") from None
    except (ValueError, KeyError, TypeError) as error:
        raise RepositoryError(f"{path} is damaged", hint="start a new run") from error


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else str(value)


def _facts(told: dict[str, Any]) -> Facts:
    return Facts(
        run=RunId(told["run"]),
        work_tree=_path(told["work_tree"]),
        git_dir=_path(told["git_dir"]),
        common_dir=_path(told["common_dir"]),
        object_format=str(told["object_format"]),
        head=CommitId(told["head"]) if told["head"] else None,
        base=CommitId(told["base"]),
        tree=TreeId(told["tree"]),
        settings=_settings(told["settings"]),
        left_out=tuple(Finding(one["path"], one["what"]) for one in told["left_out"]),
    )


def _settings(told: Mapping[str, Any]) -> Settings:
    return Settings(
        conversion=told["conversion"],
        file_system=told["file_system"],
        excludes=_path(told["excludes"]),
        attributes=_path(told["attributes"]),
        filters=frozenset(told["filters"]),
        promisors=tuple(told["promisors"]),
    )


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)
