"""Starts git, waits for it, and turns its failures into errors."""

import os
import shutil
import tempfile
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

import anyio
from anyio.abc import ByteReceiveStream, Process

from orchestrator.errors import GitVersionError, RepositoryError
from orchestrator.workspace.git.environment import (
    engine_environment,
    fetching_environment,
    settings_variables,
    user_environment,
)
from orchestrator.workspace.git.failures import failure
from orchestrator.workspace.git.place import Place
from orchestrator.workspace.git.version import check_version

_ONLY_ZERO = frozenset({0})


@dataclass(frozen=True, slots=True)
class Output:
    """How a call ended. Nothing is decoded: git's output holds file names and contents."""

    exit_code: int
    stdout: bytes
    stderr: bytes

    @property
    def line(self) -> str:
        """Standard output as one line of text, without its end."""
        return self.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")

    def fields(self) -> list[str]:
        """Standard output as NUL-terminated fields of text; empty where there is no output."""
        return self.stdout.decode("utf-8", "surrogateescape").split("\0")[:-1]


@dataclass(frozen=True, slots=True)
class Git:
    """A git that was found and is new enough. Calls are independent of each other and may overlap.

    Attributes:
        program: its absolute path.
        environ: the variables that environments are chosen from.
        handles: file descriptors that each call inherits, for a lock that must outlive the engine with the call.
        sealed: repository -> its configuration file as the engine wrote it; a call there is refused once it differs.
    """

    program: str
    environ: Mapping[str, str]
    handles: tuple[int, ...] = ()
    sealed: Mapping[Path, bytes] = field(default_factory=dict)

    @classmethod
    async def find(cls, environ: Mapping[str, str] | None = None) -> "Git":
        """Look for git on the ``PATH`` of ``environ`` (default: this process's) and check its version, once.

        Raises:
            GitVersionError: there is none, or it is too old.
        """
        variables = dict(os.environ if environ is None else environ)
        git = cls(_program(variables), variables)
        told = await git._start(("version",), "/", environment=engine_environment(variables))
        check_version(told.stdout.decode("utf-8", "replace"))
        return git

    def inheriting(self, *handles: int) -> "Git":
        """The same git, whose calls also inherit ``handles``."""
        return replace(self, handles=(*self.handles, *handles))

    def sealing(self, git_dir: Path, configuration: bytes) -> "Git":
        """The same git, which refuses to work in ``git_dir`` once its ``config`` is not ``configuration``."""
        return replace(self, sealed={**self.sealed, git_dir: configuration})

    async def run(
        self, args: Sequence[str], place: Place, *, stdin: bytes = b"", accept: Container[int] = _ONLY_ZERO
    ) -> Output:
        """Call git with ``args``, in the engine's own environment. A cancellation kills it.

        Raises:
            GitError: it ended with an exit code that ``accept`` does not hold.
            RepositoryError: somebody changed the configuration of a sealed repository.
        """
        self._check_seal(place)
        environment = engine_environment(self.environ) | settings_variables(place.settings) | place.variables()
        return await self._checked(args, place.folder, how=(environment, stdin, accept))

    async def finish(self, args: Sequence[str], place: Place, *, stdin: bytes = b"") -> Output:
        """As :meth:`run`, for calls that move references: a cancellation waits for their end, so no lock is left."""
        with anyio.CancelScope(shield=True):
            return await self.run(args, place, stdin=stdin)
        raise AssertionError("unreachable: a shielded scope is never cancelled from outside")

    async def ask(
        self, args: Sequence[str], folder: Path, *, git_dir: Path | None = None, accept: Container[int] = _ONLY_ZERO
    ) -> Output:
        """Call git with ``args`` in ``folder`` so that the user's own settings are read. Only for questions.

        Raises:
            GitError: as :meth:`run`.
        """
        environment = user_environment(self.environ) | settings_variables(())
        if git_dir:
            environment["GIT_DIR"] = str(git_dir)
        return await self._checked(args, folder, how=(environment, b"", accept))

    async def fetch(self, args: Sequence[str], git_dir: Path, *, stdin: bytes) -> Output:
        """Call git with ``args`` so that it may reach the user's own remote by the user's own means.

        Raises:
            GitError: as :meth:`run`.
        """
        environment = fetching_environment(self.environ) | {"GIT_DIR": str(git_dir)}
        return await self._checked(args, git_dir, how=(environment, stdin, _ONLY_ZERO))

    def _check_seal(self, place: Place) -> None:
        sealed = self.sealed.get(place.git_dir)
        if sealed is not None and _read(place.git_dir / "config") != sealed:
            what = f"{place.git_dir / 'config'} was changed by somebody else than the engine"
            raise RepositoryError(what, hint="do not trust this run's folder; start a new run")

    async def _checked(
        self, args: Sequence[str], folder: Path, *, how: tuple[Mapping[str, str], bytes, Container[int]]
    ) -> Output:
        environment, stdin, accept = how
        output = await self._start(args, str(folder), environment=environment, stdin=stdin)
        if output.exit_code not in accept:
            raise failure(("git", *args), output.exit_code, stderr=output.stderr)
        return output

    async def _start(
        self, args: Sequence[str], folder: str, *, environment: Mapping[str, str], stdin: bytes = b""
    ) -> Output:
        with _as_file(stdin) as source:
            # A cancellation in the middle of starting a process would leave one that nobody waits for.
            with anyio.CancelScope(shield=True):
                process = await anyio.open_process(
                    (self.program, *args), stdin=source, cwd=folder, env=environment, pass_fds=self.handles
                )
            async with process:
                return await _ended(process)


async def _ended(process: Process) -> Output:
    said: list[bytes] = [b"", b""]

    async def read(number: int, stream: ByteReceiveStream | None) -> None:
        if stream:
            said[number] = b"".join([chunk async for chunk in stream])

    async with anyio.create_task_group() as group:
        group.start_soon(read, 0, process.stdout)
        group.start_soon(read, 1, process.stderr)
        exit_code = await process.wait()
    return Output(exit_code, *said)


def _program(environ: Mapping[str, str]) -> str:
    program = shutil.which("git", path=environ.get("PATH"))
    if program is None:
        raise GitVersionError("git is not installed", hint="install git, or put it on the PATH")
    return str(Path(program).absolute())


def _as_file(data: bytes) -> IO[bytes]:
    """``data`` as an open file: unlike a pipe it does not break when git ends before it has read all."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the caller closes it
    file.write(data)
    file.seek(0)
    return file


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
