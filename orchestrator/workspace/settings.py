"""What of the user's configuration a run must know: how files become blobs, and which files are nobody's business.

Everything else (aliases, drivers, hooks, signing, helpers) is left behind.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.workspace.git import Git

_CONVERSION = ("core.autocrlf", "core.eol")
_FILE_SYSTEM = ("core.filemode", "core.symlinks", "core.ignorecase", "core.precomposeunicode")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Values as the user wrote them.

    Attributes:
        conversion: key -> value; holds for every work tree of the run.
        file_system: key -> value; holds for the user's own work tree.
        excludes: the user's own file of ignored names; ``None`` where there is none.
        attributes: the user's own file of attributes; ``None`` where there is none.
        filters: names of the filter drivers that the user has.
        promisors: remotes of a partial clone; empty for a complete one.
    """

    conversion: Mapping[str, str] = field(default_factory=dict)
    file_system: Mapping[str, str] = field(default_factory=dict)
    excludes: Path | None = None
    attributes: Path | None = None
    filters: frozenset[str] = frozenset()
    promisors: tuple[str, ...] = ()

    @property
    def for_user_tree(self) -> tuple[tuple[str, str], ...]:
        """The settings of a call that works in the user's own work tree."""
        return tuple(self.file_system.items())


async def read_settings(git: Git, folder: Path, *, git_dir: Path | None = None) -> Settings:
    """What holds in ``folder``, for the repository ``git_dir`` or, without one, for the user.

    Raises:
        GitError: a configuration file cannot be read.
    """
    said = await git.ask(("config", "--list", "--includes", "--null"), folder, git_dir=git_dir)
    values = dict(_pair(text) for text in said.fields())
    return Settings(
        conversion={key: values[key] for key in _CONVERSION if key in values},
        file_system={key: values[key] for key in _FILE_SYSTEM if key in values},
        excludes=_file(values.get("core.excludesfile"), "ignore", environ=git.environ, folder=folder),
        attributes=_file(values.get("core.attributesfile"), "attributes", environ=git.environ, folder=folder),
        filters=frozenset(
            key[len("filter.") :].rpartition(".")[0] for key in values if key.startswith("filter.") and values[key]
        ),
        promisors=_promisors(values),
    )


def _pair(text: str) -> tuple[str, str]:
    """A key without ``=`` in the file stands for true."""
    key, has_value, value = text.partition("\n")
    return key, value if has_value else "true"


def _file(told: str | None, default: str, *, environ: Mapping[str, str], folder: Path) -> Path | None:
    """The file as told, else the one that git looks for by default (git-config, ``core.excludesFile``)."""
    home = environ.get("HOME", "")
    settings = environ.get("XDG_CONFIG_HOME") or (os.path.join(home, ".config") if home else "")  # noqa: PTH118  # text
    if told is None:
        path = Path(settings) / "git" / default if settings else None
    else:
        path = folder / (home + told[1:] if told.startswith("~/") else told)
    return path if path and path.is_file() else None


def _promisors(values: Mapping[str, str]) -> tuple[str, ...]:
    marked = [
        key[len("remote.") : -len(".promisor")]
        for key in values
        if key.startswith("remote.") and key.endswith(".promisor") and values[key] == "true"
    ]
    older = values.get("extensions.partialclone")
    return tuple(dict.fromkeys([*marked, *([older] if older else [])]))
