"""``rung fix``: repair what a project's own checks find, without a model."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from orchestrator.frontends.cli.options import as_json as json_option
from orchestrator.frontends.cli.options import (
    example,
    handing_over,
    overrides,
    parallelism,
    sandbox,
    verbosity,
    with_sandbox,
)
from orchestrator.frontends.cli.session import load_workflow, settings, start_logging

_WORKFLOW = "fix-build"
_WORDS = ("dependencies", "expectations", "plausible")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """The command line, as click read it; the names are the options'."""

    path: Path
    accept: tuple[str, ...]
    committed: bool
    max_parallel: int | None
    overrides: tuple[str, ...]
    as_json: bool
    apply: bool
    branch: bool
    patch: str | None
    sandbox: str | None


@click.command("fix", epilog=example("rung fix --apply\nrung fix services/billing --accept plausible"))
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path), default=".")
@click.option("--accept", multiple=True, type=click.Choice(_WORDS),
              help="Let land what is held otherwise: changes of dependencies, of what tests expect, and patches of "
              "which the tests cannot tell whether they are meant.")  # fmt: skip
@click.option("--committed", is_flag=True, help="Begin with what is committed; else your uncommitted work counts.")
@parallelism
@handing_over
@sandbox
@overrides
@json_option("the run's document")
@verbosity
def command(**options: Any) -> int:
    """Repair the projects in PATH: build errors, failing tests, lint. No model is asked and nothing is paid.

    What compilers, linters and rules propose is tried one change at a time, and kept only where the project's own
    checks say that it helps; for failing tests of Python, small changes are searched for. All of it happens on a
    copy, in a sandbox. The result comes as a branch, and with --apply or --patch to where you want it.

    It is the workflow fix-build: `rung graph fix-build` draws it.

    Exit codes: 0 everything passes now, 1 nothing could be repaired, 2 the command line is wrong, 3 some of it was
    repaired, 130 interrupted.
    """
    asked = _Asked(**options)
    start_logging()
    loaded = settings(with_sandbox(asked.overrides, asked.sandbox), asked.path.resolve())
    from orchestrator import app
    from orchestrator.frontends.cli.execution import carry_out, chosen_handover, overridden
    from orchestrator.frontends.cli.session import state_folder
    from orchestrator.workflow import bind_inputs
    from orchestrator.workspace.values import Uncommitted

    plan = load_workflow(_WORKFLOW)
    below = app.path_in_project(asked.path.resolve())
    request = app.RunRequest(
        plan=plan,
        inputs=bind_inputs(plan, {"path": below, "accept": " ".join(asked.accept)}),
        cwd=asked.path.resolve(),
        settings=loaded.settings,
        state=state_folder(asked.path.resolve()),
        max_parallel=asked.max_parallel or overridden(loaded),
        take=Uncommitted.NONE if asked.committed else Uncommitted.ALL,
        handover=chosen_handover(apply=asked.apply, branch=asked.branch, patch=asked.patch),
    )
    return carry_out(request, app.execute, as_json=asked.as_json)
