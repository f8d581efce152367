"""``rung resume``: go on with a run."""

from typing import Any

import click

from orchestrator.frontends.cli.options import as_json as json_option
from orchestrator.frontends.cli.options import example, handing_over, overrides, parallelism, sandbox, verbosity
from orchestrator.frontends.cli.session import start_logging, state_folder


@click.command("resume", epilog=example("rung resume\nrung resume 20250102-030405-1a2b3c4d --max-parallel 2"))
@click.argument("run", metavar="[RUN]", default="")
@parallelism
@handing_over
@sandbox
@overrides
@json_option("the run's document")
@verbosity
def command(run: str, **options: Any) -> int:
    """Go on with a run that was interrupted, blocked or killed, where its engine left it.

    RUN is an id, or a beginning or an end of one that fits no other run; without it the newest run is meant.
    Nothing that has ended is run again. The workflow and the inputs are those that the run was started with; a
    changed file is a new run. On a terminal, open questions are asked first.

    The exit codes are those of `rung run`. Where nothing is left to do, that is said, and the code is that of the
    recorded end. With --apply or --patch its result is handed over all the same; a result that was interrupted on
    its way into your files is brought there in any case (or taken out by `rung undo`).
    """
    start_logging()
    from orchestrator.frontends.cli.execution import Wishes, go_on

    return go_on(state_folder(), run, wishes=Wishes(**options))
