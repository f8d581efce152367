"""The stages of a tree's projects, in order: cheap ones first, and what cannot tell any more is left out."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import anyio.to_thread

from orchestrator.domain.assessment import Assessment, Scope, SkippedStage, StageResult, Unit
from orchestrator.domain.verdict import Verdict, VerdictStatus
from orchestrator.validation.fingerprint import SourceLines
from orchestrator.validation.packs import STAGES, StageCommand, StageName
from orchestrator.validation.parsers.output import Context
from orchestrator.validation.pipeline.flaky import settled
from orchestrator.validation.pipeline.planning import Bench, Part, enabled_stages, plan_parts
from orchestrator.validation.pipeline.reading import read_ended, read_missing
from orchestrator.validation.pipeline.room import Room
from orchestrator.validation.pipeline.running import allowed_seconds, run_command
from orchestrator.validation.pipeline.stages import Notes, concluded, stage_result

__all__ = ["WHOLE", "assess"]

WHOLE = Scope()
"""Everything that is enabled, and every test."""

_INDEPENDENT = frozenset({StageName.SYNTAX, StageName.FORMAT, StageName.LINT})
"""Stages whose commands do not build on each other: all of them run, whatever the first ones say."""
_OFFLINE = (
    "set-up has no network: install the dependencies in the project's folder (.venv, node_modules), "
    'or say sandbox.network = "all" in your configuration'
)
_WITHOUT_DEPENDENCIES = frozenset({StageName.SETUP, StageName.SYNTAX, StageName.FORMAT})
_UNPREPARED = "set-up failed"
_MOST_SOURCE = 4 << 20


@dataclass(slots=True)
class _Course:
    """How far one assessment has come.

    Attributes:
        stopped: unit -> why its further stages are not run.
        unprepared: units whose set-up failed.
    """

    room: Room
    bench: Bench
    scope: Scope
    stages: list[StageResult] = field(default_factory=list)
    skipped: list[SkippedStage] = field(default_factory=list)
    stopped: dict[Unit, str] = field(default_factory=dict)
    unprepared: set[Unit] = field(default_factory=set)

    @property
    def enabled(self) -> frozenset[StageName]:
        """The stages that may run."""
        return enabled_stages(self.bench.overrides, self.scope)


async def assess(room: Room, bench: Bench, *, scope: Scope = WHOLE) -> Assessment:
    """What the checks of the tree in ``room`` say; stage by stage, and within a stage unit by unit.

    A failure of a command or of its tool is part of the assessment and raises nothing.

    Raises:
        OSError: the room's folders cannot be written.
    """
    course = _Course(room, bench, scope)
    parts = await plan_parts(room, bench, scope=scope)
    await anyio.to_thread.run_sync(_lay, room, parts)
    if await _set_up(course, parts):
        bench.shelf.forget()
        parts = await plan_parts(room, bench, scope=scope)
    for name in STAGES[1:]:
        for part in parts:
            if name in course.enabled and part.stage(name):
                await _stage(course, part, name=name)
    wants_tests = StageName.TEST in course.enabled
    return concluded(course.stages, course.skipped, wants_tests=wants_tests, sandbox=room.isolation)


def _lay(room: Room, parts: Sequence[Part]) -> None:
    for part in parts:
        room.lay(part.desk)


async def _set_up(course: _Course, parts: Sequence[Part]) -> bool:
    """Bring dependencies in; whether any set-up ran."""
    due = [part for part in parts if part.stage(StageName.SETUP) and _needs_setup(course, part)]
    ran = False
    for part in due:
        if why := _why_no_setup(course, part):
            course.skipped.append(SkippedStage(name=StageName.SETUP, unit=part.unit, reason=why))
            continue
        result = await _stage(course, part, name=StageName.SETUP)
        ran = ran or result is not None
        if result is not None and result.status is not VerdictStatus.PASSED:
            course.unprepared.add(part.unit)
    return ran


def _why_no_setup(course: _Course, part: Part) -> str:
    if course.room.is_prepared(part.unit):
        return "the dependencies are there"
    return "" if course.room.setup else "nobody brings dependencies in here"


def _needs_setup(course: _Course, part: Part) -> bool:
    """One that the configuration names is for whatever is run after it."""
    return not part.unit.pack or any(one.needs_setup and one.stage in course.enabled for one in part.commands)


async def _stage(course: _Course, part: Part, *, name: StageName) -> StageResult | None:
    """Run one stage of one unit; ``None`` where there is nothing of it that can run."""
    why = course.stopped.get(part.unit, "") or (course.stopped.get(Unit(), "") if part.unit.pack else _any(course))
    commands = [] if why else _runnable(course, part, name=name)
    if not commands:
        unprepared = any(_is_unprepared(course, part, command=one) for one in part.stage(name))
        reason = why or (_UNPREPARED if unprepared else "; ".join(_left_out(part.stage(name))))
        skipped = SkippedStage(name=name.value, unit=part.unit, reason=reason, is_unreached=bool(why) or unprepared)
        course.skipped.append(skipped)
        return None
    verdict = partial(_verdict, course.room, first=course.scope.turn)
    verdicts = await _verdicts(commands, verdict)
    if name is StageName.TEST and course.scope.known is not None:
        verdicts = await settled(list(zip(commands, verdicts, strict=False)), again=verdict, known=course.scope.known)
    lines = _left_out(part.stage(name))
    has_failed = any(one.status is not VerdictStatus.PASSED for one in verdicts)
    if name is StageName.SETUP and course.room.is_offline and has_failed:
        verdicts, lines = [_blameless(one) for one in verdicts], (*lines, _OFFLINE)
    is_narrowed = bool(part.tests) and name is StageName.TEST
    notes = Notes(
        is_narrowed=is_narrowed,
        has_turns=any(one.turned for one in commands),
        is_lacking=_is_lacking(commands, verdicts),
        lines=lines,
    )
    result = stage_result(name, part.unit, verdicts=verdicts, lines_of=_source(course.room), notes=notes)
    course.stages.append(result)
    if result.score < min(one.min_score for one in commands) and name is not StageName.SETUP:
        course.stopped[part.unit] = f"{name} {_WORDS[result.status]}"
    return result


def _is_lacking(commands: Sequence[StageCommand], verdicts: Sequence[Verdict]) -> bool:
    """Whether no tool failed that was there."""
    ran = zip(commands, verdicts, strict=False)
    broken = [command for command, verdict in ran if verdict.status is VerdictStatus.TOOL_ERROR]
    return bool(broken) and all(command.missing for command in broken)


_WORDS = {
    VerdictStatus.FAILED: "failed",
    VerdictStatus.TOOL_ERROR: "could not be done",
    VerdictStatus.EMPTY: "found nothing to look at",
    VerdictStatus.PASSED: "passed with too low a score",
}


def _any(course: _Course) -> str:
    """Commands for the whole repository stop where any of its projects did."""
    return next(iter(course.stopped.values()), "")


def _runnable(course: _Course, part: Part, *, name: StageName) -> list[StageCommand]:
    here = [one for one in part.stage(name) if not _is_unprepared(course, part, command=one)]
    return [one for one in here if not (one.missing and one.is_optional)]


def _is_unprepared(course: _Course, part: Part, *, command: StageCommand) -> bool:
    """Whether dependencies that ``command`` needs are not there; of a configured set-up nobody knows who needs it."""
    is_own = part.unit in course.unprepared and command.needs_setup
    return is_own or (Unit() in course.unprepared and command.stage not in _WITHOUT_DEPENDENCIES)


def _left_out(commands: Sequence[StageCommand]) -> tuple[str, ...]:
    missing = (f"{one.tool} was left out: {one.missing}" for one in commands if one.missing and one.is_optional)
    return tuple(dict.fromkeys(missing))


def _blameless(verdict: Verdict) -> Verdict:
    """Without a network nobody can say that the project is to blame for what cannot be fetched."""
    is_failed = verdict.status is VerdictStatus.FAILED
    return replace(verdict, status=VerdictStatus.TOOL_ERROR) if is_failed else verdict


async def _verdicts(
    commands: Sequence[StageCommand], verdict: Callable[[StageCommand], Awaitable[Verdict]]
) -> list[Verdict]:
    """Of each command that ran; after a failure those go on that do not build on what failed."""
    verdicts: list[Verdict] = []
    failed: set[str] = set()
    for command in commands:
        if failed and command.stage not in _INDEPENDENT and command.tool not in failed:
            break
        verdicts.append(await verdict(command))
        if verdicts[-1].status is not VerdictStatus.PASSED:
            failed.add(command.tool)
    return verdicts


async def _verdict(room: Room, command: StageCommand, *, turn: int = 0, first: int) -> Verdict:
    """What ``command`` says when it is run after ``turn`` others, of which the first was that of the turn ``first``."""
    if command.missing:
        return read_missing(command)
    runner = room.setup if command.has_network and room.setup else room.runner
    ended = await run_command(command, room, runner=runner, turn=first + turn)
    command = replace(command, timeout=allowed_seconds(command, room))
    return read_ended(command, ended, context=Context(root=room.root, folder=command.cwd, files=room.files))


def _source(room: Room) -> SourceLines:
    """The lines of the tree's files, each read once for one stage."""
    kept: dict[str, Sequence[str]] = {}

    def lines_of(file: str) -> Sequence[str]:
        if file not in kept:
            is_below = not file.startswith("/") and ".." not in file.split("/")
            text = room.text(file, limit=_MOST_SOURCE) if is_below else None
            kept[file] = (text or "").splitlines()
        return kept[file]

    return lines_of
