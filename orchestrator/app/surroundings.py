"""What a verdict depends on, as one number: files, commands, tools, settings, and what commands can see besides."""

import hashlib
import json
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from orchestrator._version import __version__
from orchestrator.app.confinement import Confinement
from orchestrator.config import Settings
from orchestrator.domain.assessment import Scope
from orchestrator.domain.sandbox import GitView
from orchestrator.validation.packs import StageCommand
from orchestrator.validation.pipeline import Room
from orchestrator.workspace.fingerprint import digest

_FORMAT = 1
_PER_SHELL = frozenset({"_", "SHLVL", "PWD", "OLDPWD"})
"""Variables that differ from call to call and say nothing of a project."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the validations of one project have in common.

    Attributes:
        root: of the project. folders: below it, in which its dependencies lie.
        git: what commands can read of the repository; ``None`` for nothing.
    """

    settings: Settings
    confinement: Confinement
    root: Path
    folders: tuple[str, ...]
    git: GitView | None

    def key(self, room: Room, scope: Scope, *, commands: Sequence[StageCommand]) -> str:
        """SHA-256 in hexadecimal of all that the assessment of the tree in ``room`` depends on.

        Of the tree contents, names and modes count, however they came about; of the commands all of them, with the
        versions of their tools; of dependencies names, sizes and times, of packages that are installed for every
        project the time of the last change.

        Raises:
            OSError: a file cannot be read.
        """
        held = self.confinement
        told = [
            _FORMAT,
            __version__,
            [sorted(scope.stages), scope.changed, scope.below, *map(_ids, (scope.known, scope.tests)), scope.turn],
            self.settings.validation.model_dump(mode="json"),
            self.settings.sandbox.model_dump(mode="json"),
            room.isolation,
            repr(self.git),
            self._environment(),
            [_census(self.root / folder) for folder in self.folders] if held.template else [],
            sorted(_installed(self.confinement.env)),
            [_bare(command, places=(room.desk_inside, room.root)) for command in commands],
            digest(Path(room.folder), ["**"]),
        ]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    def _environment(self) -> Mapping[str, str]:
        """What commands can see of it: in the sandbox a few variables, without one all of them."""
        env, template = self.confinement.env, self.confinement.template
        names = env.keys() - _PER_SHELL if template is None else env.keys() & {*template.env, "PATH"}
        return {name: env[name] for name in names}


def _ids(tests: Collection[str] | None) -> Sequence[str] | None:
    return None if tests is None else sorted(tests)


def _bare(command: StageCommand, *, places: Sequence[str]) -> str:
    """``command`` without the paths that differ from call to call."""
    text = json.dumps(asdict(command), sort_keys=True, default=_listed)
    for number, place in enumerate(places):
        text = text.replace(place, f"<{number}>")
    return text


def _listed(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} is no part of a command")


def _installed(env: Mapping[str, str]) -> Iterator[str]:
    """Where interpreters on the PATH, and the user, keep packages: installing one changes the folder's time."""
    homes = [Path(folder).parent for folder in env.get("PATH", "").split(os.pathsep) if folder]
    homes += [Path(env["HOME"], ".local")] if env.get("HOME") else []
    for home in dict.fromkeys(homes):
        for folder in home.glob("lib/python3*/*-packages"):
            yield f"{folder} {folder.stat().st_mtime_ns}"


def _census(folder: Path) -> str:
    whole = hashlib.sha256()
    for line in sorted(_entries(folder)):
        whole.update(line.encode("utf-8", "surrogateescape"))
    return whole.hexdigest()


def _entries(folder: Path) -> Iterator[str]:
    """What Python keeps beside sources changes with each start of a program, and nothing with it."""
    for place, below, names in os.walk(folder):
        below[:] = [name for name in below if name != "__pycache__"]
        for path in (Path(place, name) for name in names):
            about = path.lstat()
            yield f"{path.relative_to(folder)}\0{about.st_size}\0{about.st_mtime_ns}\0{about.st_mode}\n"
