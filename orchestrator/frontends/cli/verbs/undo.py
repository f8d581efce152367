"""``rung undo``: take an applied result back."""

import click

from orchestrator.frontends.cli.options import example, verbosity
from orchestrator.frontends.cli.session import start_logging, state_folder
from orchestrator.frontends.cli.streams import write_text


@click.command("undo", epilog=example("rung undo\nrung undo 20250102-030405-1a2b3c4d"))
@click.argument("run", metavar="[RUN]", default="")
@verbosity
def command(run: str) -> None:
    """Take the result of RUN, which came into your files by --apply, out of them again.

    RUN is an id, or a beginning or an end of one that fits no other run; without it the newest run is meant.
    Where a file that it changed is not as it was applied, nothing is touched, and the files are named. A result
    that was interrupted on its way is taken out too. Your index is left alone, and so is the branch.
    """
    start_logging()
    import anyio

    from orchestrator import app
    from orchestrator.report.plaintext import count

    state = state_folder()
    earlier = app.earlier_run(state, run)
    taken = anyio.run(app.take_back, state, earlier)
    more = f"; {count(taken.left, 'result')} applied before it stayed (rung undo {earlier.run})" if taken.left else ""
    write_text(f"{count(len(taken.paths), 'file')} as before run {earlier.run} was applied{more}\n")
