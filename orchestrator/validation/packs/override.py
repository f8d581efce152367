"""What a configuration says about a stage, over what packs say."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from orchestrator.domain.shell import shell_argv
from orchestrator.validation.packs.command import StageCommand
from orchestrator.validation.packs.words import STAGES, StageName

__all__ = ["Overrides", "StageOverride", "is_planned", "overridden", "plan_configured"]

_NOT_FOUND = frozenset({126, 127})
_ANY_FAILURE = frozenset(range(1, 256)) - _NOT_FOUND
"""A command of the configuration: whatever it ends with, unless there was nothing to run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageOverride:
    """What holds instead of the packs' words; ``None`` leaves them.

    Attributes:
        enabled: whether the stage runs at all.
        run: one command for the whole repository, started at its root: an argument list, or a script of bash.
        timeout: seconds. ok, findings, empty: exit codes. parser: a name of the table of parsers.
        min_score: below this the stages after it are not run. ignore: further codes that never decide.
    """

    enabled: bool = True
    run: str | tuple[str, ...] | None = None
    timeout: float | None = None
    ok: frozenset[int] | None = None
    findings: frozenset[int] | None = None
    empty: frozenset[int] | None = None
    parser: str | None = None
    min_score: float | None = None
    ignore: frozenset[str] = frozenset()


Overrides: TypeAlias = Mapping[StageName, StageOverride]


def is_planned(overrides: Overrides, stage: StageName) -> bool:
    """Whether the packs' commands of ``stage`` run."""
    own = overrides.get(stage)
    return own is None or (own.enabled and not own.run)


def overridden(command: StageCommand, override: StageOverride | None) -> StageCommand:
    """``command`` as the configuration wants it. A code that gets a meaning loses the one that it had."""
    if override is None:
        return command
    said = {name: codes for name in ("ok", "findings", "empty") if (codes := getattr(override, name)) is not None}
    taken = frozenset[int]().union(*said.values())
    codes = {name: said.get(name, getattr(command, name) - taken) for name in ("ok", "findings", "empty")}
    return replace(
        command,
        **codes,
        timeout=command.timeout if override.timeout is None else override.timeout,
        parser=override.parser or command.parser,
        min_score=command.min_score if override.min_score is None else override.min_score,
        ignore=command.ignore | override.ignore,
    )


def plan_configured(overrides: Overrides, *, scratch: str) -> tuple[StageCommand, ...]:
    """The commands that the configuration itself names, once for the whole repository, in the order of the stages.

    Args:
        overrides: by stage.
        scratch: absolute path of a private folder, as the commands see it: scripts are written there.
    """
    return tuple(
        _configured(stage, override, scratch=scratch)
        for stage in STAGES
        if (override := overrides.get(stage)) is not None and override.enabled and override.run
    )


def _configured(stage: StageName, override: StageOverride, *, scratch: str) -> StageCommand:
    writes: dict[str, str] = {}
    if isinstance(override.run, str):
        script = f"{scratch}/{stage}.sh"
        argv, writes = shell_argv("bash", script), {script: f"{override.run}\n"}
    else:
        argv = override.run or ()
    command = StageCommand(
        stage=stage, argv=argv, tool=stage.value, writes=writes, findings=_ANY_FAILURE, timeout=600.0,
        has_network=stage is StageName.SETUP, needs_setup=stage is not StageName.SETUP,
    )  # fmt: skip
    return overridden(command, override)
