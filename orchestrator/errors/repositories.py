"""Errors of git and of repositories."""

from collections.abc import Sequence

from orchestrator.errors.base import RungError


class GitVersionError(RungError):
    """There is no git, or one that is too old."""

    exit_code = 2

    def __init__(self, what: str, *, hint: str = "") -> None:
        super().__init__(what)
        self.what, self.hint = what, hint

    def __str__(self) -> str:
        """``what (hint)``."""
        return f"{self.what} ({self.hint})" if self.hint else self.what


class GitError(RungError):
    """A call of git failed.

    Attributes:
        argv: the call, ``git`` first. Paths and contents are given to git on its standard input, so never in here.
        git_exit_code: how it ended; negative for the signal that ended it.
        stderr: the end of what it wrote there.
    """

    def __init__(self, argv: Sequence[str], *, exit_code: int, stderr: str) -> None:
        super().__init__(*argv)
        self.argv: tuple[str, ...] = tuple(argv)
        self.git_exit_code, self.stderr = exit_code, stderr

    def __str__(self) -> str:
        """One line: the command's name, its end, and the first line of its last words that says something."""
        lines = [line for line in self.stderr.splitlines() if line.strip()]
        said = next((line for line in lines if line.startswith(("fatal:", "error:"))), "".join(lines[-1:]))
        name = next((word for word in self.argv[1:] if not word.startswith("-")), "")
        return f"git {name} failed (exit code {self.git_exit_code})" + (f": {said}" if said else "")


class GitBusyError(GitError):
    """Somebody else holds a lock of the repository, or left it behind. It is never removed by Rung.

    Attributes:
        lock: the lock file.
    """

    def __init__(self, argv: Sequence[str], *, exit_code: int, stderr: str, lock: str) -> None:
        super().__init__(argv, exit_code=exit_code, stderr=stderr)
        self.lock = lock

    def __str__(self) -> str:
        """The lock, and what to do about it."""
        return f"{self.lock} is held by another process (wait for it to end; if none runs, remove the file)"


class RefMovedError(GitError):
    """A reference is not what it was expected to be: somebody else moved, made or removed it.

    Attributes:
        ref: its full name.
    """

    def __init__(self, argv: Sequence[str], *, exit_code: int, stderr: str, ref: str) -> None:
        super().__init__(argv, exit_code=exit_code, stderr=stderr)
        self.ref = ref

    def __str__(self) -> str:
        """The reference."""
        return f"{self.ref} was moved, made or removed by somebody else; nothing was changed"


class RepositoryError(RungError):
    """A repository cannot be worked with as it is: the user's, or the one of the run."""

    exit_code = 2

    def __init__(self, what: str, *, hint: str = "") -> None:
        super().__init__(what)
        self.what, self.hint = what, hint

    def __str__(self) -> str:
        """``what (hint)``."""
        return f"{self.what} ({self.hint})" if self.hint else self.what


class UnsafeTreeError(RungError):
    """A tree holds what no result may hold.

    Attributes:
        faults: (path, what is wrong with it, one sentence) of each, in the order found; at least one.
    """

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__(*faults)
        self.faults: tuple[tuple[str, str], ...] = tuple(faults)

    def __str__(self) -> str:
        """One line for each path; names are escaped where they are not printable."""
        return "\n".join(f"{path if path.isprintable() else ascii(path)}: {what}" for path, what in self.faults)


class OverwriteError(RungError):
    """Files that should be changed are not what they were when the work began. None was touched.

    Attributes:
        paths: relative to the root of the user's tree, sorted; at least one.
    """

    def __init__(self, paths: Sequence[str]) -> None:
        super().__init__(*paths)
        self.paths: tuple[str, ...] = tuple(paths)

    def __str__(self) -> str:
        """The paths, and what to do about them."""
        shown, rest = self.paths[:10], len(self.paths[10:])
        named = ", ".join(path if path.isprintable() else ascii(path) for path in shown)
        return self._told(named + (f" and {rest} more" if rest else ""))

    def _told(self, named: str) -> str:
        return f"these files were changed meanwhile, so nothing was applied: {named} (commit or move them first)"


class UndoRefusedError(OverwriteError):
    """Files that hold an applied result were changed since, so it is not taken back. None was touched."""

    def _told(self, named: str) -> str:
        return f"these files were changed since, so nothing was taken back: {named} (bring them back as applied first)"
