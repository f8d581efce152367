"""``rung diff``: what a run's result changes."""

import os
import sys
from typing import TYPE_CHECKING

import click

from orchestrator.frontends.cli.options import example, verbosity
from orchestrator.frontends.cli.session import settings, start_logging, state_folder
from orchestrator.frontends.cli.streams import tell, write_bytes, write_text

if TYPE_CHECKING:
    from orchestrator.app import Difference


@click.command("diff", epilog=example("rung diff\nrung diff 1a2b3c4d --stat\nrung diff | git apply"))
@click.argument("run", metavar="[RUN]", default="")
@click.option("--stat", is_flag=True, help="Show the files and how many lines of each, instead of the lines.")
@verbosity
def command(run: str, *, stat: bool) -> None:
    """Show what the result of RUN changes against what the run began from, also while it runs.

    RUN is an id, or a beginning or an end of one that fits no other run; without it the newest run is meant.
    On a terminal the lines are coloured, and what could steer the terminal is shown as an escape; anywhere else it
    is the patch itself, byte for byte.
    """
    start_logging()
    import anyio

    from orchestrator import app

    state = state_folder()
    earlier = app.earlier_run(state, run)
    difference = anyio.run(app.difference, state, earlier)
    if not difference.patch:
        tell(f"run {earlier.run} has landed nothing")
    else:
        _print(difference, stat=stat)


def _print(difference: "Difference", *, stat: bool) -> None:
    from orchestrator.frontends.cli.difftext import patch_text, stat_text
    from orchestrator.frontends.cli.progress import colored

    if stat:
        write_text(stat_text(difference.lines))
    elif sys.stdout.isatty():
        color = colored(settings(()).settings, os.environ)
        write_text(patch_text(difference.patch, color=color), styled=True)
    else:
        write_bytes(difference.patch.encode("utf-8", "surrogateescape"))
