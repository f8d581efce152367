"""Finds a project's own tools: which interpreter, compiler or runner, and which version of it."""

import os
import posixpath
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import anyio

from orchestrator.domain.command import Command, CommandResult
from orchestrator.errors import IsolationError
from orchestrator.ports import CommandRunner
from orchestrator.validation.packs.lookup import Read, as_text, find_key
from orchestrator.validation.packs.project import Project
from orchestrator.validation.packs.requirement import satisfies
from orchestrator.validation.packs.schema import Pack, Place, ToolSpec

__all__ = ["Finder", "FoundTool", "Tools", "find_tools", "wanted_version"]

_PROBE_SECONDS = 30.0
_KEPT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTool:
    """A tool as it was found, or why it was not.

    Attributes:
        program: absolute path; the name alone where there is none.
        version: as it tells it; ``""`` where it was not asked or tells none.
        missing: why it cannot be used, with what to do; ``""`` where it can.
        toolchain: whose folders it needs in the sandbox, as ``orchestrator.sandbox.toolchains`` calls them.
    """

    name: str
    program: str
    version: str = ""
    missing: str = ""
    toolchain: str = ""


Tools: TypeAlias = Mapping[str, FoundTool]
"""Name in the pack -> tool."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """Where tools are looked for.

    Attributes:
        runner: runs the probes. A project's own programs (a virtual environment's) may be anything: sandboxed.
        env: of the probes; its PATH is searched.
        root: absolute path of the repository, as the probes see it.
        read: reads small files of the repository.
    """

    runner: CommandRunner
    env: Mapping[str, str] = field(repr=False)
    root: str
    read: Read


async def find_tools(project: Project, pack: Pack, *, finder: Finder, names: Sequence[str]) -> Tools:
    """The tools called ``names``, and those that they run with.

    Of several programs the first counts whose version the project wants; where none is, the first that works, as
    missing. Never raises for a tool that is absent or broken.
    """
    found: dict[str, FoundTool] = {}
    for name in dict.fromkeys(part for wanted in names for part in (pack.tools[wanted].with_ or wanted, wanted)):
        spec = pack.tools[name]
        found[name] = await _found(name, spec, project=project, finder=finder, host=found.get(spec.with_ or ""))
    return found


def wanted_version(project: Project, places: Sequence[Place], *, read: Read) -> str:
    """The first requirement that one of ``places`` holds; ``""`` where none does."""
    return next((text for place in places for text in _said(project, place, read=read)), "")


def _said(project: Project, place: Place, *, read: Read) -> Iterator[str]:
    for folder in _upwards(project.root):
        text = read(posixpath.join(folder, place.file))
        value = text if text is None or place.at is None else find_key(text, place.file, at=place.at)
        match = None if value is None else re.search(place.pattern, as_text(value))
        if match:
            yield match[1] if match.re.groups else match[0]


def _upwards(root: str) -> Iterator[str]:
    yield root
    while root:
        root = posixpath.dirname(root)
        yield root


async def _found(name: str, spec: ToolSpec, *, project: Project, finder: Finder, host: FoundTool | None) -> FoundTool:
    wanted = wanted_version(project, spec.wanted, read=finder.read)
    first: FoundTool | None = None
    for program in [host.program] if host else _candidates(spec, project, finder=finder):
        tool = await _probed(FoundTool(name=name, program=program), spec, finder=finder, folder=project.root)
        tool = _judged(tool, spec, wanted=wanted)
        if not tool.missing:
            return tool
        first = first or tool
    return first or FoundTool(name=name, program=name, missing=_with_hint(f"{name} is not installed", spec))


def _candidates(spec: ToolSpec, project: Project, *, finder: Finder) -> Iterator[str]:
    path = finder.env.get("PATH", os.defpath)
    for program in spec.programs:
        if "/" in program:
            paths = (str(Path(finder.root, folder, program)) for folder in _upwards(project.root))
            yield from (one for one in paths if os.access(one, os.X_OK) and Path(one).is_file())
        elif found := shutil.which(program, path=path):
            yield found


async def _probed(tool: FoundTool, spec: ToolSpec, *, finder: Finder, folder: str) -> FoundTool:
    toolchain = spec.toolchain or posixpath.basename(tool.program)
    command = Command(
        argv=(tool.program, *spec.probe), cwd=str(Path(finder.root, folder)), env=finder.env, keep_bytes=_KEPT
    )
    result: CommandResult | None = None
    why = f"does not answer within {_PROBE_SECONDS:g} s"
    try:
        with anyio.move_on_after(_PROBE_SECONDS):
            result = await finder.runner.run(command)
    except (OSError, IsolationError) as error:
        why = f"cannot be run: {error}"
    if result is not None and result.exit_code == 0:
        return _told(tool, spec, text=f"{result.stdout}\n{result.stderr}", toolchain=toolchain)
    if result is not None:
        said = (result.stderr.strip() or result.stdout.strip()).splitlines()
        why = f"does not work ({said[-1] if said else f'exit code {result.exit_code}'})"
    missing = _with_hint(f"{tool.name} {why}", spec)
    return FoundTool(name=tool.name, program=tool.program, missing=missing, toolchain=toolchain)


def _told(tool: FoundTool, spec: ToolSpec, *, text: str, toolchain: str) -> FoundTool:
    match = re.search(spec.pattern, text)
    groups = match.groupdict() if match else {}
    program = groups.get("program") or tool.program
    return FoundTool(name=tool.name, program=program, version=groups.get("version") or "", toolchain=toolchain)


def _judged(tool: FoundTool, spec: ToolSpec, *, wanted: str) -> FoundTool:
    if tool.missing or not tool.version:
        return tool
    missing = ""
    if spec.minimum and not satisfies(tool.version, f">={spec.minimum}"):
        missing = f"{tool.name} {tool.version} is older than {spec.minimum}"
    elif wanted and not satisfies(tool.version, wanted, bare=spec.bare):
        missing = f"the project wants {tool.name} {wanted}, and {tool.program} is {tool.version}"
    return FoundTool(
        name=tool.name,
        program=tool.program,
        version=tool.version,
        missing=missing and _with_hint(missing, spec),
        toolchain=tool.toolchain,
    )


def _with_hint(what: str, spec: ToolSpec) -> str:
    return f"{what} ({spec.hint})" if spec.hint else what
