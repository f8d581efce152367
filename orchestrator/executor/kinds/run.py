"""``run``: a command line in a shell, in the user's directory or in a copy of the project."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestrator.domain.command import Command, CommandResult
from orchestrator.domain.jsonvalue import JsonObject, JsonValue
from orchestrator.domain.outcome import Failed, Outcome, Succeeded
from orchestrator.domain.retry import FailureKind
from orchestrator.domain.shell import shell_argv
from orchestrator.errors import InputError, IsolationError
from orchestrator.executor.kinds.cached import entry_of
from orchestrator.executor.kinds.outputfile import OutputFileError, read_outputs
from orchestrator.expressions import to_text
from orchestrator.task import Task

_DETAIL_LINES = 20


@dataclass(frozen=True, slots=True)
class _Files:
    script: Path
    output: Path


async def perform_run(task: Task) -> Outcome:
    """Run the script; the exit code decides."""
    async with task.services.workplace() as folder:
        return await _perform_in(folder, task)


async def _perform_in(folder: str, task: Task) -> Outcome:
    files = _prepare(task)
    variables = _variables(task, files.output)
    command = Command(
        argv=shell_argv(str(task.spec.body["shell"]), str(files.script)),
        cwd=_directory(folder, task),
        env={**task.services.env, **variables},
        idle_timeout=task.spec.idle_timeout,
        own=tuple(variables),
        reads=(str(files.script),),
        writes=(str(files.output),),
    )
    entry = await entry_of(task, command, folder=folder)
    if entry and (stored := await entry.find()):
        return stored
    outcome = await _run(task, command, files=files)
    if entry and isinstance(outcome, Succeeded):
        await entry.put(outcome.outputs)
    return outcome


async def _run(task: Task, command: Command, *, files: _Files) -> Outcome:
    on_line = task.services.on_line
    node = task.spec.id
    await task.services.durable()  # that it is in flight: a command may change the user's files
    try:
        result = await task.services.runner.run(command, lambda stream, line: on_line(node, stream, line))
    except (OSError, InputError, IsolationError) as error:
        return Failed(_cannot_start(command, error), FailureKind.ERROR)
    return _outcome(task, result, output=files.output)


def _cannot_start(command: Command, error: Exception) -> str:
    named = getattr(error, "filename", None) or command.argv[0]
    why = getattr(error, "strerror", None) or str(error)
    return f"cannot run {named}: {why}"


def _prepare(task: Task) -> _Files:
    stem = f"{hashlib.sha256(task.spec.id.encode()).hexdigest()[:32]}-{task.attempt}"
    scratch = Path(task.services.scratch)
    files = _Files(scratch / f"{stem}.script", scratch / f"{stem}.output")
    _write(files.script, str(task.spec.body["script"]))
    _write(files.output, "")
    return files


def _write(path: Path, text: str) -> None:
    """Make ``path`` readable and writable for its owner alone, whatever the umask."""
    with path.open("w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(text)


def _directory(folder: str, task: Task) -> str:
    inside = to_text(task.text(str(task.spec.body.get("working_directory") or "")))
    return str(Path(folder, inside))


def _variables(task: Task, output: Path) -> dict[str, str]:
    """Those that the workflow sets, and ours."""
    shared = task.scope({}).contexts["env"]
    assert isinstance(shared, Mapping), "the engine evaluates it when the run starts"
    own = {name: to_text(task.text(template)) for name, template in task.spec.env.items()}
    named = {"RUNG_OUTPUT": str(output), "RUNG_NODE": task.spec.id, "RUNG_ATTEMPT": str(task.attempt)}
    return {**{name: to_text(value) for name, value in shared.items()}, **own, **named}


def _outcome(task: Task, result: CommandResult, *, output: Path) -> Outcome:
    try:
        written = read_outputs(output)
    except OutputFileError as error:
        return Failed(f"RUNG_OUTPUT: {error}", FailureKind.FORMAT)
    outputs = {**written, **task.outputs({"run": {**_run_context(task), **_result_context(result)}})}
    if result.idle:
        reason = f"no output for {task.spec.idle_timeout:g} s"
        return Failed(reason, FailureKind.TIMEOUT, outputs, _last_lines(result))
    if result.exit_code:
        return Failed(f"exit code {result.exit_code}", FailureKind.VALIDATION, outputs, _last_lines(result))
    return Succeeded(outputs)


def _run_context(task: Task) -> JsonObject:
    run = task.scope({}).contexts["run"]
    assert isinstance(run, Mapping), "the engine provides it"
    return run


def _result_context(result: CommandResult) -> dict[str, JsonValue]:
    return {
        "exit-code": result.exit_code,
        "stdout": result.stdout.rstrip("\n"),
        "stderr": result.stderr.rstrip("\n"),
        "seconds": round(result.seconds, 3),
    }


def _last_lines(result: CommandResult) -> str:
    text = result.stderr if result.stderr.strip() else result.stdout
    return "\n".join(text.rstrip("\n").splitlines()[-_DETAIL_LINES:])
