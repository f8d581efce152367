"""Errors of a run's store."""

from orchestrator.errors.base import RungError


class JournalError(RungError):
    """A run's journal, or the store beside it, cannot be read or written.

    Attributes:
        what: one sentence without a full stop.
        path: the file or folder that it is about.
        hint: what to do about it, or ``""``.
    """

    def __init__(self, what: str, *, path: str, hint: str = "") -> None:
        super().__init__(what)
        self.what, self.path, self.hint = what, path, hint

    def __str__(self) -> str:
        """``path: what (hint)``."""
        text = f"{self.path}: {self.what}"
        return f"{text} ({self.hint})" if self.hint else text


class JournalLockedError(JournalError):
    """Another engine works on the same run.

    Attributes:
        pid: its process id; 0 where it is not known.
        since: when it took the run, in seconds since the epoch; 0.0 where that is not known.
    """

    def __init__(self, what: str, *, path: str, hint: str = "", pid: int = 0, since: float = 0.0) -> None:
        super().__init__(what, path=path, hint=hint)
        self.pid, self.since = pid, since


class JournalMissingError(JournalError):
    """There is no such store."""

    exit_code = 2


class JournalForeignError(JournalError):
    """What is there is no store of ours, or belongs to another run."""

    exit_code = 2


class JournalVersionError(JournalError):
    """The store was written by a newer version than this one."""

    exit_code = 2


class JournalDamagedError(JournalError):
    """The store is cut off, or its contents are not what was written."""

    exit_code = 2
