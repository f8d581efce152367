"""``rung config``: every setting that holds, and where it comes from."""

import json

import click

from orchestrator.frontends.cli.options import as_json as json_option
from orchestrator.frontends.cli.options import example, overrides, verbosity
from orchestrator.frontends.cli.session import settings, start_logging
from orchestrator.frontends.cli.streams import write_document, write_text


@click.command("config", epilog=example("rung config --set limits.max_parallel=8"))
@overrides
@json_option("the settings with their origins")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of rung.toml instead.")
@verbosity
def command(overrides: tuple[str, ...], as_json: bool, *, schema: bool) -> None:
    """Show every setting, its value, and the file and line, variable or option that it comes from.

    Later wins: defaults, your config.toml, the repository's rung.toml (or [tool.rung] in pyproject.toml;
    it may only lower limits), RUNG_... variables, --set.
    """
    start_logging()
    if schema:
        from orchestrator.config.settings import json_schema

        write_document(json.dumps(json_schema(), indent=2) + "\n")
        return
    loaded = settings(overrides)
    rows = list(loaded.values())
    if as_json:
        listed = {
            key: {"value": value, "layer": origin.layer.value, "file": origin.file, "line": origin.line}
            for key, value, origin in rows
        }
        write_document(json.dumps(listed, indent=2) + "\n")
        return
    texts = [(f"{key} = {json.dumps(value)}", str(origin)) for key, value, origin in rows]
    room = max(len(text) for text, _ in texts)
    write_text("".join(f"{text:<{room}}  # {origin}\n" for text, origin in texts))
