"""Every error that Rung raises on purpose.

::

    RungError                     exit 1   expected failures; one clear line, never a traceback
    ├── InputError                exit 2   bad files, bad usage: found before anything runs
    │   ├── WorkflowError                  a workflow file; carries every problem found in it
    │   ├── ConfigError                    a configuration file, variable or option
    │   └── ExpressionError                text inside ``${{ }}``; carries the offset
    ├── GraphError                exit 2   the graph itself: a cycle, an unknown id, a duplicate
    ├── IsolationError            exit 1   a command could not be isolated as asked
    └── MachineError              exit 70  a bug of ours: an illegal transition, told with the node's story

Errors carry data; their text is derived in ``__str__`` and says what happened and what to do.
"""

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = [
    "ConfigError",
    "ExpressionError",
    "GraphError",
    "InputError",
    "IsolationError",
    "MachineError",
    "Problem",
    "RungError",
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
        """The sentence, where it happened, and the hint."""
        text = f"{self.what} at column {self.offset + 1} of {self.text!r}"
        return f"{text} ({self.hint})" if self.hint else text


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
