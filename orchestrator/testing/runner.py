"""A command runner that starts nothing and answers as scripted."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self, TypeAlias

import anyio

from orchestrator.domain.command import Command, CommandResult
from orchestrator.ports import LineSink

__all__ = ["FakeRunner", "Matcher", "Reply"]

Matcher: TypeAlias = Callable[[Sequence[str]], bool]
"""Whether a rule is meant for a command with these arguments."""

_TERMINATED = 143


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a scripted command does: it prints, takes its time, and ends.

    Attributes:
        seconds: of the event loop's (perhaps virtual) time between the last line and the end;
            :data:`math.inf` for a command that only a cancellation or its idle timeout ends.
        error: raised instead of an end; nothing is printed then.
    """

    exit_code: int = 0
    stdout: str = ""
    stderr: str = ""
    seconds: float = 0.0
    error: Exception | None = None


class FakeRunner:
    """Implements :class:`orchestrator.ports.CommandRunner`.

    ::

        runner = FakeRunner().when(lambda argv: argv[0] == "make", Reply(exit_code=2), Reply())

    The first ``make`` fails, all later ones succeed. No directory or file is looked at, no shell parsed.

    Attributes:
        isolation: the word to report.
        commands: all that were given to :meth:`run`, in that order.
        cancelled: those of them that a cancellation ended.
        running: how many run at this moment.
        most_running: the highest that ``running`` ever was.
    """

    def __init__(self, *, isolation: str = "bubblewrap") -> None:
        self.isolation = isolation
        self.commands: list[Command] = []
        self.cancelled: list[Command] = []
        self.running = 0
        self.most_running = 0
        self._rules: list[tuple[Matcher, list[Reply]]] = []

    def when(self, matches: Matcher, *replies: Reply) -> Self:
        """Answer what ``matches`` with ``replies`` in turn, the last one again and again.

        Of several rules that match the one given first counts.
        """
        self._rules.append((matches, list(replies) or [Reply()]))
        return self

    async def run(self, command: Command, on_line: LineSink | None = None) -> CommandResult:
        """Play the reply that the script has for ``command``.

        Raises:
            LookupError: the script has none.
        """
        self.commands.append(command)
        reply = self._reply(command)
        if reply.error:
            raise reply.error
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            return await _play(reply, command, on_line=on_line)
        except anyio.get_cancelled_exc_class():
            self.cancelled.append(command)
            raise
        finally:
            self.running -= 1

    def _reply(self, command: Command) -> Reply:
        for matches, replies in self._rules:
            if matches(command.argv):
                return replies.pop(0) if len(replies) > 1 else replies[0]
        raise LookupError(f"no reply is scripted for {command.argv}")


async def _play(reply: Reply, command: Command, *, on_line: LineSink | None) -> CommandResult:
    started = anyio.current_time()
    for name, text in (("stdout", reply.stdout), ("stderr", reply.stderr)):
        for line in text.splitlines():
            if on_line:
                on_line(name, line)
    patience = command.idle_timeout or math.inf
    idle = patience < reply.seconds
    await anyio.sleep(min(patience, reply.seconds))
    return CommandResult(
        exit_code=_TERMINATED if idle else reply.exit_code,
        stdout=reply.stdout,
        stderr=reply.stderr,
        idle=idle,
        seconds=anyio.current_time() - started,
    )
