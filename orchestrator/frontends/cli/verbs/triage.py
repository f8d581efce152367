"""``rung triage``: say what sort of failure a log shows, and keep the lines that matter."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.errors import InputError, Problem
from orchestrator.frontends.cli.options import as_json as json_option
from orchestrator.frontends.cli.options import example, verbosity
from orchestrator.frontends.cli.session import start_logging
from orchestrator.frontends.cli.streams import write_document, write_text

if TYPE_CHECKING:
    from orchestrator.validation.triage.judge import Triage

_STANDARD_INPUT = "-"
_EXAMPLE = "make 2>&1 | tee build.log || rung triage build.log\nrung triage --green last-good.log build.log --json"


@click.command("triage", epilog=example(_EXAMPLE))
@click.argument("log", metavar="LOG|-")
@click.option(
    "--green", "green", metavar="LOG", multiple=True, help="A log of a run that passed; its lines explain nothing."
)
@json_option("class, category, confidence and kept lines")
@verbosity
def command(log: str, green: tuple[str, ...], *, as_json: bool) -> None:
    """Classify a failed log and show at most 60 of its lines: those that say why.

    LOG is a file, - is standard input. No model is asked and no project is needed. The exit code is 0 whatever the log
    says.
    """
    start_logging()
    from orchestrator.validation.triage.judge import triage
    from orchestrator.validation.triage.templates import Templates

    templates = Templates() if green else None
    for name in green:
        assert templates is not None
        templates.learn(_read(name))
    found = triage(_read(log), green=templates)
    if as_json:
        from orchestrator.validation.triage.document import json_text

        write_document(json_text(found))
    else:
        write_text(_text(found))


def _read(name: str) -> list[str]:
    from orchestrator.validation.triage.log import read_lines

    try:
        if name == _STANDARD_INPUT:
            return read_lines(sys.stdin.buffer)
        with Path(name).open("rb") as stream:
            return read_lines(stream)
    except OSError as error:
        raise InputError([Problem(file=name, what=f"it cannot be read: {error.strerror}")]) from None


def _text(found: "Triage") -> str:
    head = f"{found.failure_class.value} ({found.category.value}), confidence {found.confidence:.2f}\n"
    kept = iter(found.kept_lines)
    parts = ["".join(f"{number:>7} | {next(kept)}\n" for number in range(a, b + 1)) for a, b in found.ranges]
    return "\n".join((head, "    ...\n".join(parts))) if parts else head
