"""Where jobs without a model are done: a room of the run with the files of the order's base."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio

from orchestrator.app.jury import PackJury
from orchestrator.app.roomtexts import RoomTexts, text_of
from orchestrator.domain.command import Command
from orchestrator.domain.diagnosis import ToolRun
from orchestrator.domain.intent import IntentOrder
from orchestrator.fixers.bench import Probe
from orchestrator.fixers.intents.workshop import Workshop
from orchestrator.validation.packs.globs import matching
from orchestrator.validation.pipeline import Room
from orchestrator.validation.pipeline.room import is_below

_OWN = (".venv/bin", "venv/bin", "node_modules/.bin")
"""Where a project keeps tools of its own."""
_SECONDS = 120.0
_SET_UP_SECONDS = 1800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomWorkshops:
    """Implements :class:`orchestrator.fixers.intents.workshop.Workshops` with rooms of a run."""

    jury: PackJury

    @asynccontextmanager
    async def workshop(self, order: IntentOrder) -> AsyncIterator[Workshop]:
        """See the protocol. What the projects protect, and the order may not touch, is not there to be changed."""
        async with self.jury.rooms.open(order.base) as room:
            names = [name for name in room.files if is_below(name, order.below)]
            barred = frozenset(self.jury.protected(names, permits=order.rules.permits))
            texts = RoomTexts(Path(room.folder), (name for name in names if name not in barred))
            yield RoomWorkshop(room=room, texts=texts, below=order.below)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomWorkshop:
    """Implements :class:`orchestrator.fixers.intents.workshop.Workshop`."""

    room: Room
    texts: Mapping[str, str]
    below: str

    @property
    def has_network(self) -> bool:
        """See the protocol."""
        return self.room.setup is not None and not self.room.is_offline

    def matching(self, globs: Sequence[str]) -> tuple[str, ...]:
        """See the protocol."""
        return matching(self.texts, globs)

    async def run(self, probe: Probe, *, folder: str = "", is_setup: bool = False) -> ToolRun:
        """See the protocol; a tool that takes too long (two minutes, in set-up thirty) has failed."""
        runner = (self.room.setup if is_setup else None) or self.room.runner
        seconds = _SET_UP_SECONDS if is_setup else _SECONDS
        cwd = f"{self.room.root}/{folder}".rstrip("/")
        for program in self._programs(probe.argv[0], folder):
            argv = (program, *probe.argv[1:])
            try:
                with anyio.move_on_after(self.room.seconds or seconds):
                    command = Command(argv=argv, cwd=cwd, env=self.room.env, stdin=probe.stdin.encode())
                    result = await runner.run(command)
                    return ToolRun(
                        argv=probe.argv,
                        stdout=result.stdout,
                        stderr=result.stderr,
                        exit_code=result.exit_code,
                        about=probe.about,
                    )
            except FileNotFoundError:
                continue
            return ToolRun(argv=probe.argv, stderr="it takes too long", exit_code=-1, about=probe.about)
        raise FileNotFoundError(probe.argv[0])

    def now(self, names: Iterable[str]) -> Mapping[str, str]:
        """See the protocol."""
        found = {name: text_of(Path(self.room.folder), name) for name in names}
        return {name: text for name, text in found.items() if text is not None}

    def _programs(self, name: str, folder: str) -> Iterator[str]:
        """Where to look for the tool: in ``folder`` and above it, then wherever the machine has it."""
        if "/" not in name:
            levels = folder.split("/") if folder else []
            for depth in range(len(levels), -1, -1):
                root = "/".join([self.room.root, *levels[:depth]])
                yield from (f"{root}/{own}/{name}" for own in _OWN)
        yield name
