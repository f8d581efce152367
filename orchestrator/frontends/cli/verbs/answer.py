"""``rung answer``: answer the question of a blocked node."""

from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from orchestrator.errors import InputError, Problem
from orchestrator.frontends.cli.options import as_json as json_option
from orchestrator.frontends.cli.options import example, overrides, parallelism, sandbox, verbosity
from orchestrator.frontends.cli.session import start_logging, state_folder
from orchestrator.frontends.cli.streams import write_text

if TYPE_CHECKING:
    from orchestrator.app import EarlierRun

_VERDICTS = {"approve": True, "reject": False}


@click.command("answer", epilog=example("rung answer 20250102-030405-1a2b3c4d deploy approve --resume"))
@click.argument("run", metavar="RUN")
@click.argument("node", metavar="NODE")
@click.argument("said", metavar="approve|reject|TEXT")
@click.option("--resume/--no-resume", default=False, help="Go on with the run at once; by default it stays as it is.")
@parallelism
@sandbox
@overrides
@json_option("the run's document, with --resume")
@verbosity
def command(run: str, node: str, *, said: str, resume: bool, **options: Any) -> int:
    """Answer the question that NODE of RUN is blocked on; `rung show RUN` lists the questions.

    A gate is approved or rejected. Any other question is answered with TEXT.

    The answer is recorded and nothing runs yet: whoever answers need not be where the run goes on, and several
    questions can be answered before it does. With --resume it goes on at once, and the exit code is that of
    `rung run`.
    """
    start_logging()
    if options["as_json"] and not resume:
        raise click.UsageError("--json prints the document of a run that goes on: it needs --resume")
    import anyio

    from orchestrator import app
    from orchestrator.frontends.cli.execution import Wishes, go_on

    state = state_folder()
    earlier = app.earlier_run(state, run)
    approve = _verdict(earlier, node, said=said)
    text = "" if said in _VERDICTS else said
    at = app.SystemClock().wall()
    told = anyio.run(partial(app.answer, state, earlier.run, node=node, approve=approve, text=text, at=at))
    if resume:
        return go_on(state, earlier.run, wishes=Wishes(**options))
    _say(app.earlier_run(state, earlier.run), told.node, approve=approve)
    return 0


def _verdict(earlier: "EarlierRun", node: str, *, said: str) -> bool | None:
    """What was said, where it fits the node's question; whether the node asks anything is judged elsewhere."""
    from orchestrator.app import YES_OR_NO

    asking = next((one for one in earlier.questions if one.spec.id == node), None)
    if asking is None or said in _VERDICTS:
        return _VERDICTS.get(said)
    near = get_close_matches(said.lower(), _VERDICTS, 1)
    if asking.spec.kind in YES_OR_NO or near:
        hint = f"did you mean {near[0]}?" if near else f"its question is: {asking.end.reason if asking.end else ''}"
        raise InputError([Problem(what=f"{node} is answered with approve or reject, not {said!r}", hint=hint)])
    return None


def _say(earlier: "EarlierRun", node: str, *, approve: bool | None) -> None:
    from orchestrator.frontends.cli.nextstep import next_for_run

    went = {True: "approved", False: "rejected", None: "answered"}[approve]
    steps = "".join(f"\n  {step}" for step in next_for_run(earlier.told()).splitlines())
    left = len(earlier.questions)
    more = (
        f"; {left} more question{'' if left == 1 else 's'} of the run {'is' if left == 1 else 'are'} open"
        if left
        else ""
    )
    write_text(f"{node} is {went}{more}. Next:{steps}\n")
