"""What is noted on disk about results that came into the user's files: enough to finish one, or to take it back."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from orchestrator.domain.tree import TreeId
from orchestrator.errors import RepositoryError

Step: TypeAlias = tuple[TreeId, TreeId]
"""From a tree to a tree."""


@dataclass(frozen=True, slots=True)
class Moves:
    """The moves of one run.

    Attributes:
        done: in their order; taking one back removes it.
        under_way: the step that has begun and is not known to have ended.
    """

    done: tuple[Step, ...] = ()
    under_way: Step | None = None

    @property
    def takes_back(self) -> bool:
        """Whether the step under way takes back the last one that is done."""
        return bool(self.under_way and self.done and self.done[-1] == self.under_way[::-1])

    @property
    def undoing(self) -> Step | None:
        """The step that takes back the last move, finished or not; ``None`` where there is none."""
        if self.under_way:
            return self.under_way if self.takes_back else self.under_way[::-1]
        return self.done[-1][::-1] if self.done else None

    def begun(self, step: Step) -> "Moves":
        """What holds while ``step`` is made. One that reverses the step under way leaves that noted."""
        return self if self.under_way else Moves(self.done, step)

    def ended(self, step: Step) -> "Moves":
        """What holds when ``step`` has been made."""
        now = self.begun(step)
        if now.under_way != step:  # the step under way was turned back
            return Moves(self.done)
        return Moves(self.done[:-1]) if now.takes_back else Moves((*self.done, step))


def read_moves(path: Path) -> Moves:
    """What ``path`` says; nothing where it does not exist.

    Raises:
        RepositoryError: it does not say it in a way that can be understood.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        under_way = _step(told["under_way"]) if told["under_way"] else None
        return Moves(tuple(_step(pair) for pair in told["done"]), under_way)
    except FileNotFoundError:
        return Moves()
    except (ValueError, KeyError, TypeError) as error:
        raise RepositoryError(f"{path} is damaged", hint="compare your files with the run's backup") from error


def write_moves(path: Path, moves: Moves) -> None:
    """Put ``moves`` on disk: the old record or the new one is there at any moment.

    Raises:
        OSError: it cannot be written.
    """
    new = path.with_suffix(".new")
    with new.open("w", encoding="utf-8") as file:
        json.dump({"done": moves.done, "under_way": moves.under_way}, file)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _step(pair: list[str]) -> Step:
    source, target = pair
    return TreeId(source), TreeId(target)
