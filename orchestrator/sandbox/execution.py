"""One command, from its start to the end of its last process."""

import errno
import os
import signal
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from time import monotonic

import anyio
from anyio.abc import Process, TaskGroup

from orchestrator.domain.command import Command, CommandResult
from orchestrator.errors import IsolationError
from orchestrator.ports import LineSink
from orchestrator.sandbox.channel import Channel, supervisor_argv
from orchestrator.sandbox.launcher import Launcher
from orchestrator.sandbox.output import Output
from orchestrator.sandbox.pipes import Pipe, feed, open_pipe
from orchestrator.sandbox.request import encode

__all__ = ["Execution", "Order"]

_LAST_RESORT = 5.0
"""Seconds for a launcher to end when its supervisor has; only a broken one, or a dead disk, takes longer."""

_DRAIN = 5.0
"""Seconds to read what is left in a pipe that a process outside of the namespace still holds open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to execute and how.

    Attributes:
        program: the file to execute.
        grace: seconds between SIGTERM and SIGKILL.
        fds: further descriptors that the launcher needs.
    """

    command: Command
    program: str
    launcher: Launcher
    grace: float
    on_line: LineSink | None = None
    fds: tuple[int, ...] = ()


class Execution:
    """Carries out one order; made for it and thrown away."""

    def __init__(self, order: Order) -> None:
        keep = order.command.keep_bytes
        self._order = order
        self._stdout = Output("stdout", keep, on_line=order.on_line)
        self._stderr = Output("stderr", keep, on_line=order.on_line)
        self._patience = anyio.CancelScope()
        self._channel = Channel()
        self._over = False
        self._stopped = False

    async def run(self) -> CommandResult:
        """See :meth:`orchestrator.ports.CommandRunner.run`.

        An exception of the line sink stops the command and is raised when it is gone.
        """
        started = monotonic()
        with ExitStack() as stack:
            stack.enter_context(self._channel)
            stdin, stdout, stderr = (stack.enter_context(open_pipe()) for _ in range(3))
            process = await self._launch(stdin, stdout=stdout, stderr=stderr)
            try:
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(self._stdout.read, stdout.reader, self._put_off)
                    tasks.start_soon(self._stderr.read, stderr.reader, self._put_off)
                    tasks.start_soon(feed, stdin.writer, self._order.command.stdin)
                    await self._attend(process, tasks)
            except ExceptionGroup as group:
                raise group.exceptions[0] from group
        return self._result(monotonic() - started)

    def stop(self) -> None:
        """Kill the command and all of its kin, now; :meth:`run` then returns what there is."""
        self._stopped = True
        self._patience.cancel()

    @property
    def exceeded(self) -> tuple[int, ...]:
        """The watched limit that ended it, by its place; nothing where none did."""
        return self._channel.said.get("over", ())

    async def _launch(self, stdin: Pipe, *, stdout: Pipe, stderr: Pipe) -> Process:
        order, channel = self._order, self._channel
        argv = order.launcher.wrap(supervisor_argv(channel.peer))
        try:
            with anyio.CancelScope(shield=True):  # or nobody would know the process
                process = await anyio.open_process(
                    argv,
                    stdin=stdin.reader if order.command.stdin else subprocess.DEVNULL,
                    stdout=stdout.writer,
                    stderr=stderr.writer,
                    cwd="/",
                    env={},
                    start_new_session=True,
                    pass_fds=[channel.peer, *order.fds],
                )
        except OSError as error:
            raise IsolationError(f"{order.launcher.name}: {argv[0]} cannot be started: {error.strerror}") from error
        for end in (stdin.reader, stdout.writer, stderr.writer):
            end.close()
        channel.handed_over()
        return process

    async def _attend(self, process: Process, tasks: TaskGroup) -> None:
        """Wait for the command; whatever ends the wait, leave only when all of the command is gone."""
        try:
            self._put_off()
            with self._patience:
                await self._channel.send(encode(self._order.command, self._order.program))
                await self._channel.listen()
                self._over = True
        finally:
            try:
                with anyio.CancelScope(shield=True):
                    await self._end(process)
            finally:
                self._stdout.stop_within(_DRAIN)
                self._stderr.stop_within(_DRAIN)
                tasks.cancel_scope.cancel()  # nobody is there to be fed

    async def _end(self, process: Process) -> None:
        channel = self._channel
        if channel.sent and not self._over:
            channel.terminate()  # whether it has started is known later than it starts
            with anyio.move_on_after(0 if self._stopped else self._order.grace):
                await channel.listen()
        channel.close()
        with anyio.move_on_after(_LAST_RESORT):
            await process.wait()
        if "exit" not in channel.said and not self._order.launcher.contains:
            self._kill_group()
        if process.returncode is None:
            process.kill()
            await process.wait()
            raise IsolationError(f"{self._order.launcher.name}: not all processes of the command could be killed")

    def _kill_group(self) -> None:
        """Do the work of a supervisor that was killed, where no namespace dies with it."""
        for pid in self._channel.said.get("started", ()):
            try:
                os.killpg(pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                continue  # gone, or of another user: out of reach without a namespace

    def _put_off(self) -> None:
        if self._order.command.idle_timeout:
            self._patience.deadline = anyio.current_time() + self._order.command.idle_timeout

    def _result(self, seconds: float) -> CommandResult:
        stdout, missing = self._stdout.kept.result()
        stderr, also_missing = self._stderr.kept.result()
        return CommandResult(
            exit_code=self._exit_code(stderr),
            stdout=stdout,
            stderr=stderr,
            dropped_bytes=missing + also_missing,
            idle=self._patience.cancelled_caught and not self._stopped,
            seconds=seconds,
        )

    def _exit_code(self, stderr: str) -> int:
        said, name = self._channel.said, self._order.launcher.name
        if "exit" in said:
            (code,) = said["exit"]
            return code if code >= 0 else 128 - code
        if "error" in said:
            number, is_directory = said["error"]
            what = self._order.command.cwd if is_directory else self._order.program
            raise OSError(number or errno.EIO, f"cannot be started: {os.strerror(number)}", what)
        if "started" in said and self._patience.cancelled_caught:
            return 128 + signal.SIGKILL
        what = "the command's supervisor was killed" if "started" in said else "the command could not be started"
        raise IsolationError(f"{name}: {what}: {' '.join(stderr.split()[-60:]) or 'nothing says why'}")
