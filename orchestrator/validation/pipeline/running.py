"""Runs one command of a stage: our files laid out and old reports gone before, its reports collected after."""

from collections import deque
from dataclasses import dataclass, field
from functools import partial
from time import monotonic

import anyio
import anyio.to_thread

from orchestrator.domain.command import Command, CommandResult
from orchestrator.errors import RungError
from orchestrator.ports import CommandRunner
from orchestrator.validation.packs import StageCommand, in_turn
from orchestrator.validation.pipeline.room import Room

__all__ = ["SECONDS", "Ended", "run_command"]

_KEPT = 16 << 20
"""Bytes of each stream that are kept: counted tests and machine-readable reports need them whole."""
_LAST_LINES = 200
_OFFLINE = {"CARGO_NET_OFFLINE": "true", "PIP_RETRIES": "0", "UV_OFFLINE": "1", "npm_config_offline": "true"}
"""What tells those that fetch dependencies that there is no network: they would try again for minutes."""
SECONDS = "RUNG_SECONDS"
"""The variable that tells a command how long it may take; 0 where nothing ends it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a command ended.

    Attributes:
        result: ``None`` where it did not end by itself, or never began.
        reports: texts of the report files that it wrote.
        fault: why it never began; ``""`` where it did.
        seconds: wall clock.
        tail: the last lines that it printed, where there is no result.
    """

    result: CommandResult | None = None
    reports: tuple[str, ...] = ()
    fault: str = ""
    seconds: float = 0.0
    tail: tuple[str, ...] = ()


@dataclass(slots=True)
class _Tail:
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=_LAST_LINES))

    def take(self, _stream: str, line: str) -> None:
        self.lines.append(line)


async def run_command(command: StageCommand, room: Room, *, runner: CommandRunner, turn: int = 0) -> Ended:
    """Run ``command`` to its end, or to the end of its time. Never raises for what the command or its tool does.

    ``turn``: which run of it on this tree it is, where it makes use of that.
    """
    started, tail = monotonic(), _Tail()
    result: CommandResult | None = None
    try:
        await anyio.to_thread.run_sync(_prepare, command, room)
        with anyio.move_on_after(allowed_seconds(command, room) or None):
            result = await runner.run(_command(command, room, turn=turn), tail.take)
        reports = await anyio.to_thread.run_sync(partial(_collected, command, room))
    except (OSError, RungError) as error:
        return Ended(fault=str(error), seconds=monotonic() - started)
    seconds = result.seconds if result else monotonic() - started
    return Ended(result=result, reports=reports, seconds=seconds, tail=() if result else tuple(tail.lines))


def allowed_seconds(command: StageCommand, room: Room) -> float:
    """What ``command`` may take; 0 where nothing ends it."""
    return min(filter(None, (command.timeout, room.seconds)), default=0.0)


def _command(command: StageCommand, room: Room, *, turn: int) -> Command:
    cwd = f"{room.root}/{command.cwd}" if command.cwd else room.root
    offline = _OFFLINE if command.has_network and room.is_offline else {}
    own = {**offline, **in_turn(command, turn).env, SECONDS: f"{allowed_seconds(command, room):g}"}
    return Command(
        argv=command.argv,
        cwd=cwd,
        env={**room.env, **own},
        idle_timeout=command.idle,
        own=tuple(own),
        keep_bytes=_KEPT,
    )


def _prepare(command: StageCommand, room: Room) -> None:
    for pattern in command.reports:
        room.clear(pattern)
    for path, text in command.writes.items():
        room.put(path, text)


def _collected(command: StageCommand, room: Room) -> tuple[str, ...]:
    return tuple(text for pattern in command.reports for text in room.reports(pattern))
