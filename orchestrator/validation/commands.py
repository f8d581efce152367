"""Checks that are scripts: the exit code decides, and what was printed last is the finding."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import anyio

from orchestrator.domain.command import Command, CommandResult
from orchestrator.domain.finding import FailureClass, Finding
from orchestrator.domain.shell import shell_argv
from orchestrator.domain.verdict import Evidence, Verdict, VerdictStatus
from orchestrator.errors import IsolationError
from orchestrator.ports import Check, CommandRunner

_DETAIL_LINES = 40


class CommandValidator:
    """Implements :class:`orchestrator.ports.Validator` by exit codes alone.

    Args:
        runner: runs the scripts.
        env: their environment.
        scripts: the folder to put them in; ``None`` for the system's own for temporary files.
    """

    def __init__(self, runner: CommandRunner, env: Mapping[str, str], *, scripts: str | None = None) -> None:
        self._runner = runner
        self._env = env
        self._scripts = scripts

    async def judge(self, folder: str, checks: Sequence[Check]) -> Verdict:
        """See the port."""
        seconds = 0.0
        for check in checks:
            verdict = await self._one(folder, check)
            seconds += verdict.seconds
            if verdict.status != VerdictStatus.PASSED:
                return verdict
        if not checks:
            return Verdict(status=VerdictStatus.EMPTY)
        return Verdict(status=VerdictStatus.PASSED, evidence=Evidence.EXIT_CODE, score=1.0, seconds=seconds)

    async def _one(self, folder: str, check: Check) -> Verdict:
        with _script(check.script, self._scripts) as script:
            command = Command(argv=shell_argv(check.shell, script), cwd=folder, env=self._env, reads=(script,))
            result: CommandResult | None = None
            try:
                with anyio.move_on_after(check.timeout or None):
                    result = await self._runner.run(command)
            except (OSError, IsolationError) as error:
                return Verdict(status=VerdictStatus.TOOL_ERROR, findings=[_broken(check, str(error))])
        if result is None:
            return _failed(check, f"{check.name}: no end within {check.timeout:g} s", kind=FailureClass.TIMEOUT)
        if result.exit_code:
            what = f"{check.name}: exit code {result.exit_code}"
            return _failed(check, what, kind=FailureClass.UNKNOWN, result=result)
        return Verdict(status=VerdictStatus.PASSED, evidence=Evidence.EXIT_CODE, score=1.0, seconds=result.seconds)


@contextmanager
def _script(text: str, place: str | None) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="rung-check-", dir=place) as folder:
        path = Path(folder, "script")
        path.write_text(text, encoding="utf-8")
        yield str(path)


def _failed(check: Check, what: str, *, kind: FailureClass, result: CommandResult | None = None) -> Verdict:
    lines = f"{result.stdout}\n{result.stderr}".splitlines() if result else []
    detail = "\n".join([line for line in lines if line.strip()][-_DETAIL_LINES:])
    finding = Finding(tool=check.name, message=what, failure_class=kind, detail=detail)
    return Verdict(
        status=VerdictStatus.FAILED,
        evidence=Evidence.EXIT_CODE,
        findings=[finding],
        seconds=result.seconds if result else check.timeout,
    )


def _broken(check: Check, why: str) -> Finding:
    return Finding(tool=check.name, message=f"{check.name} cannot be run: {why}")
