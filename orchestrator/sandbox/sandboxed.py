"""Runs commands in the full sandbox, or not at all."""

from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import replace

import anyio

from orchestrator.domain.command import Command, CommandResult
from orchestrator.domain.sandbox import SandboxPolicy, SandboxRecord
from orchestrator.errors import IsolationError
from orchestrator.ports import LineSink
from orchestrator.sandbox.environment import environment
from orchestrator.sandbox.execution import Execution, Order
from orchestrator.sandbox.full import FullSandbox
from orchestrator.sandbox.layers import private_copies
from orchestrator.sandbox.means import Means, Prepared, find_means
from orchestrator.sandbox.policycheck import check_policy
from orchestrator.sandbox.redact import Redactor
from orchestrator.sandbox.request import check
from orchestrator.sandbox.runner import GRACE
from orchestrator.sandbox.treewatch import TreeWatch

__all__ = ["SandboxRunner"]


class SandboxRunner:
    """The command runner for code that nobody has to trust: what it sees, uses up and reaches is its policy's.

    A command's directory and program are those inside. Of its environment only what the policy names gets in.
    Secrets in its output are replaced, in the lines that are passed on as in the result. Where a limit ended it,
    the last line of its standard error says so. One runner may run any number of commands at a time; those that
    write to the same tree see each other's files there, and nothing else of each other. With mounts below the
    tree they must take turns there, because what one puts in the way of a mount the next one's launcher follows.
    """

    def __init__(self, policy: SandboxPolicy, *, redactor: Redactor | None = None, grace: float = GRACE) -> None:
        """Check ``policy``.

        Raises:
            InputError: it is faulty; every fault is named.
        """
        check_policy(policy)
        self._policy = policy
        self._redactor = redactor or Redactor()
        self._grace = grace
        self._found: Means | None = None

    @property
    def isolation(self) -> str:
        """Always ``sandbox``."""
        return FullSandbox.name

    @property
    def record(self) -> SandboxRecord:
        """What the sandbox is. The first use tries it out and blocks for some 50 ms.

        Raises:
            SandboxUnavailableError: it cannot be had here; nothing weaker is taken instead.
        """
        return self._means.record

    @property
    def _means(self) -> Means:
        if self._found is None:
            self._found = find_means(self._policy)
        return self._found

    async def run(self, command: Command, on_line: LineSink | None = None) -> CommandResult:
        """Run ``command``; see :meth:`orchestrator.ports.CommandRunner.run`.

        Raises:
            InputError: the command cannot be given to a process (a NUL byte, no program); or the tree now holds a
                symbolic link where something is to be mounted.
            FileNotFoundError, PermissionError: as the port says; another ``OSError`` where the system refuses
                for another reason (too long an argument list, no room for a private copy).
            SandboxUnavailableError: the sandbox cannot be had here.
            IsolationError: the launcher or the supervisor failed, not the command.
        """
        check(command)
        check_policy(self._policy)  # an earlier command may have put a link into the tree
        means = self._means
        policy = replace(self._policy, env=(*self._policy.env, *command.own))
        command = replace(command, env=environment(policy, command.env, redactor=self._redactor))
        async with AsyncExitStack() as stack:
            copies = await stack.enter_async_context(private_copies(means.copied))
            prepared = stack.enter_context(means.prepare(dict(copies)))
            order = Order(
                command=command,
                program=command.argv[0],
                launcher=prepared.launcher,
                grace=self._grace,
                on_line=self._cleaned(on_line) if on_line else None,
                fds=prepared.fds,
            )
            try:
                return await self._watched(Execution(order), prepared)
            except IsolationError as error:
                raise IsolationError(self._redactor.text(str(error))) from None
            except OSError as error:
                shown = self._redactor.text(str(error.filename))
                raise type(error)(error.errno, error.strerror, shown) from None

    async def _watched(self, execution: Execution, prepared: Prepared) -> CommandResult:
        watches = self._watches()
        try:
            async with anyio.create_task_group() as tasks:
                for watch in watches:
                    tasks.start_soon(watch.watch, execution.stop)
                result = await execution.run()
                tasks.cancel_scope.cancel()
        except ExceptionGroup as group:
            raise group.exceptions[0] from group
        counted = (self._means.holding.watched[place] for place in execution.exceeded)
        seen = (watch.exceeded for watch in watches if watch.exceeded)
        return self._told(result, dict.fromkeys((*counted, *seen, *prepared.group.exceeded())))

    def _watches(self) -> list[TreeWatch]:
        limits = self._policy.limits
        uppers = (overlay.kept for overlay in self._policy.overlays)
        folders = filter(None, (self._policy.tree, *uppers))
        return [TreeWatch(folder, size=limits.tree_mb << 20, entries=limits.tree_files) for folder in folders]

    def _told(self, result: CommandResult, exceeded: Iterable[str]) -> CommandResult:
        said = "".join(f"[limit reached: {name} = {getattr(self._policy.limits, name)}]\n" for name in exceeded)
        newline = "\n" if said and result.stderr and not result.stderr.endswith("\n") else ""
        clean = self._redactor.text
        return replace(result, stdout=clean(result.stdout), stderr=f"{clean(result.stderr)}{newline}{said}")

    def _cleaned(self, on_line: LineSink) -> LineSink:
        def pass_on(name: str, line: str) -> None:
            on_line(name, self._redactor.text(line))

        return pass_on
