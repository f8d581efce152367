"""A cap on the wall clock of one command, whoever runs it."""

import signal
from collections import defaultdict, deque

import anyio

from orchestrator.domain.command import Command, CommandResult
from orchestrator.ports import CommandRunner, LineSink

_KEPT_LINES = 200
"""Of each stream, where the cap ends the command."""


async def run_capped(
    runner: CommandRunner, command: Command, *, seconds: float, on_line: LineSink | None = None
) -> CommandResult:
    """Run ``command``, for at most ``seconds`` (0: as long as it takes).

    One that takes longer is ended as a cancelled one is, and counts as ended by SIGTERM: its result holds the last
    lines that it printed, and the last one of its standard error says which limit it was.

    Raises:
        Exception: what ``runner`` raises.
    """
    if not seconds:
        return await runner.run(command, on_line)
    kept: dict[str, deque[str]] = defaultdict(lambda: deque(maxlen=_KEPT_LINES))

    def keep(stream: str, line: str) -> None:
        kept[stream].append(line + "\n")
        if on_line:
            on_line(stream, line)

    with anyio.move_on_after(seconds):
        return await runner.run(command, keep)
    said = f"[limit reached: seconds = {seconds:g}]\n"
    return CommandResult(
        exit_code=128 + signal.SIGTERM,
        stdout="".join(kept["stdout"]),
        stderr="".join(kept["stderr"]) + said,
        seconds=float(seconds),
    )
