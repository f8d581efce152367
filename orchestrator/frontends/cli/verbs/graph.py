"""``rung graph``: draw a workflow's graph."""

from collections.abc import Mapping
from pathlib import Path

import click

from orchestrator.frontends.cli.options import example, verbosity
from orchestrator.frontends.cli.session import load_workflow, start_logging
from orchestrator.frontends.cli.streams import write_document, write_file

_BY_ENDING: Mapping[str, str] = {
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".dot": "dot",
    ".gv": "dot",
    ".svg": "svg",
    ".json": "json",
}
_FORMATS = ("mermaid", "dot", "svg", "json")


_EXAMPLE = "rung graph rung.yaml -o graph.svg\nrung graph rung.yaml --format dot | dot -Tpng > graph.png"


@click.command("graph", epilog=example(_EXAMPLE))
@click.argument("file", metavar="FILE")
@click.option(
    "--format", "form", type=click.Choice(_FORMATS), help="What to write; else as OUTPUT's ending says, else mermaid."
)
@click.option("-o", "--output", metavar="OUTPUT", help="Write to this file instead of standard output.")
@verbosity
def command(file: str, form: str | None, *, output: str | None) -> None:
    """Draw the graph of a workflow as Mermaid, Graphviz, SVG or JSON.

    FILE is a path, or the name of a workflow in .rung/workflows/. The JSON is networkx's node-link form.
    """
    start_logging()
    plan = load_workflow(file)
    from orchestrator.graph.draw import FORMATS, plan_drawing

    chosen = form or _BY_ENDING.get(Path(output).suffix.lower() if output else "", "mermaid")
    text = FORMATS[chosen](plan_drawing(plan))
    if output:
        write_file(output, text)
    else:
        write_document(text)
