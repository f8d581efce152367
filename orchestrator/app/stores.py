"""Where runs are kept, and which one a person means."""

import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from orchestrator.domain.ids import RunId
from orchestrator.errors import GitVersionError, InputError, Problem
from orchestrator.journal.runs import RunSummary, list_runs
from orchestrator.resources import project_root, state_home
from orchestrator.workspace.discovery import find_repository
from orchestrator.workspace.git import Git
from orchestrator.workspace.moverecord import Moves, read_moves


async def state_root(cwd: Path, environ: Mapping[str, str]) -> Path:
    """The folder that holds the runs of the project in ``cwd``, which is absolute. It need not exist yet.

    ``RUNG_STATE_DIR`` where it is set; else ``rung/`` in what all work trees of the repository share; outside of
    a repository (or without git) a folder of the user's state folder, named after ``cwd``; where the user has no
    home, of the temporary folder.

    Raises:
        RepositoryError: there is a repository, and git refuses it.
    """
    if chosen := environ.get("RUNG_STATE_DIR"):
        return cwd / chosen
    try:
        repository = await find_repository(await Git.find(environ), cwd)
    except GitVersionError:
        repository = None
    if repository is not None:
        return repository.common_dir / "rung"
    name = hashlib.sha256(str(cwd).encode(errors="surrogateescape")).hexdigest()[:16]
    home = state_home(environ) or Path(tempfile.gettempdir(), f"rung-{os.getuid()}")
    return home / f"{cwd.name}-{name}"


def path_in_project(folder: Path) -> str:
    """``folder``, absolute, below the root of its project, with ``/``; ``""`` for the root itself."""
    below = folder.relative_to(project_root(folder)).as_posix()
    return "" if below == "." else below


def find_run(state: Path, named: str) -> RunSummary:
    """The run that ``named`` means: its id, an unambiguous beginning or end of it, or the newest where it is ``""``.

    Raises:
        InputError: there is none, or there are several.
    """
    runs = list_runs(state)
    if not runs:
        raise InputError([Problem(what="there is no run here yet", hint="start one with: rung run FILE")])
    if not named:
        return runs[0]
    matching = [one for one in runs if one.run == named] or [
        one for one in runs if one.run.startswith(named) or one.run.endswith(named)
    ]
    if len(matching) != 1:
        raise InputError([_unclear(named, [one.run for one in matching], newest=runs[0].run)])
    return matching[0]


def has_repository(store: Path) -> bool:
    """Whether the run in ``store`` has a repository of its own: it edits."""
    return (store / "repository" / "facts.json").exists()


def moves_of(store: Path) -> Moves:
    """What came from the run in ``store`` into the user's files; nothing for a run that edits nothing.

    Raises:
        RepositoryError: the record is damaged.
    """
    return read_moves(store / "repository" / "move.json")


def _unclear(named: str, matching: list[RunId], *, newest: RunId) -> Problem:
    if not matching:
        return Problem(what=f"no run is called {named!r}", hint=f"rung runs lists them; the newest is {newest}")
    return Problem(what=f"{named!r} may mean {len(matching)} runs: {', '.join(matching[:5])}", hint="write more of it")
