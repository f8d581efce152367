"""Runs commands in the user's own directory, with nothing of them left behind."""

from orchestrator.domain.command import Command, CommandResult
from orchestrator.ports import LineSink
from orchestrator.sandbox.choice import default_launcher
from orchestrator.sandbox.execution import Execution, Order
from orchestrator.sandbox.launcher import Launcher
from orchestrator.sandbox.program import locate
from orchestrator.sandbox.request import check

__all__ = ["GRACE", "LocalRunner"]

GRACE = 5.0
"""Seconds that a command has to clean up between SIGTERM and SIGKILL."""


class LocalRunner:
    """The command runner for the user's own files: same directory, same user, the environment given.

    The command gets the whole of ``Command.env`` and nothing else, each signal at its default, no terminal,
    and a process group of its own. When its first process has ended, is cancelled or was silent for too
    long, everything that it started ends with it. One runner may run any number of commands at a time.

    Under bubblewrap, and for a plain user under unshare, a command cannot gain privileges: no ``sudo``. There
    a plain user's further groups still open files, but cannot be given to new ones.
    """

    def __init__(self, launcher: Launcher | None = None, *, grace: float = GRACE) -> None:
        self._chosen = launcher
        self._grace = grace

    @property
    def isolation(self) -> str:
        """The name of the launcher. With ``process-group`` the user should be warned.

        Where none was given the best that works is taken; the first use in a process tries them and
        blocks for some 20 ms.

        Raises:
            IsolationError: no launcher works.
        """
        return self._launcher.name

    @property
    def _launcher(self) -> Launcher:
        return self._chosen or default_launcher()

    async def run(self, command: Command, on_line: LineSink | None = None) -> CommandResult:
        """Run ``command``; see :meth:`orchestrator.ports.CommandRunner.run`.

        Lines are passed on as :class:`orchestrator.sandbox.lines.Lines` cuts them; the streams in the
        result are what :class:`orchestrator.sandbox.kept.Kept` kept. A file without a ``#!`` line that is
        no binary is run by ``/bin/sh``. On an idle timeout, too, SIGTERM comes first.

        Raises:
            InputError: the command cannot be given to a process (a NUL byte, no program).
            FileNotFoundError, PermissionError: as the port says; another ``OSError`` where the system refuses
                for another reason (too long an argument list, too many processes).
            IsolationError: the launcher or the supervisor failed, not the command.
        """
        check(command)
        program = locate(command)
        order = Order(command=command, program=program, launcher=self._launcher, grace=self._grace, on_line=on_line)
        return await Execution(order).run()
