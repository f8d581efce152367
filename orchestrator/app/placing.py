"""Runs commands where their candidate lies: in the sandbox over a warm base, or without one in a copy."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import anyio
import anyio.to_thread

from orchestrator.app.capping import run_capped
from orchestrator.app.confinement import Confinement
from orchestrator.domain.command import Command, CommandResult
from orchestrator.domain.sandbox import Bind, Network, Overlay
from orchestrator.errors import IsolationError
from orchestrator.ports import CommandRunner, LineSink
from orchestrator.sandbox import SandboxRunner
from orchestrator.sandbox.layers import fault_of_overlays
from orchestrator.workspace.repository import RunRepository
from orchestrator.workspace.warm import Place, Places, Shelf, Terms, WarmUp, open_places

_MAX_AGE = 14 * 86_400.0
"""Seconds after which a warm base that nobody used is removed."""
_MAX_SIZE = 20 << 30
"""Bytes of warm bases that one project keeps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """Where code of one run lies, and what runs it there.

    Attributes:
        runner: for commands in an open place of ``places``; it runs nothing anywhere else.
        set_up: the same for the set-up of dependencies, which may have a network.
    """

    places: Places
    runner: CommandRunner
    set_up: CommandRunner


class PlacedRunner:
    """Implements :class:`orchestrator.ports.CommandRunner` for commands whose directory is in a place.

    Args:
        places: those that are open.
        confinement: what holds the commands.
        network: what they may reach, in a sandbox.
    """

    def __init__(self, places: Places, confinement: Confinement, *, network: Network = "none") -> None:
        self._places = places
        self._confinement = confinement
        self._network = network

    @property
    def isolation(self) -> str:
        """See the port."""
        return self._confinement.isolation

    async def run(self, command: Command, on_line: LineSink | None = None) -> CommandResult:
        """See the port; a command that takes too long is ended, see :func:`run_capped`.

        Raises:
            IsolationError: its directory is in no place. Nothing has run, for it would run on the user's own files.
        """
        place = self._places.find(command.cwd)
        if place is None:
            raise IsolationError(f"{command.cwd} is outside of the run's copy of the project")
        inside = replace(command, cwd=place.inside(command.cwd), env={**command.env, **place.variables})
        runner = self._runner(place, command)
        return await run_capped(runner, inside, seconds=self._confinement.seconds, on_line=on_line)

    def _runner(self, place: Place, command: Command) -> CommandRunner:
        template = self._confinement.template
        if template is None:
            return self._confinement.host
        opened = replace(
            template,
            network=self._network,
            readonly=(*template.readonly, *map(Bind, command.reads)),
            writable=(*template.writable, *map(Bind, command.writes)),
            env=(*template.env, *command.own),
        )
        return SandboxRunner(place.policy(opened))


@asynccontextmanager
async def open_placing(
    repository: RunRepository, state: Path, *, confinement: Confinement, warm_up: WarmUp
) -> AsyncIterator[Placing]:
    """The places of a run; warm bases are kept in ``state``, and old ones removed at the end.

    Raises:
        OSError: ``state`` cannot be written.
    """
    terms = Terms(sandboxed=confinement.template is not None, fault_of=_fault_of_overlay, env=confinement.env)
    async with open_places(repository, state / "warm", warm_up=warm_up, terms=terms) as places:
        yield Placing(
            places=places,
            runner=PlacedRunner(places, confinement),
            set_up=PlacedRunner(places, confinement, network=confinement.set_up_network),
        )
    shelf = Shelf(state / "warm")
    with anyio.CancelScope(shield=True):
        await anyio.to_thread.run_sync(lambda: shelf.sweep(now=time.time(), max_age=_MAX_AGE, max_size=_MAX_SIZE))


def _fault_of_overlay(overlay: Overlay) -> str:
    return fault_of_overlays([overlay])
