"""What every verb that uses the engine needs: where it runs, the settings, and the workflow that was named."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.errors import InputError, Problem
from orchestrator.frontends.cli.options import chosen_verbosity
from orchestrator.frontends.cli.streams import tell

if TYPE_CHECKING:
    from orchestrator.config import Loaded
    from orchestrator.domain.plan import Plan


def working_directory() -> Path:
    """The directory that the command was started in.

    Raises:
        InputError: it does not exist any more, or may not be seen.
    """
    try:
        return Path.cwd()
    except OSError as error:
        what = f"the working directory cannot be used: {error.strerror}"
        raise InputError([Problem(what=what, hint="change to another one")]) from None


def start_logging() -> None:
    """Set the log up before anything of the engine is loaded."""
    from orchestrator.frontends.cli import logs

    logs.configure(chosen_verbosity(), os.environ)


def settings(overrides: Sequence[str], folder: Path | None = None) -> "Loaded":
    """The settings that hold in ``folder`` (here, where it is ``None``); what was passed over is told.

    Raises:
        ConfigError: a layer is wrong.
    """
    from orchestrator.config import load_settings

    loaded = load_settings(folder or working_directory(), os.environ, overrides=overrides)
    for notice in loaded.notices:
        tell(f"note: {notice}")
    return loaded


def state_folder(folder: Path | None = None) -> Path:
    """The folder that holds the runs of the project that ``folder`` lies in; it need not exist yet.

    ``None`` means where the command was started.

    Raises:
        RepositoryError: there is a repository, and git refuses it.
    """
    import anyio

    from orchestrator import app

    return anyio.run(app.state_root, folder or working_directory(), os.environ)


def find_workflow(name: str) -> Path:
    """The file that a person means by a path or by the name of a workflow, as short as it can be written here.

    Where another one of that name was passed over, that is told.

    Raises:
        InputError: there is none of that name.
    """
    from orchestrator import app

    here = working_directory()
    found = app.find_workflow(name, here, environ=os.environ)
    if found.notice:
        tell(f"note: {found.notice}")
    return found.path.relative_to(here) if found.path.is_relative_to(here) else found.path


def load_workflow(name: str) -> "Plan":
    """The checked workflow in a file, or of that name.

    Raises:
        InputError: there is none of that name.
        WorkflowError: it is wrong.
    """
    from orchestrator import app

    return app.load_plan(find_workflow(name))
