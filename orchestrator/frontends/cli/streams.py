"""The standard streams, in any state that a caller may leave them in: closed, full, without a reader."""

import os
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

from orchestrator.errors import InputError, OutputError, Problem
from orchestrator.frontends.cli.folders import write_new

_STANDARD = (0, 1, 2)
_STEERING = frozenset({"Cc", "Cf"})


def open_standard_streams() -> None:
    """Put the null device where a standard stream is closed, for the system and for Python.

    Otherwise the next file that is opened gets its number, and whatever prints would write into that file.
    """
    for number in _STANDARD:
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
    # Kept open to the very end of the process, as the streams that they stand for would be.
    sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115 - see above
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - see above
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - see above


def write_document(text: str) -> None:
    """Write what a program reads to standard output: UTF-8 whatever the locale; what UTF-8 cannot hold is spelled out.

    Raises:
        BrokenPipeError: nobody reads any more.
        OutputError: it cannot be written.
    """
    _guarded(lambda: _put(text, "utf-8"))


def write_bytes(content: bytes) -> None:
    """Write bytes to standard output as they are.

    Raises:
        BrokenPipeError: nobody reads any more.
        OutputError: it cannot be written.
    """
    _guarded(lambda: _put_bytes(content))


def write_text(text: str, *, styled: bool = False) -> None:
    """Write what a person reads to standard output, in its encoding; what that cannot hold is spelled out.

    Args:
        text: lines, each with its end.
        styled: it has been made safe for a terminal and holds colours; else nothing in it can steer the terminal.

    Raises:
        BrokenPipeError: nobody reads any more.
        OutputError: it cannot be written.
    """
    shown = text if styled else "\n".join(map(harmless, text.split("\n")))
    _guarded(lambda: _put(shown, sys.stdout.encoding or "utf-8"))


def write_file(name: str, text: str) -> None:
    """Write ``text`` as UTF-8 to the file ``name``, replacing what it held; a new file is readable for its owner.

    Raises:
        InputError: it cannot be written there.
    """
    try:
        content = text.encode("utf-8", "backslashreplace")
        try:
            write_new(Path(name), content)
        except FileExistsError:
            Path(name).write_bytes(content)
    except OSError as error:
        raise InputError([Problem(file=name, what=f"it cannot be written: {error.strerror}")]) from None


def tell(line: str) -> None:
    """One line on standard error, after ``rung: ``; nothing in it can steer the terminal."""
    try:
        sys.stderr.write(f"rung: {harmless(line)}\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        return  # nobody hears (ValueError: it was closed); the exit code still tells


def harmless(line: str) -> str:
    """``line`` with U+FFFD for each control and formatting character."""
    return "".join("\ufffd" if unicodedata.category(char) in _STEERING else char for char in line)


def flush_output() -> None:
    """Write out what is buffered, so that a failure is told here and not after the end.

    Raises:
        BrokenPipeError: nobody reads any more.
        OutputError: it cannot be written.
    """
    _guarded(sys.stdout.flush)


def discard_output() -> None:
    """From now on standard output goes nowhere: the interpreter's own last flush must not fail again."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)


def _put(text: str, encoding: str) -> None:
    _put_bytes(text.encode(encoding, "backslashreplace"))


def _put_bytes(content: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def _guarded(action: Callable[[], object]) -> None:
    try:
        action()
    except BrokenPipeError:
        discard_output()
        raise
    except OSError as error:
        discard_output()
        raise OutputError(f"standard output cannot be written: {error.strerror}") from None
