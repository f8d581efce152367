"""The text of a workflow file, read so that no file can hurt: only regular files, only small ones, only UTF-8."""

import errno
import os
import stat
from pathlib import Path
from typing import NoReturn

from orchestrator.errors import Problem, WorkflowError
from orchestrator.workflow.diagnostics import closest

MAX_BYTES = 1_000_000
"""Size of the largest file that is read."""

_BOM = b"\xef\xbb\xbf"
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")


def read(path: Path, *, name: str = "") -> str:
    """The text of the file at ``path``, called ``name`` (default: as ``path`` is written) in messages.

    A file that is no regular one (a directory, a pipe, a device) or too large is refused unread.

    Raises:
        WorkflowError: it cannot be read, or is no text in UTF-8.
    """
    name = name or str(path)
    try:
        content = _read_bytes(path, name)
    except (OSError, ValueError) as error:
        _refuse(name, _reason(error), hint=_neighbour(path) if isinstance(error, FileNotFoundError) else "")
    return decode(content, name)


def decode(content: bytes, name: str) -> str:
    """The text of ``content``: UTF-8, with or without a byte order mark.

    Raises:
        WorkflowError: too large, binary, or in another encoding.
    """
    if len(content) > MAX_BYTES:
        _refuse(name, _too_large(len(content)))
    if content.startswith(_WIDE_BOMS):
        _refuse(name, "the file is encoded in UTF-16", line=1, hint="save it as UTF-8")
    if b"\0" in content:
        line = content.count(b"\n", 0, content.index(b"\0")) + 1
        _refuse(name, "the file is binary (it holds a NUL byte)", line=line)
    try:
        return content.removeprefix(_BOM).decode()
    except UnicodeDecodeError as error:
        start = error.start + (len(_BOM) if content.startswith(_BOM) else 0)
        _refuse(name, "the file is not UTF-8", line=content.count(b"\n", 0, start) + 1, hint="save it as UTF-8")


def _read_bytes(path: Path, name: str) -> bytes:
    _check_kind(os.stat(path), name)  # noqa: PTH116 -- before opening: to open a pipe or a device may block or act
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        _check_kind(os.fstat(descriptor), name)
        return file.read(MAX_BYTES + 1)


def _check_kind(status: os.stat_result, name: str) -> None:
    if stat.S_ISDIR(status.st_mode):
        _refuse(name, "this is a directory, not a workflow file")
    if not stat.S_ISREG(status.st_mode):
        _refuse(name, "this is not a regular file")
    if status.st_size > MAX_BYTES:
        _refuse(name, _too_large(status.st_size))


def _too_large(size: int) -> str:
    return f"the file has {size:,} bytes, a workflow has at most {MAX_BYTES:,}"


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, OSError) and error.errno == errno.EACCES:
        return "the file may not be read (permission denied)"
    return f"the file cannot be read: {error.strerror if isinstance(error, OSError) else error}"


def _neighbour(path: Path) -> str:
    try:
        near = closest(path.name, os.listdir(path.parent))  # noqa: PTH208 -- names are wanted, not paths
    except OSError:
        return "its folder does not exist either"
    return f"did you mean {str(path.with_name(near))!r}?" if near else ""


def _refuse(name: str, what: str, *, line: int = 0, hint: str = "") -> NoReturn:
    raise WorkflowError([Problem(what=what, file=name, line=line, hint=hint)])
