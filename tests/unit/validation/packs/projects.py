"""Tiny projects from case files, and their plans really run with the tools of this machine."""

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
from ruamel.yaml import YAML

from orchestrator.domain.command import Command, CommandResult
from orchestrator.domain.verdict import Report, VerdictStatus
from orchestrator.resources import Places
from orchestrator.sandbox import LocalRunner
from orchestrator.sandbox.process_group import ProcessGroup
from orchestrator.validation.packs import (
    Finder,
    Packs,
    Project,
    Site,
    StageCommand,
    Tools,
    detect,
    find_tools,
    load_packs,
    plan_stages,
    wanted_tools,
)
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.table import PARSERS

CASES = Path(__file__).parents[3] / "cases" / "packs"
SHIPPED = load_packs(Places(), trusted=False)
_HOME = Path(os.environ.get("HOME", "/"))
_KEPT = {"RUSTUP_HOME": ".rustup", "CARGO_HOME": ".cargo", "GOCACHE": ".cache/go-build", "GOMODCACHE": "go/pkg/mod"}


def case_files(kind: str) -> list[Path]:
    return sorted(CASES.glob(f"{kind}/**/*.yaml"))


def read_case(path: Path) -> dict[str, Any]:
    return dict(YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")))


def environment() -> dict[str, str]:
    """The developer's toolchains, and this interpreter's tools first; nothing else of the developer's."""
    kept = {name: os.environ.get(name) or str(_HOME / below) for name, below in _KEPT.items()}
    maven = _HOME / ".m2" / "repository"
    return {
        **{name: value for name, value in kept.items() if Path(value).is_dir()},
        **({"MAVEN_OPTS": f"-Dmaven.repo.local={maven}"} if maven.is_dir() else {}),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": os.environ["HOME"],
        "LC_ALL": "C.UTF-8",
    }


def lay(files: Mapping[str, str], folder: Path) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def reader(files: Mapping[str, str]) -> Any:
    return files.get


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that was run, and what its parser makes of it."""

    command: StageCommand
    result: CommandResult
    output: Output
    report: Report
    status: VerdictStatus


@dataclass(slots=True)
class Bench:
    """A repository on disk."""

    files: Mapping[str, str]
    folder: Path
    packs: Packs = field(default_factory=lambda: SHIPPED)
    runner: LocalRunner = field(default_factory=lambda: LocalRunner(ProcessGroup()))
    root: Path = field(init=False)
    env: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.root = self.folder / "repo"
        self.root.mkdir(exist_ok=True)
        lay(self.files, self.root)
        self.env = environment()

    @property
    def projects(self) -> tuple[Project, ...]:
        return detect(self.files, self.files.get, packs=self.packs)

    async def tools(self, project: Project) -> Tools:
        names = wanted_tools(project, self.packs, read=self.files.get)
        finder = Finder(runner=self.runner, env=self.env, root=str(self.root), read=self.files.get)
        return await find_tools(project, self.packs.packs[project.pack], finder=finder, names=names)

    async def plan(self, project: Project) -> tuple[StageCommand, ...]:
        scratch, build = self.folder / "scratch" / project.pack, self.folder / "build" / project.pack
        for path in (scratch, build):
            path.mkdir(parents=True, exist_ok=True)
        tools = await self.tools(project)
        site = Site(root=str(self.root), scratch=str(scratch), build=str(build), tools=tools, read=self.files.get)
        return plan_stages(project, self.packs, site=site)

    async def run(self, command: StageCommand) -> Ran:
        """As a pipeline would: old reports go, our files come, the command runs, its parser reads."""
        for path in self._reports(command):
            path.unlink()
        lay(command.writes, self.root)
        with anyio.fail_after(command.timeout):
            result = await self.runner.run(
                Command(argv=command.argv, cwd=str(self.root / command.cwd), env={**self.env, **command.env})
            )
        reports = [path.read_text(encoding="utf-8") for path in self._reports(command)]
        output = Output(stdout=result.stdout, stderr=result.stderr, reports=reports)
        context = Context(root=str(self.root), folder=command.cwd, files=list(self.files))
        report = PARSERS[command.parser](output, context)
        return Ran(command, result, output, report, command.status(result.exit_code))

    def _reports(self, command: StageCommand) -> Iterator[Path]:
        for pattern in command.reports:
            alone = Path(pattern)
            yield from [alone] * alone.is_file() if alone.is_absolute() else sorted(self.root.glob(pattern))
