"""``rung show``: one run, as its events tell it."""

import io
from typing import TYPE_CHECKING

import click

from orchestrator.frontends.cli.options import as_json as json_option
from orchestrator.frontends.cli.options import example, verbosity
from orchestrator.frontends.cli.session import settings, start_logging, state_folder
from orchestrator.frontends.cli.streams import write_text

if TYPE_CHECKING:
    from orchestrator.app import EarlierRun


@click.command("show", epilog=example("rung show\nrung show 1a2b3c4d --json"))
@click.argument("run", metavar="[RUN]", default="")
@json_option("the run's document")
@click.option("--events", is_flag=True, help="Print what happened, a line for each step, instead of the summary.")
@verbosity
def command(run: str, *, as_json: bool, events: bool) -> None:
    """Show a run as `rung run` does at its end, also while it runs and after its engine was killed.

    RUN is an id, or a beginning or an end of one that fits no other run; without it the newest run is meant.
    Everything comes from the run's journal; what commands print is not kept there, but for the last lines of those
    that failed.
    """
    start_logging()
    if as_json and events:
        raise click.UsageError("--json and --events exclude each other")
    from orchestrator import app
    from orchestrator.frontends.cli.ending import print_end

    earlier = app.earlier_run(state_folder(), run)
    if events:
        write_text(_story(earlier))
        return
    if not as_json:
        write_text(_heading(earlier))
    print_end(earlier.told(), settings(()).settings, as_json=as_json)


def _heading(earlier: "EarlierRun") -> str:
    from orchestrator.frontends.cli.moments import moment

    owner = earlier.summary.owner
    standing = f"{earlier.standing} (pid {owner.pid})" if owner else earlier.standing.value
    begun = moment(earlier.recovered.started.at)
    return f"run {earlier.run}: {standing}, started {begun} in {earlier.summary.header.get('cwd', '?')}\n\n"


def _story(earlier: "EarlierRun") -> str:
    from orchestrator.report import PlainProgress

    told = io.StringIO()
    progress = PlainProgress(told)
    for event in earlier.events:
        progress.on_event(event)
    return told.getvalue()
