"""``rung runs``: every run there is."""

import json
from typing import TYPE_CHECKING

import click

from orchestrator.frontends.cli.options import as_json as json_option
from orchestrator.frontends.cli.options import example, verbosity
from orchestrator.frontends.cli.session import start_logging, state_folder
from orchestrator.frontends.cli.streams import write_document, write_text

if TYPE_CHECKING:
    from orchestrator.app import RunOverview

_NEWEST = 20


@click.command("runs", epilog=example("rung runs --all"))
@click.option("--all", "every", is_flag=True, help=f"List all of them, not the newest {_NEWEST} only.")
@json_option("the list")
@verbosity
def command(*, every: bool, as_json: bool) -> None:
    """List the runs of this project, the one in which something happened last first.

    A run is "killed" where its engine is gone without having recorded an end, "opened" where a question was answered
    or a node was opened again and nobody has gone on with it yet. A run that cannot be read is listed with the
    reason.
    """
    start_logging()
    from orchestrator import app

    state = state_folder()
    found = app.overviews(state, most=0 if every else _NEWEST)
    left_out = 0 if every else len(app.runs_of(state)) - len(found)
    if as_json:
        from orchestrator.app.documents import runs_document

        write_document(json.dumps(runs_document(found, left_out=left_out), indent=2) + "\n")
    else:
        write_text(_text(found, left_out))


def _text(found: list["RunOverview"], left_out: int) -> str:
    if not found:
        return "there is no run here yet (start one with: rung run FILE)\n"
    from orchestrator.frontends.cli.table import table

    rows = [("RUN", "WORKFLOW", "STATUS", "LAST EVENT", "NODES", "TOOK"), *map(_row, found)]
    more = f"and {left_out:,} older (rung runs --all)\n" if left_out > 0 else ""
    return table(rows) + more


def _row(one: "RunOverview") -> tuple[str, ...]:
    if one.problem:
        return (one.run, "", one.standing, one.problem)
    from orchestrator.domain.status import ENDED, NodeStatus
    from orchestrator.frontends.cli.moments import moment
    from orchestrator.report.plaintext import duration

    ended = sum(number for status, number in one.nodes.items() if status in ENDED - {NodeStatus.BLOCKED})
    failed = one.nodes.get(NodeStatus.FAILED, 0)
    nodes = f"{ended:,}/{sum(one.nodes.values()):,}" + (f", {failed:,} failed" if failed else "")
    standing = f"{one.standing} (pid {one.pid})" if one.pid else one.standing.value
    return (one.run, one.workflow, standing, moment(one.last_at), nodes, duration(one.seconds))
