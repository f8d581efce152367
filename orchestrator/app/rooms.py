"""Rooms for the candidates of a run: their places, seen by the pipeline that judges by packs."""

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import anyio.to_thread

from orchestrator.app.confinement import Confinement
from orchestrator.app.trees import files_in
from orchestrator.domain.sandbox import Overlay
from orchestrator.errors import IsolationError
from orchestrator.ports import CommandRunner
from orchestrator.sandbox import SandboxRunner
from orchestrator.validation.packs import Read
from orchestrator.validation.pipeline import Room, beneath
from orchestrator.workspace.warm import Place, Places

DESK = "/tmp/rung-desk"  # noqa: S108  # inside a sandbox, whose /tmp is its own
"""Where commands find the folder for our own files and for build output."""
MOST_READ = 1 << 20
"""Bytes of a file that is looked into to find out how a project is checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """Opens rooms over the open places of one run.

    Dependencies are what the place brings: the warm base's, or those that were set up for the copy.

    Attributes:
        places: of the run.
        confinement: what holds the commands.
        base: a folder with the files of the run's base, which no command can reach: it says how they are judged.
    """

    places: Places
    confinement: Confinement
    base: Path

    @asynccontextmanager
    async def open(self, folder: str) -> AsyncIterator[Room]:
        """The room of the place whose folder is ``folder``; its desk is gone afterwards.

        Raises:
            IsolationError: no such place is open.
            OSError: the disk is full, for example.
        """
        place = self.places.find(folder)
        if place is None:
            raise IsolationError(f"{folder} is outside of the run's copy of the project")
        with tempfile.TemporaryDirectory(prefix="rung-desk-", ignore_cleanup_errors=True) as desk:
            yield await anyio.to_thread.run_sync(self._room, place, Path(desk))

    def _room(self, place: Place, desk: Path) -> Room:
        overlay = next((one for one in place.overlays if one.inside == place.mount), None)
        layers = (str(Path(overlay.kept, "upper")), overlay.lower) if overlay else (place.folder,)
        is_sandboxed = self.confinement.template is not None
        upper = make_desk(desk)
        return Room(
            files=tuple(sorted(_there(layers))),
            read=reader(self.base),
            folder=layers[0],
            lowers=layers[1:],
            root=place.mount,
            desk=str(upper),
            desk_inside=DESK if is_sandboxed else str(upper),
            runner=self._runner(place, desk),
            seconds=self.confinement.seconds,
            env={**self.confinement.env, **place.variables},
            isolation=str(self.confinement.record or f"off ({self.confinement.isolation})"),
        )

    def _runner(self, place: Place, desk: Path) -> CommandRunner:
        template = self.confinement.template
        if template is None:
            return self.confinement.host
        return SandboxRunner(place.policy(replace(template, overlays=(*template.overlays, desk_overlay(desk)))))


def make_desk(folder: Path) -> Path:
    """Make the layers of a desk in ``folder``; the one that commands write to."""
    for name in ("lower", "upper"):
        (folder / name).mkdir(parents=True)
    return folder / "upper"


def desk_overlay(folder: Path) -> Overlay:
    """What shows the desk in ``folder`` inside a sandbox."""
    return Overlay(lower=str(folder / "lower"), target=DESK, kept=str(folder))


def reader(folder: Path) -> Read:
    """Reads small files of ``folder``, each once: what happens to them later changes nothing."""
    kept: dict[str, str | None] = {}

    def read(name: str) -> str | None:
        if name not in kept:
            kept[name] = beneath.read(folder, name, limit=MOST_READ)
        return kept[name]

    return read


def _there(layers: tuple[str, ...]) -> Iterator[str]:
    """The files of all layers; a removed one is a device in the upper layer, as overlayfs has it."""
    upper, *lowers = map(Path, layers)
    yield from (name for name in files_in(upper) if (upper / name).is_file() or (upper / name).is_symlink())
    for lower in lowers:
        yield from (name for name in files_in(lower) if not os.path.lexists(upper / name))
