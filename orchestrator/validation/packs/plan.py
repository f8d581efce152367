"""From a project and its pack to commands. Pure: nothing is run and nothing is written."""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from orchestrator.domain.shell import shell_argv
from orchestrator.validation.packs.batches import batches, list_file
from orchestrator.validation.packs.command import StageCommand
from orchestrator.validation.packs.conditions import arguments, holding, holds_any
from orchestrator.validation.packs.globs import matching
from orchestrator.validation.packs.load import Packs
from orchestrator.validation.packs.lookup import Read
from orchestrator.validation.packs.override import Overrides, is_planned, overridden
from orchestrator.validation.packs.ownconfig import config_text
from orchestrator.validation.packs.placeholders import TURN, fill, fill_text, named
from orchestrator.validation.packs.project import Project
from orchestrator.validation.packs.schema import Command, Pack
from orchestrator.validation.packs.tools import FoundTool, Tools
from orchestrator.validation.packs.words import STAGES, Choice, StageName

__all__ = ["Site", "plan_stages", "wanted_tools"]

_NO_OVERRIDES: Overrides = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where commands will run: absolute paths as they see them.

    Attributes:
        root: the repository.
        scratch: a folder for reports and files of our own, empty and private to one project and one run.
        build: a folder for build output outside the sources, of one project; it may be kept between runs.
        tools: what was found for the project.
        read: reads small files of the *base*, so that no repair chooses how it is judged.
    """

    root: str
    scratch: str
    build: str
    tools: Tools
    read: Read = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Step:
    """A command that was chosen, and the words of ``{args}``."""

    stage: StageName
    command: Command
    args: tuple[str, ...] = ()


def wanted_tools(
    project: Project, packs: Packs, *, read: Read, overrides: Overrides = _NO_OVERRIDES
) -> tuple[str, ...]:
    """The names of the tools that the project's commands use: what :func:`find_tools` has to look for."""
    pack = packs.packs[project.pack]
    steps = _steps(project, pack, read=read, overrides=overrides)
    return tuple(dict.fromkeys(name for step in steps for name in _tools_of(step.command, pack)))


def plan_stages(
    project: Project,
    packs: Packs,
    *,
    site: Site,
    overrides: Overrides = _NO_OVERRIDES,
    files: Sequence[str] | None = None,
) -> tuple[StageCommand, ...]:
    """The commands that judge ``project``, in the order in which they run; set-up first.

    A stage that the configuration switches off or gives a command of its own (:func:`plan_configured`) has none here.
    Tools that are missing do not change the plan: their commands say so.

    Args:
        project: as detected.
        packs: the packs that hold.
        site: where the commands will run.
        overrides: what the configuration says, by stage.
        files: the files to look at where a command takes files, below the repository's root; default: all.
    """
    pack = packs.packs[project.pack]
    steps = list(_steps(project, pack, read=site.read, overrides=overrides))
    planner = _Planner(project, pack, site, frozenset(files) if files is not None else None)
    return tuple(
        overridden(command, overrides.get(step.stage))
        for step in steps
        for command in planner.commands(step, has_setup=any(one.stage is StageName.SETUP for one in steps))
    )


def _steps(project: Project, pack: Pack, *, read: Read, overrides: Overrides) -> Iterator[_Step]:
    for name in STAGES:
        stage = pack.stages.get(name)
        if stage is None or not is_planned(overrides, name):
            continue
        fitting = (way for way in stage.ways if holds_any(project, way.when, read=read))
        first = next(fitting, None)
        for way in [] if first is None else [first, *(fitting if stage.choose is Choice.ALL else ())]:
            args = arguments(project, holding(project, way.when, read=read), read=read)
            yield from (_Step(name, command, args) for command in way.steps)


def _tools_of(command: Command, pack: Pack) -> tuple[str, ...]:
    texts = (*command.run, *command.env.values())
    return tuple(dict.fromkeys([*(name for name in named(texts) if name in pack.tools), *command.needs]))


@dataclass(slots=True)
class _Planner:
    """Fills the commands of one project in; ``count`` numbers their reports."""

    project: Project
    pack: Pack
    site: Site
    files: frozenset[str] | None
    count: int = 0

    def commands(self, step: _Step, *, has_setup: bool) -> Iterator[StageCommand]:
        """The commands that one step stands for: several where it takes files one by one or by many."""
        uses = set(named(step.command.run))
        if not uses & {"file", "stem", "files", "list"}:
            yield self._command(step, (), has_setup=has_setup)
            return
        chosen = self._chosen(step.command)
        for part in batches(chosen, is_single=step.command.each, is_whole="list" in uses):
            yield self._command(step, part, has_setup=has_setup)

    def _chosen(self, command: Command) -> Sequence[str]:
        names = matching(self.project.own, command.files)
        if self.files is not None:
            names = tuple(name for name in names if self.project.path(name) in self.files)
        if command.only is None:
            return names
        pattern = re.compile(command.only, re.MULTILINE)
        texts = ((name, self.site.read(self.project.path(name))) for name in names)
        return [name for name, text in texts if text is not None and pattern.search(text)]

    def _command(self, step: _Step, files: Sequence[str], *, has_setup: bool) -> StageCommand:
        self.count += 1
        command, is_setup = step.command, step.stage is StageName.SETUP
        values = self._values(step, files)
        lists = {"files": files, "args": step.args}
        script = f"{self.site.scratch}/{step.stage}-{self.count}.sh"
        argv = shell_argv("bash", script) if command.shell else fill(command.run, values, lists=lists)
        whole = fill(command.whole, values, lists=lists)
        used = _tools_of(command, self.pack)
        tools = [self.site.tools.get(name) or _unsought(name) for name in used]
        env = {name: fill_text(text, values) for name, text in command.env.items()}
        return StageCommand(
            stage=step.stage,
            pack=self.pack.id,
            tool=command.tool or next(iter(used), self.pack.id),
            argv=(*argv, *whole),
            cwd=self.project.root,
            env={name: fill_text(text, {TURN: "0"}) for name, text in env.items()},
            turned={name: text for name, text in env.items() if TURN in named([text])},
            timeout=command.timeout,
            idle=command.idle,
            writes=self._writes(command, values, files=files, script=script),
            reports=self._reports(command, values),
            parser=command.parser,
            ok=command.ok,
            findings=command.findings,
            empty=command.empty,
            evidence=command.evidence,
            ignore=frozenset(command.ignore),
            decides=frozenset(command.decides),
            is_optional=command.optional,
            missing="; ".join(dict.fromkeys(tool.missing for tool in tools if tool.missing)),
            needs_setup=has_setup and command.after_setup and not is_setup,
            has_network=is_setup,
            locks=tuple(map(self.project.path, self.project.find(command.locks))),
            toolchains=tuple(dict.fromkeys(tool.toolchain for tool in tools if tool.toolchain)),
            versions={tool.name: tool.version for tool in tools},
            whole=whole,
            narrow=tuple(fill_text(text, values) for text in command.narrow),
        )

    def _values(self, step: _Step, files: Sequence[str]) -> Mapping[str, str]:
        site = self.site
        file = files[0] if files else ""
        return {
            **{name: tool.program for name, tool in site.tools.items()},
            **{name: name for name in self.pack.tools if name not in site.tools},
            **{f"program:{name}": f"{site.scratch}/{name}" for name in self.pack.programs},
            **{f"config:{name}": f"{site.scratch}/{config.name}" for name, config in self.pack.configs.items()},
            "root": site.root,
            "cwd": posixpath.join(site.root, self.project.root).rstrip("/"),
            "scratch": site.scratch,
            "build": site.build,
            "report": f"{site.scratch}/{step.stage}-{self.count}.report",
            "list": f"{site.scratch}/{step.stage}-{self.count}.files",
            "file": file,
            "stem": posixpath.splitext(file)[0].replace("/", "-"),
        }

    def _writes(
        self, command: Command, values: Mapping[str, str], *, files: Sequence[str], script: str
    ) -> Mapping[str, str]:
        used = named(command.run)
        writes = {
            values[f"program:{name}"]: text for name, text in self.pack.programs.items() if f"program:{name}" in used
        }
        for name, config in self.pack.configs.items():
            if f"config:{name}" in used:
                writes[values[f"config:{name}"]] = config_text(
                    self.project, config, read=self.site.read, cwd=values["cwd"]
                )
        if "list" in used:
            writes[values["list"]] = list_file(files)
        if command.shell:
            writes[script] = fill_text(command.run[0], values)
        return writes

    def _reports(self, command: Command, values: Mapping[str, str]) -> tuple[str, ...]:
        own = (values["report"],) if "report" in named((*command.run, *command.env.values())) else ()
        return (*own, *map(self.project.path, command.reports))


def _unsought(name: str) -> FoundTool:
    return FoundTool(name=name, program=name)
