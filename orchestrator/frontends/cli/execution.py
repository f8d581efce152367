"""What ``rung run`` and every verb that goes on with a run have in common: progress, reports, the end."""

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import anyio
import click

from orchestrator import app
from orchestrator.config import Layer, Loaded
from orchestrator.domain.status import EXIT_CODES, RunStatus
from orchestrator.frontends.cli.ending import print_end
from orchestrator.frontends.cli.options import chosen_verbosity, with_sandbox
from orchestrator.frontends.cli.person import TerminalPerson
from orchestrator.frontends.cli.progress import shown_progress, surroundings
from orchestrator.frontends.cli.session import settings, working_directory
from orchestrator.frontends.cli.streams import tell
from orchestrator.report import RunState, write_reports


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the command line says about how a run is carried out; the names are the options'."""

    max_parallel: int | None
    overrides: tuple[str, ...]
    as_json: bool
    sandbox: str | None = None
    apply: bool = False
    branch: bool = False
    patch: str | None = None

    @property
    def handover(self) -> app.Handover:
        """What becomes of the result.

        Raises:
            click.UsageError: more than one thing.
        """
        return chosen_handover(apply=self.apply, branch=self.branch, patch=self.patch)


def chosen_handover(*, apply: bool, branch: bool, patch: str | None) -> app.Handover:
    """What the options of :func:`orchestrator.frontends.cli.options.handing_over` say.

    Raises:
        click.UsageError: they say more than one thing.
    """
    if apply + branch + (patch is not None) > 1:
        raise click.UsageError("--apply, --branch and --patch exclude each other")
    if patch is not None:
        return app.Handover(app.Way.PATCH, working_directory() / patch)
    return app.Handover(app.Way.APPLY if apply else app.Way.BRANCH)


def carry_out(
    request: app.RunRequest,
    start: Callable[[app.RunRequest], Awaitable[app.RunResult]],
    *,
    as_json: bool,
    known: int = 0,
) -> int:
    """Run it in sight of the person: progress, report files, the summary or the document; the exit code.

    Args:
        request: without reporters and person.
        start: what runs it.
        as_json: the document is all that goes to standard output.
        known: how many events of the run were there before; they are not told again.

    Raises:
        RungError: it cannot be run, or a report cannot be written.
    """
    around = surroundings(os.environ)
    with shown_progress(
        live=around.live and not as_json,
        quiet=chosen_verbosity() < 0,
        settings=request.settings,
        clock=app.SystemClock(),
        known=known,
    ) as progress:
        person = TerminalPerson(progress.paused) if around.answerable else None
        whole = replace(request, reporters=(progress.reporter,), person=person)
        result = anyio.run(start, whole)
    _end(progress.state, request, handed=result.handed, as_json=as_json)
    return result.exit_code


def _end(state: RunState, request: app.RunRequest, *, handed: app.Handed, as_json: bool) -> None:
    """:func:`finish`, and last of all what keeps the result from where it was wished."""
    state.is_applied, state.patch_file = handed.is_applied, handed.patch_file
    try:
        finish(state, request, as_json=as_json)
    finally:
        for note in handed.notes:
            tell(f"note: {note}")
        if handed.fault:
            tell(handed.fault)


def go_on(state: Path, run: str, *, wishes: Wishes) -> int:
    """Go on with the run below ``state`` that ``run`` names; the exit code.

    Questions that are open are put to the person first, where somebody is there to answer. Where nothing is left to
    do, that is told, the reports are written again, and the exit code is that of the recorded end.

    Raises:
        RungError: there is no such run, it cannot be read or run, or a report cannot be written.
    """
    found = app.earlier_run(state, run)
    loaded = settings(with_sandbox(wishes.overrides, wishes.sandbox), found.folder)
    earlier = _asked(state, found)
    started = earlier.recovered.started
    request = app.RunRequest(
        plan=started.plan,
        inputs=started.inputs,
        cwd=earlier.folder,
        settings=loaded.settings,
        state=state,
        max_parallel=wishes.max_parallel or overridden(loaded) or allowed(started.max_parallel, loaded),
        handover=wishes.handover,
    )
    if earlier.over is not None:
        return _over(earlier, request, status=earlier.over, as_json=wishes.as_json)
    if earlier.folder != working_directory():
        tell(f"note: run {earlier.run} goes on in {earlier.folder}")
    return carry_out(request, partial(_resume, run=earlier), as_json=wishes.as_json, known=len(earlier.events))


async def _resume(request: app.RunRequest, run: app.EarlierRun) -> app.RunResult:
    return await app.resume(request, run.run)


def _over(earlier: app.EarlierRun, request: app.RunRequest, *, status: RunStatus, as_json: bool) -> int:
    """What was asked for may still be left to be done with the result."""
    handed = anyio.run(partial(app.hand_over_again, request.state, earlier, wish=request.handover))
    tell(f"nothing is left to do: run {earlier.run} {_WENT[status]}")
    _end(earlier.told(), request, handed=handed, as_json=as_json)
    return EXIT_CODES[status] or int(bool(handed.fault))


_WENT = {
    RunStatus.SUCCEEDED: "succeeded",
    RunStatus.PARTIAL: "succeeded in part",
    RunStatus.FAILED: "failed",
    RunStatus.BUDGET: "has used its budget up",
    RunStatus.BLOCKED: "waits for an answer",
    RunStatus.INTERRUPTED: "was interrupted",
}


def _asked(state: Path, earlier: app.EarlierRun) -> app.EarlierRun:
    """The run after the person at the terminal has answered what it asks, as far as they did."""
    questions = [one for one in earlier.questions if one.spec.kind in app.YES_OR_NO]
    if not questions or earlier.summary.owner or not surroundings(os.environ).answerable:
        return earlier
    for record in questions:
        asked = record.end.reason if record.end else ""
        approve = anyio.run(TerminalPerson().ask, record.spec.id, asked)
        if approve is None:
            break
        at = app.SystemClock().wall()
        give = partial(app.answer, state, earlier.run, node=record.spec.id, approve=approve, text="", at=at)
        anyio.run(give)
    return app.earlier_run(state, earlier.run)


def finish(state: RunState, request: app.RunRequest, *, as_json: bool) -> None:
    """Write the reports that the run's workflow asks for, and print how it stands, whatever becomes of the reports.

    Raises:
        ReportError: a report cannot be written.
    """
    try:
        write_reports(state, request.plan.report, base=request.cwd)
    finally:
        print_end(state, request.settings, as_json=as_json)


def allowed(wanted: int, loaded: Loaded) -> int:
    """How many nodes at once somebody wants, no more than what somebody else has configured; 0 where nobody does."""
    configured = loaded.origin("limits.max_parallel").layer is not Layer.DEFAULT
    return min(wanted, loaded.settings.limits.max_parallel) if configured else wanted


def overridden(loaded: Loaded) -> int:
    """``--set limits.max_parallel`` is the command line's word too, and above the workflow's; 0 where not given."""
    given = loaded.origin("limits.max_parallel").layer is Layer.COMMAND_LINE
    return loaded.settings.limits.max_parallel if given else 0
