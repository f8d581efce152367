"""Every error that Rung raises on purpose.

::

    RungError                     exit 1   expected failures; one clear line, never a traceback
    ├── InputError                exit 2   bad files, bad usage: found before anything runs
    │   ├── WorkflowError                  a workflow file; carries every problem found in it
    │   ├── ConfigError                    a configuration file, variable or option
    │   └── MatrixError                    a matrix that cannot be expanded
    ├── OutputError               exit 1   standard output takes no more
    ├── ExpressionError           exit 2   text inside ``${{ }}``; carries the offset
    │   └── OperandError                   a value that an operation refuses; its caller adds the place
    ├── GraphError                exit 2   the graph itself: a cycle, an unknown id, a duplicate
    ├── IsolationError            exit 1   a command could not be isolated as asked
    │   └── SandboxUnavailableError  exit 2   the full sandbox cannot be had here; says why, and what to do
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
    │   └── UndoRefusedError           the same, when an applied result should be taken back
    ├── ModelError                exit 1   a model gave no answer; says whether another try may help
    └── MachineError              exit 70  a bug of ours: an illegal transition, told with the node's story

Errors carry data; their text is derived in ``__str__`` and says what happened and what to do.
"""

from orchestrator.errors.base import (
    ConfigError,
    InputError,
    MatrixError,
    OutputError,
    Problem,
    RungError,
    WorkflowError,
)
from orchestrator.errors.edits import (
    EditError,
    EditMissError,
    ElisionError,
    PathError,
    RejectedEditsError,
    ReplyError,
    TruncatedReplyError,
)
from orchestrator.errors.execution import (
    GraphError,
    IsolationError,
    MachineError,
    ModelError,
    ParseError,
    ReportError,
    SandboxUnavailableError,
)
from orchestrator.errors.expressions import (
    ExpressionError,
    OperandError,
)
from orchestrator.errors.journal import (
    JournalDamagedError,
    JournalError,
    JournalForeignError,
    JournalLockedError,
    JournalMissingError,
    JournalVersionError,
)
from orchestrator.errors.repositories import (
    GitBusyError,
    GitError,
    GitVersionError,
    OverwriteError,
    RefMovedError,
    RepositoryError,
    UndoRefusedError,
    UnsafeTreeError,
)

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
    "MatrixError",
    "ModelError",
    "OperandError",
    "OutputError",
    "OverwriteError",
    "ParseError",
    "PathError",
    "Problem",
    "RefMovedError",
    "RejectedEditsError",
    "ReplyError",
    "ReportError",
    "RepositoryError",
    "RungError",
    "SandboxUnavailableError",
    "TruncatedReplyError",
    "UndoRefusedError",
    "UnsafeTreeError",
    "WorkflowError",
]
