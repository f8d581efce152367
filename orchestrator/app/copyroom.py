"""The room of one plain copy: in the sandbox at the path of the user's own files, or where it lies without one."""

from dataclasses import dataclass, replace
from pathlib import Path

from orchestrator.app.confinement import Confinement
from orchestrator.app.roompolicy import layered_policy, room_policy, unit_of
from orchestrator.app.rooms import DESK
from orchestrator.domain.sandbox import GitView
from orchestrator.sandbox import SandboxRunner
from orchestrator.validation.packs import Read
from orchestrator.validation.pipeline import Room


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What a room is made of.

    Attributes:
        folder: absolute path of the copy.
        desk: a folder of ours with ``lower`` and ``upper``, both empty.
        root: absolute path of the user's own files.
        folders: below ``root``, in which dependencies lie.
        files: of the copy, below it. read: reads those that say how it is judged.
        git: what commands may read of the repository; ``None`` where there is none.
    """

    folder: Path
    desk: Path
    root: Path
    folders: tuple[str, ...]
    files: tuple[str, ...]
    read: Read
    git: GitView | None = None


def copy_room(copy: Copy, confinement: Confinement) -> Room:
    """The room of ``copy``.

    Without a sandbox the user's dependencies are not seen, and set-up is as free as all else.
    """
    template = confinement.template
    if template is None:
        return Room(
            files=copy.files, read=copy.read, folder=str(copy.folder), root=str(copy.folder),
            desk=str(copy.desk / "upper"), desk_inside=str(copy.desk / "upper"),
            runner=confinement.host, setup=confinement.host, seconds=confinement.seconds,
            env=confinement.env, isolation=f"off ({confinement.isolation})",
        )  # fmt: skip
    seen = room_policy(template, copy.root, tree=copy.folder, desk=copy.desk, folders=copy.folders)
    policy, network = replace(seen, git=copy.git), confinement.set_up_network
    return Room(
        files=copy.files, read=copy.read, folder=str(copy.folder), root=str(copy.root),
        installed=str(copy.root) if copy.folders else "", desk=str(copy.desk / "upper"), desk_inside=DESK,
        runner=SandboxRunner(policy), setup=SandboxRunner(replace(policy, network=network)),
        is_offline=network == "none", prepared=tuple(map(unit_of, copy.folders)), seconds=confinement.seconds,
        env=confinement.env, isolation=str(confinement.record or confinement.isolation),
    )  # fmt: skip


def layered_room(copy: Copy, confinement: Confinement, *, layer: Path) -> Room:
    """A room over ``copy`` and its desk, in the sandbox; what is written in it comes to ``layer``, which is made.

    Nobody may write to the copy as long as the room is used.

    Raises:
        OSError: the disk is full, for example.
    """
    template = confinement.template
    assert template is not None, "only a sandbox can show it"
    tree, desk = layer / "tree", layer / "desk"
    for folder in (tree, desk):
        (folder / "upper").mkdir(parents=True)
        (folder / "work").mkdir()
    seen = layered_policy(template, copy.root, trees=(copy.folder, tree), desks=(copy.desk, desk), folders=copy.folders)
    policy, network = replace(seen, git=copy.git), confinement.set_up_network
    return replace(
        copy_room(copy, confinement),
        folder=str(tree / "upper"),
        lowers=(str(copy.folder),),
        desk=str(desk / "upper"),
        runner=SandboxRunner(policy),
        setup=SandboxRunner(replace(policy, network=network)),
    )
