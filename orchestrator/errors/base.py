"""What all errors share, and the errors about what somebody has written."""

from collections.abc import Sequence
from dataclasses import dataclass


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


class MatrixError(InputError):
    """A matrix cannot be expanded.

    Attributes:
        location: of the fault inside the matrix: names of axes and keys, indexes of entries.
    """

    def __init__(self, location: Sequence[str | int], what: str, *, hint: str = "") -> None:
        path = "matrix" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
        super().__init__([Problem(what=what, path=path, hint=hint)])
        self.location, self.what, self.hint = tuple(location), what, hint


class OutputError(RungError):
    """Standard output takes no more, for a reason that a person has to hear (a full disk)."""
