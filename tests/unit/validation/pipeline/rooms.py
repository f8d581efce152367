"""Trees in rooms of their own, judged by the shipped packs with the tools of this machine."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from orchestrator.domain.assessment import Assessment, Scope, StageResult
from orchestrator.sandbox import LocalRunner
from orchestrator.sandbox.process_group import ProcessGroup
from orchestrator.validation.packs import Overrides
from orchestrator.validation.pipeline import WHOLE, Bench, Room, assess
from tests.unit.validation.packs.projects import SHIPPED, environment, lay


def room_of(files: Mapping[str, str], folder: Path, *, name: str = "tree") -> Room:
    """The files on disk, outside of a sandbox; they are their own base."""
    tree, desk = folder / name, folder / f"{name}-desk"
    for path in (tree, desk):
        path.mkdir()
    lay(files, tree)
    return Room(
        files=tuple(sorted(files)), read=dict(files).get, folder=str(tree), root=str(tree), desk=str(desk),
        desk_inside=str(desk), runner=LocalRunner(ProcessGroup()), env=environment(), isolation="off",
    )  # fmt: skip


def with_path(room: Room, path: str) -> Room:
    """``room``, whose commands find their tools on ``path``."""
    return replace(room, env={**room.env, "PATH": path})


async def assessed(
    files: Mapping[str, str],
    folder: Path,
    *,
    overrides: Overrides | None = None,
    scope: Scope = WHOLE,
    name: str = "tree",
) -> Assessment:
    """What the shipped packs say of ``files``."""
    return await assess(room_of(files, folder, name=name), Bench(packs=SHIPPED, overrides=overrides or {}), scope=scope)


def stage(assessment: Assessment, name: str) -> StageResult:
    """The one stage of that name."""
    (found,) = [one for one in assessment.stages if one.name == name]
    return found


def told(assessment: Assessment) -> str:
    """For messages of tests that fail."""
    return "\n".join(
        f"{one.name} {one.status} {one.notes} " + "; ".join(f"{f.message}\n{f.detail}" for f in one.findings)
        for one in assessment.stages
    )
