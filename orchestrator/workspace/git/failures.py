"""What git's exit code and last words mean. Its words are read in English: it is started with ``LC_ALL=C``."""

import re
from collections.abc import Sequence

from orchestrator.errors import GitBusyError, GitError, RefMovedError

_LOCKED = re.compile(r"Unable to create '(?P<lock>[^\n]+\.lock)': File exists")
_MOVED = re.compile(
    r"cannot lock ref '(?P<ref>[^\n']+)': "
    r"(?:is at \w+ but expected|reference already exists|unable to resolve reference|reference is missing)"
)
_TAIL = 4_000


def failure(argv: Sequence[str], exit_code: int, *, stderr: bytes) -> GitError:
    """The error for a call that ended with an exit code that its caller does not expect."""
    text = stderr[-_TAIL:].decode("utf-8", "replace").strip()
    locked, moved = _LOCKED.search(text), _MOVED.search(text)
    if locked:
        return GitBusyError(argv, exit_code=exit_code, stderr=text, lock=locked["lock"])
    if moved:
        return RefMovedError(argv, exit_code=exit_code, stderr=text, ref=moved["ref"])
    return GitError(argv, exit_code=exit_code, stderr=text)
