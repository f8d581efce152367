"""``rung retry``: run a node again."""

from functools import partial
from typing import Any

import click

from orchestrator.frontends.cli.options import as_json as json_option
from orchestrator.frontends.cli.options import example, of_run, overrides, parallelism, sandbox, verbosity
from orchestrator.frontends.cli.session import start_logging, state_folder
from orchestrator.frontends.cli.streams import tell


@click.command("retry", epilog=example("rung retry test\nrung retry 'build[src-a.c]' --run 1a2b3c4d"))
@click.argument("node", metavar="NODE")
@of_run
@parallelism
@sandbox
@overrides
@json_option("the run's document")
@verbosity
def command(node: str, run: str, **options: Any) -> int:
    """Run NODE again, with everything that failed or was skipped because of it, and go on with the run.

    What succeeded stays as it is. The node runs as the run's own workflow says, with attempts of its own; what it
    reads may have been mended meanwhile. The exit codes are those of `rung run`.
    """
    start_logging()
    import anyio

    from orchestrator import app
    from orchestrator.frontends.cli.execution import Wishes, go_on
    from orchestrator.frontends.cli.opened import and_behind

    state = state_folder()
    found = app.find_run(state, run)
    at = app.SystemClock().wall()
    told = anyio.run(partial(app.reopen, state, found.run, node=node, at=at))
    tell(f"run {found.run}: {told.node} is open again{and_behind(told)}")
    return go_on(state, found.run, wishes=Wishes(**options))
