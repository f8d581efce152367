"""``rung init``: write a first workflow that fits the project."""

from pathlib import Path

import click

from orchestrator.errors import InputError, Problem
from orchestrator.frontends.cli.folders import make_folder, write_new
from orchestrator.frontends.cli.options import example, verbosity
from orchestrator.frontends.cli.session import working_directory
from orchestrator.frontends.cli.starter import starter
from orchestrator.frontends.cli.streams import write_text

_PLACE = Path(".rung") / "workflows" / "check.yaml"


@click.command("init", epilog=example("rung init && rung run check"))
@click.argument("path", metavar="[PATH]", default=str(_PLACE))
@verbosity
def command(path: str) -> None:
    """Write a small commented workflow to PATH (default .rung/workflows/check.yaml).

    It runs what the project already has: targets of its Makefile, scripts of its package.json, Cargo, Go or
    Python tools. A file that exists is never touched.
    """
    target = Path(path)
    text = starter(working_directory(), target.stem)
    try:
        make_folder(target.parent)
        write_new(target, text.encode())
    except FileExistsError as error:
        raise InputError([_in_the_way(path, target, error=error)]) from None
    except OSError as error:
        raise InputError([Problem(file=path, what=f"it cannot be written: {error.strerror}")]) from None
    shown = target.stem if target == _PLACE else path
    write_text(f"{path} is written. Read it, then: rung run {shown}\n")


def _in_the_way(path: str, target: Path, *, error: FileExistsError) -> Problem:
    if target.exists() or target.is_symlink():
        return Problem(file=path, what="it exists already and is left as it is", hint="give another PATH")
    return Problem(file=path, what=f"{error.filename} stands in the way: it is no folder", hint="give another PATH")
