"""``rung gc``: make room."""

import json
import os
from typing import TYPE_CHECKING

import click

from orchestrator.frontends.cli.options import as_json as json_option
from orchestrator.frontends.cli.options import example, verbosity
from orchestrator.frontends.cli.session import start_logging, state_folder
from orchestrator.frontends.cli.streams import write_document, write_text

if TYPE_CHECKING:
    from orchestrator.app import Cleaning

_DAY = 86_400


@click.command("gc", epilog=example("rung gc --keep 30\nrung gc --keep 7 --yes"))
@click.option("--keep", "days", type=click.IntRange(0, 36_500), default=14, show_default=True, metavar="DAYS",
              help="Keep what is younger than this.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Remove without asking.")
@json_option("what would be removed (with --yes: what was)")
@verbosity
def command(days: int, *, yes: bool, as_json: bool) -> None:
    """List finished runs in which nothing has happened for DAYS days, with their sizes; then remove them.

    They are removed with --yes, or when a person at the terminal says so. Results of nodes that were cached that
    long ago go with them. A run that is running, blocked, interrupted, killed, open again or unreadable stays, and so
    does one that may hold the only copy of a candidate. Branches with results are never touched.
    """
    start_logging()
    import anyio

    from orchestrator import app
    from orchestrator.frontends.cli.cleaningtext import planned_text, removed_text

    state = state_folder()
    planned = app.plan_cleaning(state, before=app.SystemClock().wall() - days * _DAY)
    if as_json:
        _print_document(anyio.run(app.clean, state, planned) if yes else planned, removed=yes)
        return
    write_text(planned_text(planned))
    if not planned.size:
        return
    if not (yes or _agrees()):
        write_text("nothing is removed (rung gc --yes removes it)\n")
        return
    write_text(removed_text(planned, anyio.run(app.clean, state, planned)))


def _agrees() -> bool:
    """Whether a person at the terminal says so; without anybody there, no."""
    import anyio

    from orchestrator.frontends.cli.person import TerminalPerson
    from orchestrator.frontends.cli.progress import surroundings

    return surroundings(os.environ).answerable and bool(anyio.run(TerminalPerson().ask, "gc", "remove all this?"))


def _print_document(cleaning: "Cleaning", *, removed: bool) -> None:
    from orchestrator.app.documents import gc_document

    write_document(json.dumps(gc_document(cleaning, removed=removed), indent=2) + "\n")
