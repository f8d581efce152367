"""Regenerating lock files from what is installed or cached: no network is asked, so the versions are known ones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LockCommand:
    """A row of the table: beside ``manifest``, ``argv`` writes ``lock``."""

    manifest: str
    lock: str
    argv: tuple[str, ...]


LOCKS: Sequence[LockCommand] = (
    LockCommand("pyproject.toml", "uv.lock", ("uv", "lock", "--offline")),
    LockCommand("pyproject.toml", "poetry.lock", ("poetry", "lock", "--no-interaction")),
    LockCommand("Cargo.toml", "Cargo.lock", ("cargo", "generate-lockfile", "--offline")),
    LockCommand(
        "package.json", "package-lock.json", ("npm", "install", "--package-lock-only", "--offline", "--no-audit")
    ),
    LockCommand("package.json", "pnpm-lock.yaml", ("pnpm", "install", "--lockfile-only", "--offline")),
    LockCommand("go.mod", "go.sum", ("go", "mod", "tidy")),
)
"""Only a lock that is there already says which of several tools a project uses."""


def lock_commands(files: Iterable[str]) -> tuple[tuple[str, LockCommand], ...]:
    """Folder (``""`` for the root) and command for each lock file among ``files`` whose manifest is there too."""
    known = set(files)
    found = []
    for file in sorted(known):
        folder, _, name = file.rpartition("/")
        lead = f"{folder}/" if folder else ""
        found += [(folder, row) for row in LOCKS if row.lock == name and f"{lead}{row.manifest}" in known]
    return tuple(found)
