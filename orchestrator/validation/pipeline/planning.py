"""What is run on a tree: its projects, their tools, and their commands."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from orchestrator.domain.assessment import Scope, Unit
from orchestrator.validation.affected import affected_tests, holding_tests
from orchestrator.validation.packs import (
    STAGES,
    Finder,
    Overrides,
    Packs,
    Project,
    Site,
    StageCommand,
    StageName,
    StageOverride,
    Tools,
    detect,
    find_tools,
    narrowed,
    plan_configured,
    plan_stages,
    wanted_tools,
)
from orchestrator.validation.pipeline.room import MappedRunner, Room, is_below

__all__ = ["Bench", "Part", "ToolShelf", "enabled_stages", "plan_parts", "with_defaults"]

_NEVER_STOPS = (StageName.FORMAT, StageName.LINT)
"""What they find keeps nobody from building and testing; a configuration may say otherwise by ``min_score``."""


_OWN = "own"


@dataclass(slots=True)
class ToolShelf:
    """The tools that were found, by project: probing them takes longer than anything else that is ours."""

    found: dict[tuple[str, str, tuple[str, ...]], Tools] = field(default_factory=dict)

    def forget(self) -> None:
        """Look again: set-up may have brought others."""
        self.found.clear()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What judges: the same for every tree of a repository."""

    packs: Packs
    overrides: Overrides = field(default_factory=dict)
    shelf: ToolShelf = field(default_factory=ToolShelf)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One unit of a tree, with the commands that judge it, in their order."""

    unit: Unit
    desk: str
    """Its folder on the desk of the room."""
    commands: tuple[StageCommand, ...]
    tests: tuple[str, ...] = ()
    """The tests that were chosen; empty for all."""

    def stage(self, name: StageName) -> tuple[StageCommand, ...]:
        """The commands of one stage."""
        return tuple(one for one in self.commands if one.stage is name)


def with_defaults(overrides: Overrides) -> Overrides:
    """``overrides``, and for stages that never stop the others what makes it so, unless they say."""
    own: dict[StageName, StageOverride] = dict(overrides)
    for name in _NEVER_STOPS:
        said = own.get(name) or StageOverride()
        own[name] = said if said.min_score is not None else replace(said, min_score=0.0)
    return own


def enabled_stages(overrides: Overrides, scope: Scope) -> frozenset[StageName]:
    """The stages that may run at all."""
    enabled = (name for name in STAGES if name not in overrides or overrides[name].enabled)
    return frozenset(name for name in enabled if not scope.stages or name.value in scope.stages)


async def plan_parts(room: Room, bench: Bench, *, scope: Scope) -> tuple[Part, ...]:
    """The units of the tree in ``room``: what the configuration itself names first, then its projects in order."""
    overrides = with_defaults(bench.overrides)
    projects = _within(detect(room.files, room.read, packs=bench.packs), scope.below)
    own = _configured(room, overrides)
    parts = [await _part(room, bench, project=one, number=number) for number, one in enumerate(projects)]
    chosen = [
        _narrowed(part, one, room=room, bench=bench, scope=scope) for part, one in zip(parts, projects, strict=True)
    ]
    kept = [part for part in chosen if part.commands]
    return tuple(part for part in (own, *kept) if part.commands) if kept or scope.tests is None else ()


def _within(projects: Sequence[Project], folder: str) -> Sequence[Project]:
    """Those at or below ``folder``; where none is, the nearest ones that it lies in."""
    if not folder:
        return projects
    inside = [one for one in projects if is_below(one.root, folder)]
    around = [one for one in projects if is_below(folder, one.root)]
    nearest = max((len(one.root) for one in around), default=0)
    return inside or [one for one in around if len(one.root) == nearest]


def _configured(room: Room, overrides: Overrides) -> Part:
    return Part(
        unit=Unit(), desk=_OWN, commands=plan_configured(overrides, scratch=f"{room.desk_inside}/{_OWN}/scratch")
    )


async def _part(room: Room, bench: Bench, *, project: Project, number: int) -> Part:
    overrides = with_defaults(bench.overrides)
    tools = await _tools(room, bench, project=project)
    desk = f"{room.desk_inside}/{number}"
    site = Site(root=room.root, scratch=f"{desk}/scratch", build=f"{desk}/build", tools=tools, read=room.read)
    commands = plan_stages(project, bench.packs, site=site, overrides=overrides)
    return Part(unit=Unit(root=project.root, pack=project.pack), desk=str(number), commands=commands)


async def _tools(room: Room, bench: Bench, *, project: Project) -> Tools:
    names = wanted_tools(project, bench.packs, read=room.read, overrides=bench.overrides)
    key = (project.root, project.pack, names)
    if key not in bench.shelf.found:
        mapped = MappedRunner(room.runner, room.ground, room.root)
        finder = Finder(runner=mapped, env=room.env, root=room.ground, read=room.read)
        found = await find_tools(project, bench.packs.packs[project.pack], finder=finder, names=names)
        bench.shelf.found[key] = _inside(found, mapped)
    return bench.shelf.found[key]


def _inside(tools: Tools, mapped: MappedRunner) -> Tools:
    return {name: replace(tool, program=mapped.mapped(tool.program)) for name, tool in tools.items()}


def _narrowed(part: Part, project: Project, *, room: Room, bench: Bench, scope: Scope) -> Part:
    pack = bench.packs.packs[project.pack]
    if scope.tests is not None:
        return _restricted(part, holding_tests(project, pack, tests=scope.tests))
    if scope.changed is None:
        return part
    tests = affected_tests(project, pack, changed=scope.changed, read=room.read)
    if tests is None:
        return part
    return replace(part, tests=tests, commands=_chosen(part.commands, tests))


def _restricted(part: Part, tests: Sequence[str]) -> Part:
    """``part`` with those of its tests that another turn may change, in ``tests``; with no command for none of them."""
    kept = [one for one in part.commands if one.stage is not StageName.TEST or (one.turned and one.narrow)]
    is_due = bool(tests) and any(one.stage is StageName.TEST for one in kept)
    return replace(part, tests=tuple(tests), commands=_chosen(kept, tests) if is_due else ())


def _chosen(commands: Sequence[StageCommand], tests: Sequence[str]) -> tuple[StageCommand, ...]:
    """The commands with those of the tests restricted to ``tests``; where they cannot be restricted they stay."""
    return tuple(narrowed(one, *tests) if one.stage is StageName.TEST else one for one in commands)
