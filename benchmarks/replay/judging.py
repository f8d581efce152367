"""Judges recorded answers as Rung judges anybody's project: its packs, its pipeline, its sandbox."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.replay.recordings import Answer
from orchestrator.app.confinement import Confinement, confine
from orchestrator.app.roompolicy import room_policy
from orchestrator.app.rooms import DESK
from orchestrator.config import Settings
from orchestrator.domain.assessment import Assessment, Scope
from orchestrator.resources import Places
from orchestrator.sandbox import LocalRunner, SandboxRunner
from orchestrator.validation.packs import load_packs
from orchestrator.validation.pipeline import Bench, Room, assess

__all__ = ["NEEDS", "SECONDS", "Judge", "open_judge", "typescript"]

SECONDS = 30.0
"""Wall clock that one command may take."""
NEEDS = {"cpp": ("g++",), "java": ("javac", "java"), "js": ("node", "npm"), "sh": ("bash",), "ts": ("node", "npm")}
"""Language -> the programs without which its answers cannot be judged here; ``ts`` needs the compiler besides."""

_ENVIRONMENT = ("PATH", "HOME", "JAVA_HOME")


def typescript(folder: str = "") -> Path | None:
    """The package ``typescript``: at ``folder``, or that of the ``tsc`` on the PATH; ``None`` where there is none."""
    found = shutil.which("tsc")
    near = Path(found).resolve().parents[1] if found else None
    return next((one for one in (Path(folder or "absent"), near) if one and (one / "bin" / "tsc").is_file()), None)


@dataclass(frozen=True, slots=True)
class Judge:
    """What all answers share.

    Attributes:
        home: where every answer's project seems to be, with the dependencies of those in TypeScript and nothing else.
    """

    confinement: Confinement
    bench: Bench
    home: Path

    def lacks(self, language: str) -> str:
        """What is missing here to judge answers in ``language``; ``""`` where nothing is."""
        missing = [name for name in NEEDS.get(language, ()) if shutil.which(name) is None]
        missing += ["tsc"] if language == "ts" and not (self.home / "node_modules").exists() else []
        return ", ".join(missing)

    async def assess(self, answer: Answer, *, turn: int = 0) -> Assessment:
        """What the project's own checks say of ``answer`` in ``turn`` of its tests, in a sandbox of its own."""
        async with self._room(answer) as room:
            return await assess(room, self.bench, scope=Scope(turn=turn))

    @asynccontextmanager
    async def _room(self, answer: Answer) -> AsyncIterator[Room]:
        assert self.confinement.template is not None, "settings that nobody has changed ask for the sandbox"
        folders = ("node_modules",) if answer.language == "ts" else ()
        with tempfile.TemporaryDirectory(prefix="rung-replay-", ignore_cleanup_errors=True) as scratch:
            tree, desk = Path(scratch, "tree"), Path(scratch, "desk")
            _lay(answer, tree)
            for layer in ("upper", "lower"):
                (desk / layer).mkdir(parents=True)
            policy = room_policy(self.confinement.template, self.home, tree=tree, desk=desk, folders=folders)
            yield Room(
                files=tuple(sorted(answer.files)), read=dict(answer.files).get, folder=str(tree), root=str(self.home),
                lowers=(str(self.home),), desk=str(desk / "upper"), desk_inside=DESK, runner=SandboxRunner(policy),
                seconds=SECONDS, env=self.confinement.env, isolation=self.confinement.isolation,
            )  # fmt: skip


def _lay(answer: Answer, folder: Path) -> None:
    for name, text in answer.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8", "surrogatepass"))


def _make_home(folder: Path, package: Path | None) -> Path:
    """``folder`` with what npm leaves behind when it installs ``package``, which is TypeScript, if there is one."""
    modules = folder / "node_modules"
    folder.mkdir()
    if package is not None:
        shutil.copytree(package, modules / "typescript")
        (modules / ".bin").mkdir()
        (modules / ".bin" / "tsc").symlink_to("../typescript/bin/tsc")
    return folder


@asynccontextmanager
async def open_judge(compiler: str = "") -> AsyncIterator[Judge]:
    """A judge with the shipped packs, and with a sandbox as nobody has configured it.

    Args:
        compiler: see :func:`typescript`.

    Raises:
        SandboxUnavailableError: there is none here.
    """
    env = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    with tempfile.TemporaryDirectory(prefix="rung-replay-", ignore_cleanup_errors=True) as scratch:
        confinement = await confine(Settings(), cwd=Path(scratch), host=LocalRunner(), env=env, scratch=scratch)
        home = _make_home(Path(scratch, "answer"), typescript(compiler))
        yield Judge(confinement, Bench(packs=load_packs(Places(), trusted=False)), home)
