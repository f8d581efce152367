"""Regenerating lock files: from what is installed or cached, or with the network where set-up has one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from orchestrator.domain.fixing import FixStep
from orchestrator.domain.jsonvalue import JsonObject
from orchestrator.errors import EditError
from orchestrator.fixers.bench import Probe
from orchestrator.fixers.intents.workshop import Done, Workshop, asked, last_line

_OFFLINE = "--offline"


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


async def write_locks(shop: Workshop, arguments: JsonObject) -> Done:
    """Every lock file as the tool that it belongs to writes it now, and its manifest where that tool tidies it.

    Raises:
        EditError: there is no lock file that is known, its tool is missing, or it fails.
    """
    del arguments
    rows = lock_commands(shop.texts)
    if not rows:
        raise EditError("there is no lock file beside its manifest", hint=f"known are {', '.join(_known())}")
    steps = []
    changes: dict[str, str] = {}
    for folder, row in rows:
        await _written(shop, folder, row=row)
        lead = f"{folder}/" if folder else ""
        after = shop.now([lead + row.lock, lead + row.manifest])
        new = {name: text for name, text in after.items() if text != shop.texts.get(name)}
        if new:
            steps.append(FixStep(source=row.argv[0], message=f"write {' and '.join(sorted(new))} anew"))
            changes |= new
    return Done(changes=changes, steps=tuple(steps))


async def _written(shop: Workshop, folder: str, *, row: LockCommand) -> None:
    argv = tuple(word for word in row.argv if word != _OFFLINE) if shop.has_network else row.argv
    run = await asked(shop, Probe(argv=argv, about=row.lock), folder=folder, is_setup=True)
    if run.exit_code:
        hint = "" if shop.has_network else 'it had no network: [sandbox] network = "all" gives set-up one'
        raise EditError(f"{row.argv[0]} failed: {last_line(run)}", path=f"{folder}/{row.lock}".lstrip("/"), hint=hint)


def _known() -> Iterable[str]:
    return dict.fromkeys(row.lock for row in LOCKS)
