"""Where a job is done: a copy of the tree, and its tools."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from orchestrator.domain.diagnosis import ToolRun
from orchestrator.domain.fixing import FixStep
from orchestrator.domain.intent import IntentOrder
from orchestrator.errors import EditError
from orchestrator.fixers.bench import Probe


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a job comes to.

    Attributes:
        changes: file below the repository's root -> its whole new text; what stays the same is left out.
        steps: what was done.
        undone: what was left as it is, with the reason.
    """

    changes: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[FixStep, ...] = ()
    undone: tuple[str, ...] = ()


class Workshop(Protocol):
    """A copy of one tree, which is thrown away. Names of files count from the repository's root."""

    @property
    def texts(self) -> Mapping[str, str]:
        """The files that the job may change, as they were at first."""
        ...

    @property
    def below(self) -> str:
        """The folder that the job is about; ``""`` for the repository's root."""
        ...

    @property
    def has_network(self) -> bool:
        """Whether a tool that is run with ``is_setup`` may reach the network."""
        ...

    def matching(self, globs: Sequence[str]) -> tuple[str, ...]:
        """The names in ``texts`` that one of ``globs`` fits."""
        ...

    async def run(self, probe: Probe, *, folder: str = "", is_setup: bool = False) -> ToolRun:
        """What the tool prints, run in ``folder``; the project's own one goes before that of the machine.

        Raises:
            FileNotFoundError: there is none.
        """
        ...

    def now(self, names: Iterable[str]) -> Mapping[str, str]:
        """Those of ``names`` that are text files, as the tools have left them."""
        ...


class Workshops(Protocol):
    """Opens workshops."""

    def workshop(self, order: IntentOrder) -> AbstractAsyncContextManager[Workshop]:
        """One for ``order``, with the files of its base that it may change."""
        ...


async def asked(shop: Workshop, probe: Probe, *, folder: str = "", is_setup: bool = False) -> ToolRun:
    """As :meth:`Workshop.run`.

    Raises:
        EditError: the tool is missing; its text names it.
    """
    try:
        return await shop.run(probe, folder=folder, is_setup=is_setup)
    except FileNotFoundError as error:
        raise EditError(f"{probe.argv[0].rpartition('/')[2]} is missing", hint="install it, then try again") from error


def last_line(run: ToolRun) -> str:
    """The last line that a tool has printed, which is where most say what went wrong; ``""`` without one."""
    lines = [line.strip() for line in run.text.splitlines() if line.strip()]
    return lines[-1] if lines else ""
