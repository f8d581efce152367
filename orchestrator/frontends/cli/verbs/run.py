"""``rung run``: run a workflow."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from orchestrator.frontends.cli.options import as_json as json_option
from orchestrator.frontends.cli.options import (
    example,
    handing_over,
    overrides,
    pairs,
    parallelism,
    sandbox,
    verbosity,
    with_sandbox,
)
from orchestrator.frontends.cli.session import load_workflow, settings, start_logging, state_folder, working_directory
from orchestrator.frontends.cli.streams import write_document, write_text

if TYPE_CHECKING:
    from orchestrator.config import Loaded
    from orchestrator.domain.jsonvalue import JsonObject
    from orchestrator.domain.plan import Plan


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
    apply: bool
    branch: bool
    patch: str | None
    uncommitted: str
    sandbox: str | None


@click.command("run", epilog=example("rung run rung.yaml --input milestone=3 --max-parallel 8"))
@click.argument("file", metavar="FILE")
@click.option("-i", "--input", "given", multiple=True, metavar="NAME=VALUE", help="Set an input of the workflow.")
@parallelism
@click.option("--fail-fast", is_flag=True, help="Stop at the first failure.")
@click.option("--dry-run", is_flag=True, help="Show the order and what would run; run nothing.")
@handing_over
@click.option("--with-uncommitted", "uncommitted", type=click.Choice(("none", "tracked", "all")), is_flag=False,
              flag_value="tracked", default="none", metavar="[tracked|all]",
              help="Begin with your uncommitted work too; all: new files as well.")  # fmt: skip
@sandbox
@overrides
@json_option("the run's document")
@verbosity
def command(**options: Any) -> int:
    """Run a workflow: every node as soon as its needs have ended.

    FILE is a path, or the name of a workflow in .rung/workflows/. The first Ctrl-C lets running nodes end, the
    second stops them.

    A workflow that edits works on a copy of what is committed; its result comes as a branch, and with --apply or
    --patch to where you want it. Only a run that succeeded, with checks that speak for each edit, is applied.
    Its commands run in a sandbox; where none can be had nothing runs, unless you say --sandbox off.

    Exit codes: 0 all that was required succeeded, 1 something failed (or the result could not be handed over),
    2 the file or the command line is wrong, 3 partly done, 4 a budget is used up, 5 a person has to answer,
    130 interrupted.
    """
    asked = _Asked(**options)
    start_logging()
    from orchestrator.frontends.cli.execution import allowed
    from orchestrator.workflow import bind_inputs

    loaded = settings(with_sandbox(asked.overrides, asked.sandbox))
    plan = load_workflow(asked.file)
    plan = replace(plan, fail_fast=plan.fail_fast or asked.fail_fast, max_parallel=allowed(plan.max_parallel, loaded))
    inputs = bind_inputs(plan, pairs(asked.given, "--input"))
    if asked.dry_run:
        _preview(plan, inputs, as_json=asked.as_json)
        return 0
    return _run(asked, loaded, plan=plan, inputs=inputs)


def _preview(plan: "Plan", inputs: "JsonObject", *, as_json: bool) -> None:
    from orchestrator.frontends.cli.preview import preview_json, preview_text

    if as_json:
        write_document(preview_json(plan, inputs))
    else:
        write_text(preview_text(plan))


def _run(asked: _Asked, loaded: "Loaded", *, plan: "Plan", inputs: "JsonObject") -> int:
    from orchestrator import app
    from orchestrator.frontends.cli.execution import carry_out, chosen_handover, overridden
    from orchestrator.workspace.values import Uncommitted

    request = app.RunRequest(
        plan=plan,
        inputs=inputs,
        cwd=working_directory(),
        settings=loaded.settings,
        state=state_folder(),
        max_parallel=asked.max_parallel or overridden(loaded),
        take=Uncommitted(asked.uncommitted),
        handover=chosen_handover(apply=asked.apply, branch=asked.branch, patch=asked.patch),
    )
    return carry_out(request, app.execute, as_json=asked.as_json)
