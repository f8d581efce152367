"""``rung run``: run a workflow."""

import os
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from orchestrator.frontends.cli.options import as_json as json_option
from orchestrator.frontends.cli.options import chosen_verbosity, example, overrides, pairs, verbosity
from orchestrator.frontends.cli.session import load_workflow, settings, start_logging, working_directory
from orchestrator.frontends.cli.streams import write_document, write_text

if TYPE_CHECKING:
    from orchestrator.config import Loaded, Settings
    from orchestrator.domain.jsonvalue import JsonObject
    from orchestrator.domain.plan import Plan
    from orchestrator.report import RunState


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """The command line, as click read it; the names are the options'."""

    file: str
    given: tuple[str, ...]
    max_parallel: int | None
    fail_fast: bool
    dry_run: bool
    overrides: tuple[str, ...]
    as_json: bool


@click.command("run", epilog=example("rung run rung.yaml --input milestone=3 --max-parallel 8"))
@click.argument("file", metavar="FILE")
@click.option("-i", "--input", "given", multiple=True, metavar="NAME=VALUE", help="Set an input of the workflow.")
@click.option("--max-parallel", type=click.IntRange(1, 1000), help="How many nodes run at once.")
@click.option("--fail-fast", is_flag=True, help="Stop at the first failure.")
@click.option("--dry-run", is_flag=True, help="Show the order and what would run; run nothing.")
@overrides
@json_option("the run's document")
@verbosity
def command(**options: Any) -> int:
    """Run a workflow: every node as soon as its needs have ended.

    FILE is a path, or the name of a workflow in .rung/workflows/. The first Ctrl-C lets running nodes end, the
    second stops them.

    Exit codes: 0 all that was required succeeded, 1 something failed, 2 the file or the command line is wrong,
    3 partly done, 4 a budget is used up, 5 a person has to answer, 130 interrupted.
    """
    asked = _Asked(**options)
    start_logging()
    from orchestrator.workflow import bind_inputs

    loaded = settings(asked.overrides)
    plan = load_workflow(asked.file)
    plan = replace(plan, fail_fast=plan.fail_fast or asked.fail_fast, max_parallel=_allowed(plan, loaded))
    inputs = bind_inputs(plan, pairs(asked.given, "--input"))
    if asked.dry_run:
        _preview(plan, inputs, as_json=asked.as_json)
        return 0
    return _run(asked, loaded, plan, inputs)


def _preview(plan: "Plan", inputs: "JsonObject", *, as_json: bool) -> None:
    from orchestrator.frontends.cli.preview import preview_json, preview_text

    if as_json:
        write_document(preview_json(plan, inputs))
    else:
        write_text(preview_text(plan))


def _run(asked: _Asked, loaded: "Loaded", plan: "Plan", inputs: "JsonObject") -> int:
    import anyio

    from orchestrator import app
    from orchestrator.frontends.cli.person import TerminalPerson
    from orchestrator.frontends.cli.progress import shown_progress, surroundings
    from orchestrator.report import write_reports

    around = surroundings(os.environ)
    cwd = working_directory()
    with shown_progress(
        live=around.live and not asked.as_json,
        quiet=chosen_verbosity() < 0,
        settings=loaded.settings,
        clock=app.SystemClock(),
    ) as progress:
        request = app.RunRequest(
            plan=plan,
            inputs=inputs,
            cwd=cwd,
            settings=loaded.settings,
            state=anyio.run(app.state_root, cwd, os.environ),
            max_parallel=asked.max_parallel or _overridden(loaded),
            reporters=(progress.reporter,),
            person=TerminalPerson(progress.paused) if around.answerable else None,
        )
        result = anyio.run(app.execute, request)
    try:
        write_reports(progress.state, plan.report, base=cwd)
    finally:
        _print_end(progress.state, loaded.settings, as_json=asked.as_json)
    return result.exit_code


def _print_end(state: "RunState", settings: "Settings", *, as_json: bool) -> None:
    from orchestrator.frontends.cli.progress import colored, columns
    from orchestrator.report import json_text, summary_text

    if as_json:
        write_document(json_text(state))
    else:
        color = colored(settings, os.environ)
        write_text(summary_text(state, width=columns(), color=color, encoding=sys.stdout.encoding), styled=True)


def _allowed(plan: "Plan", loaded: "Loaded") -> int:
    """The workflow's own number, no higher than what somebody has configured; 0 where it has none."""
    from orchestrator.config import Layer

    configured = loaded.origin("limits.max_parallel").layer is not Layer.DEFAULT
    return min(plan.max_parallel, loaded.settings.limits.max_parallel) if configured else plan.max_parallel


def _overridden(loaded: "Loaded") -> int:
    """``--set limits.max_parallel`` is the command line's word too, and above the workflow's; 0 where not given."""
    from orchestrator.config import Layer

    given = loaded.origin("limits.max_parallel").layer is Layer.COMMAND_LINE
    return loaded.settings.limits.max_parallel if given else 0
