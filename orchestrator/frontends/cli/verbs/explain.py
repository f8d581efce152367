"""``rung explain``: why a node ended as it did."""

import json

import click

from orchestrator.frontends.cli.options import as_json as json_option
from orchestrator.frontends.cli.options import example, of_run, verbosity
from orchestrator.frontends.cli.session import start_logging, state_folder
from orchestrator.frontends.cli.streams import write_document, write_text


@click.command("explain", epilog=example("rung explain test\nrung explain 'build[src-a.c]' --run 1a2b3c4d"))
@click.argument("node", metavar="NODE")
@of_run
@json_option("the explanation")
@verbosity
def command(node: str, run: str, *, as_json: bool) -> None:
    """Tell why NODE ended as it did, or has not ended.

    What it needed, everything that happened to it in order, the last lines that it printed before it failed, and
    what it blocks.
    """
    start_logging()
    from orchestrator import app

    earlier = app.earlier_run(state_folder(), run)
    explanation = app.explain(earlier, node)
    if as_json:
        from orchestrator.app.documents import explain_document

        write_document(json.dumps(explain_document(explanation), indent=2) + "\n")
    else:
        from orchestrator.frontends.cli.explanationtext import explanation_text
        from orchestrator.frontends.cli.nextstep import next_for_node

        write_text(explanation_text(explanation, next_step=next_for_node(earlier.told(), explanation.record)))
