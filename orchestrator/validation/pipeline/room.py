"""Where one tree is judged, and what runs its commands there."""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from orchestrator.domain.assessment import Unit
from orchestrator.domain.command import Command, CommandResult
from orchestrator.ports import CommandRunner, LineSink
from orchestrator.validation.packs import Read
from orchestrator.validation.pipeline import beneath

__all__ = ["MappedRunner", "Room", "is_below"]

_MOST_REPORT = 64 << 20
"""Bytes of one report file that are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A copy of one tree, and the folders and runners that belong to it.

    Attributes:
        files: the tree's files, below its root, with ``/``; those that are ignored are none of them.
        read: reads small ones of the *base*, so that no repair chooses how it is judged.
        folder: absolute path of the copy on the host; of an overlay its upper layer. root: of the tree as commands see
            it.
        lowers: of an overlay the layers below ``folder``, the upper one first; nobody writes to them.
        installed: a folder of the host with the dependencies that commands see below ``root`` and the copy has not;
            ``""`` where it has them, or there are none.
        desk: absolute path of a folder of ours on the host, for reports and build output. desk_inside: as commands
            see it.
        runner: runs commands; without network, where it can keep it away.
        setup: runs set-up; ``None`` where nobody is to bring dependencies in.
        is_offline: whether set-up has no network either.
        prepared: the units whose dependencies are there already: what is said of a folder holds below it, too.
        seconds: what one command may take at most, whatever its pack says; 0 means no cap.
        env: the environment that commands start from.
        isolation: how they are isolated, in words.
    """

    files: tuple[str, ...] = field(repr=False)
    read: Read = field(repr=False)
    folder: str
    root: str
    lowers: tuple[str, ...] = ()
    installed: str = ""
    desk: str
    desk_inside: str
    runner: CommandRunner
    setup: CommandRunner | None = None
    is_offline: bool = False
    prepared: tuple[Unit, ...] = ()
    seconds: float = 0.0
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    isolation: str = ""

    def lay(self, name: str) -> None:
        """Make the folder ``name`` of the desk: with an empty ``scratch``, and a ``build`` that may hold something.

        Raises:
            OSError: the file system refuses.
        """
        beneath.renewed(Path(self.desk, name, "scratch"))
        Path(self.desk, name, "build").mkdir(exist_ok=True)

    def put(self, path: str, text: str) -> None:
        """Write ``text`` to ``path``, which commands see below the desk or the root.

        Raises:
            OSError: the file system refuses.
        """
        root, below = self._place(path)
        beneath.put(root, below, text=text)

    def rewrite(self, name: str, text: str) -> None:
        """Have the tree's file ``name`` hold ``text`` as it is; its mode stays. No command may be running.

        Raises:
            OSError: there is no such file, or the file system refuses.
        """
        root = Path(self.folder)
        if not os.path.lexists(root / name):
            below = next((path for lower in self.lowers if os.path.lexists(path := Path(lower, name))), None)
            if below is not None:
                beneath.put(root, name, text="", mode=stat.S_IMODE(below.lstat().st_mode))
        beneath.rewrite(root, name, text=text)

    def reports(self, pattern: str) -> tuple[str, ...]:
        """The texts of the files that ``pattern`` fits: a path below the desk, or a glob below the root."""
        root, below = self._place(pattern)
        found = (beneath.read(root, path, limit=_MOST_REPORT) for path in beneath.files_below(root, below))
        return tuple(text for text in found if text is not None)

    def clear(self, pattern: str) -> None:
        """Remove the files that ``pattern`` fits.

        Raises:
            OSError: the file system refuses.
        """
        root, below = self._place(pattern)
        for path in beneath.files_below(root, below):
            beneath.remove(root, path)

    @property
    def ground(self) -> str:
        """The folder of the host in which what was there before any edit is found: tools, for example."""
        return self.installed or (self.lowers[-1] if self.lowers else self.folder)

    def text(self, name: str, *, limit: int) -> str | None:
        """The first ``limit`` bytes of the tree's file ``name`` as it is now; ``None`` where there is none."""
        layers = (Path(layer) for layer in (self.folder, *self.lowers))
        holding = next((layer for layer in layers if os.path.lexists(layer / name)), None)
        return None if holding is None else beneath.read(holding, name, limit=limit)

    def is_prepared(self, unit: Unit) -> bool:
        """Whether the dependencies of ``unit`` are there."""
        return any(one.pack == unit.pack and is_below(unit.root, one.root) for one in self.prepared)

    def _place(self, path: str) -> tuple[Path, str]:
        for inside, outside in ((self.desk_inside, self.desk), (self.root, self.folder)):
            if path.startswith(f"{inside}/"):
                return Path(outside), path[len(inside) + 1 :]
        return Path(self.folder), path


@dataclass(frozen=True, slots=True)
class MappedRunner:
    """Runs commands that name paths of the host below ``outside`` where these are seen below ``inside``."""

    runner: CommandRunner
    outside: str
    inside: str

    @property
    def isolation(self) -> str:
        """Of the runner behind it."""
        return self.runner.isolation

    async def run(self, command: Command, on_line: LineSink | None = None) -> CommandResult:
        """See the port."""
        argv = tuple(self.mapped(word) for word in command.argv)
        return await self.runner.run(replace(command, argv=argv, cwd=self.mapped(command.cwd)), on_line)

    def mapped(self, path: str) -> str:
        """``path`` as commands see it; as it is where it lies elsewhere."""
        is_below = path == self.outside or path.startswith(f"{self.outside}/")
        return self.inside + path[len(self.outside) :] if is_below else path


def is_below(path: str, root: str) -> bool:
    """Whether ``path`` is the folder ``root`` or lies in it; ``""`` holds everything."""
    return not root or path == root or path.startswith(f"{root}/")
