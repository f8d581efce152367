"""Every error that Rung raises on purpose.

::

    RungError                     exit 1   expected failures; one clear line, never a traceback
    ├── InputError                exit 2   bad files, bad usage: found before anything runs
    │   ├── WorkflowError                  a workflow file; carries every problem found in it
    │   └── ConfigError                    a configuration file, variable or option
    ├── ExpressionError           exit 2   text inside ``${{ }}``; carries the offset
    │   └── OperandError                   a value that an operation refuses; its caller adds the place
    ├── GraphError                exit 2   the graph itself: a cycle, an unknown id, a duplicate
    ├── IsolationError            exit 1   a command could not be isolated as asked
    ├── JournalError              exit 1   a store cannot be read or written: a full disk, an I/O error, no permission
    │   ├── JournalLockedError    exit 1   another engine works on the same run
    │   ├── JournalMissingError   exit 2   there is no such store
    │   ├── JournalForeignError   exit 2   the file is something else, or belongs to another run
    │   ├── JournalVersionError   exit 2   the file was written by a newer version
    │   └── JournalDamagedError   exit 2   the file is cut off or its contents have changed
    ├── ReportError               exit 1   a report file could not be written
    ├── ParseError                exit 1   a tool's output or report is not what its format says
    ├── EditError                 exit 1   a model's reply or a patch that is not applied; nothing was changed
    │   ├── ReplyError                     it holds no edit that can be read
    │   │   └── TruncatedReplyError        it was cut off
    │   ├── EditMissError                  an edit fits nowhere, or in several places; carries the nearest region
    │   ├── ElisionError                   it leaves code out
    │   ├── PathError                      a path or a file mode that is not permitted
    │   └── RejectedEditsError             several of these at once
    ├── GitVersionError       exit 2   there is no git, or one that is too old
    ├── GitError              exit 1   a call of git failed; carries its arguments, exit code and last words
    │   ├── GitBusyError               somebody else holds a lock of the repository; carries its path
    │   └── RefMovedError              a reference is not what it was expected to be
    ├── RepositoryError       exit 2   a repository, or the run's own, cannot be worked with as it is
    ├── UnsafeTreeError       exit 1   a tree holds what no result may hold; carries every path
    ├── OverwriteError        exit 1   files that should change were changed by somebody else; carries their paths
    ├── ModelError                exit 1   a model gave no answer; says whether another try may help
    └── MachineError              exit 70  a bug of ours: an illegal transition, told with the node's story

Errors carry data; their text is derived in ``__str__`` and says what happened and what to do.
"""

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = [
    "ConfigError",
    "EditError",
    "EditMissError",
    "ElisionError",
    "ExpressionError",
    "GitBusyError",
    "GitError",
    "GitVersionError",
    "GraphError",
    "InputError",
    "IsolationError",
    "JournalDamagedError",
    "JournalError",
    "JournalForeignError",
    "JournalLockedError",
    "JournalMissingError",
    "JournalVersionError",
    "MachineError",
    "ModelError",
    "OperandError",
    "OverwriteError",
    "PathError",
    "Problem",
    "RefMovedError",
    "RejectedEditsError",
    "ReplyError",
    "ReportError",
    "RepositoryError",
    "RungError",
    "TruncatedReplyError",
    "UnsafeTreeError",
    "WorkflowError",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with one input.

    Attributes:
        file: as the user named it; ``""`` where the input is no file.
        line: 1-based; 0 where no line can be named.
        path: where in the document, dotted (``nodes.build.needs``); ``""`` for the document itself.
        what: what is wrong, one sentence without a full stop.
        hint: what to do about it, or a near miss; ``""`` where nothing helps.
    """

    what: str
    file: str = ""
    line: int = 0
    path: str = ""
    hint: str = ""

    def __str__(self) -> str:
        """``file:line: path: what (hint)``, leaving out what is not known."""
        place = f"{self.file}:{self.line}" if self.file and self.line else self.file
        text = ": ".join(part for part in (place, self.path, self.what) if part)
        return f"{text} ({self.hint})" if self.hint else text


class RungError(Exception):
    """An expected failure: the front end prints ``str(error)`` and exits with ``exit_code``."""

    exit_code: int = 1


class InputError(RungError):
    """The input is unusable; nothing has run and nothing was written."""

    exit_code = 2

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(*problems)
        self.problems: tuple[Problem, ...] = tuple(problems)

    def __str__(self) -> str:
        """One line for each problem, in the order found."""
        return "\n".join(str(problem) for problem in self.problems)


class WorkflowError(InputError):
    """A workflow file cannot be used."""


class ConfigError(InputError):
    """A configuration value cannot be used."""


_EXCERPT = 100
"""Characters of an expression that an error quotes."""


class ExpressionError(RungError):
    """An expression does not parse, or cannot be evaluated.

    Attributes:
        text: the expression as written.
        offset: 0-based index into ``text`` of the offending token; ``len(text)`` at its end.
        what: one sentence without a full stop.
        hint: a near miss or a remedy, or ``""``.
    """

    exit_code = 2

    def __init__(self, what: str, *, text: str, offset: int = 0, hint: str = "") -> None:
        super().__init__(what)
        self.what, self.text, self.offset, self.hint = what, text, offset, hint

    def __str__(self) -> str:
        """The sentence, where it happened (of a long text the part around it), and the hint."""
        start = max(0, self.offset - _EXCERPT // 2) if len(self.text) > _EXCERPT else 0
        excerpt = self.text[start : start + _EXCERPT]
        text = f"{self.what} at column {self.offset + 1} of {excerpt!r}"
        return f"{text} ({self.hint})" if self.hint else text


class OperandError(ExpressionError):
    """An operation of the expression language refuses a value.

    Inside an expression it is raised again as an :class:`ExpressionError` that tells the place.
    """

    def __init__(self, what: str, *, hint: str = "") -> None:
        super().__init__(what, text="", hint=hint)

    def __str__(self) -> str:
        """The sentence and the hint; there is no place to tell."""
        return f"{self.what} ({self.hint})" if self.hint else self.what


class GraphError(RungError):
    """A set of nodes is no usable graph.

    Attributes:
        cycle: the ids along the cycle, first repeated last; empty when the fault is another one.
    """

    exit_code = 2

    def __init__(self, what: str, *, cycle: Sequence[str] = ()) -> None:
        super().__init__(what)
        self.what = what
        self.cycle: tuple[str, ...] = tuple(cycle)

    def __str__(self) -> str:
        """The sentence, with the cycle written as a path where there is one."""
        return f"{self.what}: {' -> '.join(self.cycle)}" if self.cycle else self.what


class IsolationError(RungError):
    """A command could not be started under the isolation that was asked for."""


class ParseError(RungError):
    """A tool's output or report file is no such thing as it was said to be.

    Attributes:
        what: one sentence without a full stop.
        of: the format that was expected, as the table of parsers names it.
        line: 1-based line in the output; 0 where no line can be named.
    """

    def __init__(self, what: str, *, of: str, line: int = 0) -> None:
        super().__init__(what)
        self.what, self.of, self.line = what, of, line

    def __str__(self) -> str:
        """``no output of FORMAT: what (line n)``."""
        return f"no output of {self.of}: {self.what}" + (f" (line {self.line})" if self.line else "")


class EditError(RungError):
    """An edit is refused: of its reply or patch nothing is applied. ``str(error)`` is fit for feedback to a model.

    Attributes:
        what: one sentence without a full stop.
        path: the file concerned, as the reply names it; ``""`` where none is named.
        line: 1-based line in the reply; 0 where no line can be named.
        hint: what to send instead, or ``""``.
    """

    def __init__(self, what: str, *, path: str = "", line: int = 0, hint: str = "") -> None:
        super().__init__(what)
        self.what, self.path, self.line, self.hint = what, path, line, hint

    @property
    def faults(self) -> "tuple[EditError, ...]":
        """Every single fault, in the reply's order; of a single fault, itself."""
        return (self,)

    def __str__(self) -> str:
        """``path: what (line n of the reply): hint``, leaving out what is not known."""
        place = f" (line {self.line} of the reply)" if self.line else ""
        path = f"{self.path!r}: " if not self.path.isprintable() else f"{self.path}: " if self.path else ""
        return f"{path}{self.what}{place}" + (f"; {self.hint}" if self.hint else "")


class ReplyError(EditError):
    """A reply holds no edit that can be read, or one that contradicts itself."""


class TruncatedReplyError(ReplyError):
    """A reply ends inside a fence, a block or a hunk."""


class EditMissError(EditError):
    """An edit fits nowhere in its file, or in more places than one.

    Attributes:
        region: the lines of the file that come nearest, without line ends; empty where none comes near.
        region_line: 1-based number of the first of them; 0 where there is none.
    """

    region: tuple[str, ...] = ()
    region_line: int = 0

    def nearest(self, region: Sequence[str], line: int) -> "EditMissError":
        """Itself, with the nearest region noted."""
        self.region, self.region_line = tuple(region), line if region else 0
        return self

    def __str__(self) -> str:
        """The sentence, then the region with line numbers, one line each."""
        head = super().__str__()
        if not self.region:
            return head
        numbered = (f"{number:>6} | {text}" for number, text in enumerate(self.region, self.region_line))
        return "\n".join((f"{head}; nearest in the file:", *numbered))


class ElisionError(EditError):
    """An edit leaves code out that it would have to carry."""


class PathError(EditError):
    """An edit names a path or a file mode that it may not touch."""


class RejectedEditsError(EditError):
    """A reply with more than one fault."""

    def __init__(self, faults: Sequence[EditError]) -> None:
        super().__init__(f"{len(faults)} faults")
        self._faults: tuple[EditError, ...] = tuple(faults)

    @property
    def faults(self) -> tuple[EditError, ...]:
        """At least two, in the reply's order."""
        return self._faults

    def __str__(self) -> str:
        """One paragraph for each fault."""
        return "\n".join(str(fault) for fault in self._faults)


class ReportError(RungError):
    """Report files could not be written; the run itself is not touched by it.

    Attributes:
        failed: (file as the workflow names it, why) of each, in the workflow's order.
    """

    def __init__(self, failed: Sequence[tuple[str, str]]) -> None:
        super().__init__(*failed)
        self.failed: tuple[tuple[str, str], ...] = tuple(failed)

    def __str__(self) -> str:
        """One line for each file."""
        return "\n".join(f"cannot write the report {file!r}: {why}" for file, why in self.failed)


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
        more = f" and {rest} more" if rest else ""
        return f"these files were changed meanwhile, so nothing was applied: {named}{more} (commit or move them first)"


class ModelError(RungError):
    """A model gave no answer.

    Attributes:
        model: its name in the configuration.
        may_recover: whether the same question may be answered later.
    """

    def __init__(self, model: str, what: str, *, may_recover: bool) -> None:
        super().__init__(what)
        self.model, self.what, self.may_recover = model, what, may_recover

    def __str__(self) -> str:
        """The model, then what happened."""
        return f"model {self.model}: {self.what}"


class MachineError(RungError):
    """The executor was driven into a transition that its table does not hold: a bug, never an input.

    Attributes:
        story: the node's transitions so far, oldest first.
    """

    exit_code = 70

    def __init__(self, what: str, *, story: Sequence[str] = ()) -> None:
        super().__init__(what)
        self.what = what
        self.story: tuple[str, ...] = tuple(story)

    def __str__(self) -> str:
        """The illegal move, then the story."""
        return f"{self.what}; story: {', '.join(self.story) or 'none'}"
