"""A command to run, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A process to start. No shell is involved unless ``argv`` names one.

    Attributes:
        argv: program and arguments; the program is found on the ``PATH`` of ``env``.
        cwd: absolute working directory; it must exist.
        env: the whole environment of the process: nothing is inherited.
        stdin: bytes on its standard input; empty means end of file at once.
        idle_timeout: seconds without a byte of output after which it is stopped; 0 means none.
        own: names of variables in ``env`` that are meant for it, and not inherited: they reach it however it is
            confined, unless they look like secrets.
        reads: absolute paths of files and folders, outside of ``cwd``, that it needs, however it is confined.
        writes: the same for files that it changes; they exist already.
        keep_bytes: of each stream at most this many are kept, the first half and the last half.
    """

    argv: tuple[str, ...]
    cwd: str
    env: Mapping[str, str] = field(default_factory=dict)
    stdin: bytes = b""
    idle_timeout: float = 0.0
    keep_bytes: int = 1_000_000
    own: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandResult:
    """What a process left behind. It has ended, and so has everything that it started.

    Attributes:
        exit_code: as a shell counts: 128 + signal where a signal ended it.
        stdout, stderr: decoded as UTF-8 with replacement; terminal escapes and control characters removed.
        dropped_bytes: of both streams together, cut out of the middle because of ``keep_bytes``.
        idle: whether the idle timeout stopped it.
        seconds: wall clock.
    """

    exit_code: int
    stdout: str = ""
    stderr: str = ""
    dropped_bytes: int = 0
    idle: bool = False
    seconds: float = 0.0
