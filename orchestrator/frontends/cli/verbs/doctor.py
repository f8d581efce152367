"""``rung doctor``: say what of this machine can be used, what is missing, and how to get it."""

import json
import os

import click

from orchestrator.frontends.cli.options import as_json as json_option
from orchestrator.frontends.cli.options import example, verbosity
from orchestrator.frontends.cli.session import start_logging, state_folder
from orchestrator.frontends.cli.streams import write_document, write_text


@click.command("doctor", epilog=example("rung doctor"))
@json_option("what was found")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of --json instead.")
@verbosity
def command(as_json: bool, schema: bool) -> int:
    """Look at what Rung needs on this machine, one line for each: Python, git, the sandbox and its parts, disk, tools.

    A line starts with "ok", with "missing" where Rung cannot do its work without it, or with "without" where it can.
    The exit code is 0 where nothing is missing and 1 where something is.
    """
    start_logging()
    from orchestrator.frontends.cli.checkup import check_machine, document, json_schema

    if schema:
        write_document(json.dumps(json_schema(), indent=2) + "\n")
        return 0
    checkup = check_machine(state_folder, os.environ)
    if as_json:
        write_document(json.dumps(document(checkup), indent=2) + "\n")
    else:
        for check in checkup.checks:
            word = "ok" if check.ok else "missing" if check.needed else "without"
            remedy = f" -> {check.remedy}" if check.remedy else ""
            write_text(f"{word:8} {check.name:16} {check.found}{remedy}\n")
    return 0 if checkup.ok else 1
