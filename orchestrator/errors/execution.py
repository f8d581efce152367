"""Errors of running: the graph, commands, models, reports, and our own bugs."""

from collections.abc import Sequence

from orchestrator.errors.base import RungError


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


class SandboxUnavailableError(IsolationError):
    """The full sandbox cannot be had on this machine. Nothing was run instead.

    Attributes:
        why: one line without a full stop.
    """

    exit_code = 2

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:
        """The reason, and the two ways out."""
        return f"no sandbox can be had here: {self.why} (rung doctor says how to get it; --sandbox off runs without)"


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
