"""``rung trust``: let a repository's own configuration count."""

import os
from pathlib import Path

import click

from orchestrator.errors import InputError, Problem
from orchestrator.frontends.cli.options import example, verbosity
from orchestrator.frontends.cli.session import start_logging, working_directory
from orchestrator.frontends.cli.streams import write_text


@click.command("trust", epilog=example("rung trust\nrung trust ../other --revoke\nrung trust --list"))
@click.argument("path", metavar="[PATH]", default=".")
@click.option("--list", "listing", is_flag=True, help="List what is trusted, and whether it still is as it was.")
@click.option("--revoke", is_flag=True, help="Trust nothing of the repository at PATH any more.")
@verbosity
def command(path: str, *, listing: bool, revoke: bool) -> None:
    """Trust the configuration that the repository at PATH (here, where it is left out) brings. Read it first.

    A repository's rung.toml, [tool.rung] in its pyproject.toml and .rung/ come with its code. By themselves they may
    lower limits and say how the project is checked. Trusted, they may widen limits, name models, switch the sandbox
    off, choose commands by packs, and put workflows in place of yours that have the same name. What is trusted is
    their content: after a change they have to be trusted again. `rung config` tells what is ignored.
    """
    start_logging()
    if listing and revoke:
        raise click.UsageError("--list and --revoke exclude each other")
    if listing:
        write_text(_listed())
        return
    folder = (working_directory() / path).resolve()
    write_text(_revoked(folder) if revoke else _trusted(folder))


def _trusted(folder: Path) -> str:
    from orchestrator import app
    from orchestrator.config.trust import add_trusted, brought_by

    if not folder.is_dir():
        raise InputError([Problem(file=str(folder), what="it is not a folder")])
    brought = brought_by(folder)
    if not brought:
        raise InputError([Problem(file=str(folder), what="there is no configuration of its own to trust")])
    add_trusted(brought, os.environ, at=app.SystemClock().wall())
    return "".join(f"trusted as it is now: {one.path} ({one.digest[:12]})\n" for one in brought)


def _revoked(folder: Path) -> str:
    from orchestrator.config.trust import remove_trusted
    from orchestrator.resources import project_root

    gone = remove_trusted(project_root(folder), os.environ)
    return "".join(f"not trusted any more: {path}\n" for path in gone) or "nothing there was trusted\n"


def _listed() -> str:
    from orchestrator.config.trust import read_trusted
    from orchestrator.frontends.cli.moments import moment

    entries = read_trusted(os.environ)
    rows = [(_standing(Path(path), one.digest), moment(one.at), path) for path, one in entries.items()]
    room = max((len(standing) for standing, _, _ in rows), default=0)
    return "".join(f"{standing:<{room}}  {at}  {path}\n" for standing, at, path in rows) or "nothing is trusted\n"


def _standing(path: Path, digest: str) -> str:
    """``as trusted``, ``changed``, or why it counts as neither."""
    from orchestrator.config.trust import brought_by
    from orchestrator.errors import ConfigError

    if not path.exists():
        return "gone"
    try:
        now = next((one.digest for one in brought_by(path.parent) if one.path == path), "")
    except ConfigError:
        return "not fit to be trusted"
    return "as trusted" if now == digest else "changed"
