"""How a run stands, as the last thing that a verb prints."""

import os
import sys

from orchestrator.config import Settings
from orchestrator.frontends.cli.nextstep import next_for_run
from orchestrator.frontends.cli.progress import colored, columns
from orchestrator.frontends.cli.streams import write_document, write_text
from orchestrator.report import RunState, json_text, summary_text


def print_end(state: RunState, settings: Settings, *, as_json: bool) -> None:
    """The run's document, or its summary with what to do next, on standard output."""
    if as_json:
        write_document(json_text(state))
        return
    text = summary_text(
        state,
        width=columns(),
        color=colored(settings, os.environ),
        encoding=sys.stdout.encoding,
        next_step=next_for_run(state),
    )
    write_text(text, styled=True)
