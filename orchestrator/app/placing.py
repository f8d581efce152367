"""Runs checks where their candidate lies: in the sandbox, over a warm base, or in a copy where there is no sandbox."""

import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import anyio
import anyio.to_thread

from orchestrator.domain.command import Command, CommandResult
from orchestrator.domain.sandbox import Bind, Overlay, SandboxPolicy
from orchestrator.errors import SandboxUnavailableError
from orchestrator.ports import CommandRunner, LineSink
from orchestrator.sandbox import LocalRunner, SandboxRunner
from orchestrator.sandbox.layers import fault_of_overlays
from orchestrator.sandbox.toolchains import TOOLCHAINS, find_toolchain
from orchestrator.workspace.repository import RunRepository
from orchestrator.workspace.warm import Place, Places, Shelf, Terms, WarmUp, open_places

_MAX_AGE = 14 * 86_400.0
"""Seconds after which a warm base that nobody used is removed."""
_MAX_SIZE = 20 << 30
"""Bytes of warm bases that one project keeps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """Where checks of one run lie, and what runs them.

    Attributes:
        runner: for commands in an open place of ``places``; another directory is the host's.
        scripts: a folder whose files can be read in every place, at the same path.
        isolation: ``sandbox``, or that of the runner without one.
        why: why there is no sandbox; ``""`` where there is one.
    """

    places: Places
    runner: CommandRunner
    scripts: str
    isolation: str
    why: str = ""


class PlacedRunner:
    """Implements :class:`orchestrator.ports.CommandRunner` for commands whose directory is in a place.

    Args:
        template: toolchains, caches and limits of the sandbox.
        host: runs commands outside of a sandbox.
    """

    def __init__(self, places: Places, *, template: SandboxPolicy, host: CommandRunner) -> None:
        self._places = places
        self._template = template
        self._host = host

    @property
    def isolation(self) -> str:
        """Of commands that are in no place; each place knows its own."""
        return self._host.isolation

    async def run(self, command: Command, on_line: LineSink | None = None) -> CommandResult:
        """See the port."""
        place = self._places.find(command.cwd)
        if place is None:
            return await self._host.run(command, on_line)
        inside = replace(command, cwd=place.inside(command.cwd), env={**command.env, **place.variables})
        return await self._runner(place).run(inside, on_line)

    def _runner(self, place: Place) -> CommandRunner:
        return SandboxRunner(place.policy(self._template)) if place.is_sandboxed else self._host


@asynccontextmanager
async def open_placing(
    repository: RunRepository, state: Path, *, host: CommandRunner, env: Mapping[str, str], warm_up: WarmUp
) -> AsyncIterator[Placing]:
    """The places of a run; warm bases are kept in ``state``, and old ones removed at the end.

    A ``host`` that is not the engine's own decides for itself how commands are isolated: then there is no sandbox.

    Raises:
        OSError: ``state`` cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="rung-checks-") as scripts:
        template = await anyio.to_thread.run_sync(_template, env, scripts)
        why = await anyio.to_thread.run_sync(_fault, template, scripts) if _is_ours(host) else "it was not asked for"
        terms = Terms(sandboxed=not why, fault_of=_fault_of_overlay, env=env)
        async with open_places(repository, state / "warm", warm_up=warm_up, terms=terms) as places:
            runner = PlacedRunner(places, template=template, host=host)
            yield Placing(
                places=places, runner=runner, scripts=scripts, isolation=host.isolation if why else "sandbox", why=why
            )
    shelf = Shelf(state / "warm")
    with anyio.CancelScope(shield=True):
        await anyio.to_thread.run_sync(lambda: shelf.sweep(now=time.time(), max_age=_MAX_AGE, max_size=_MAX_SIZE))


def _is_ours(host: CommandRunner) -> bool:
    return isinstance(host, LocalRunner)


def _fault_of_overlay(overlay: Overlay) -> str:
    return fault_of_overlays([overlay])


def _fault(template: SandboxPolicy, folder: str) -> str:
    """Why there is no sandbox here."""
    policy = replace(template, tree=folder, mount="/srv/project", overlays=(), readonly=())
    try:
        SandboxRunner(policy).record  # noqa: B018  # trying it is the point
    except SandboxUnavailableError as error:
        return str(error)
    return ""


def _template(env: Mapping[str, str], scripts: str) -> SandboxPolicy:
    """All toolchains that are found; each folder once."""
    found = [toolchain for tool in TOOLCHAINS if (toolchain := find_toolchain(tool, env))]
    variables: dict[str, str] = {}
    for toolchain in found:
        variables |= toolchain.variables
    binds = {bind.inside: bind for toolchain in found for bind in toolchain.roots}
    caches = {cache.inside: cache for toolchain in found for cache in toolchain.caches}
    return SandboxPolicy(
        tree="/",
        mount="/",
        readonly=(Bind(scripts), *binds.values()),
        overlays=tuple(caches.values()),
        variables=variables,
    )
