"""What commands in a room get to see besides the copy: toolchains, the user's dependencies, and a desk of ours."""

from dataclasses import replace
from pathlib import Path

from orchestrator.app.rooms import DESK, desk_overlay
from orchestrator.app.trees import DEPENDENCIES
from orchestrator.domain.assessment import Unit
from orchestrator.domain.sandbox import Bind, Overlay, SandboxPolicy
from orchestrator.sandbox.toolchains import find_toolchain


def room_policy(
    template: SandboxPolicy, root: Path, *, tree: Path, desk: Path, folders: tuple[str, ...]
) -> SandboxPolicy:
    """``template`` with the copy ``tree`` at ``root``, the user's own path, and what belongs to it.

    Args:
        template: toolchains, caches and limits.
        root: absolute path on the host, and inside.
        tree: absolute path of the copy on the host.
        desk: a folder of ours with an empty ``lower``; what commands write there comes to its ``upper``.
        folders: below ``root``, in which dependencies lie: seen as they are, and never written.
    """
    seeing = with_dependencies(template, root, folders=folders)
    return replace(seeing, tree=str(tree), mount=str(root), overlays=(*seeing.overlays, desk_overlay(desk)))


def layered_policy(
    template: SandboxPolicy,
    root: Path,
    *,
    trees: tuple[Path, Path],
    desks: tuple[Path, Path],
    folders: tuple[str, ...],
) -> SandboxPolicy:
    """As :func:`room_policy`, with ``trees`` at ``root``: a copy, and over it a folder with ``upper`` and ``work``.

    The same of ``desks``; the first is one of the other room, of which what was written is seen.
    """
    (tree, upper), (desk, above) = trees, desks
    seeing = with_dependencies(template, root, folders=folders)
    overlays = (
        Overlay(lower=str(tree), target=str(root), kept=str(upper)),
        *seeing.overlays,
        Overlay(lower=str(desk / "upper"), target=DESK, kept=str(above)),
    )
    return replace(seeing, tree="", mount=str(root), overlays=overlays)


def with_dependencies(template: SandboxPolicy, root: Path, *, folders: tuple[str, ...]) -> SandboxPolicy:
    """``template`` with the dependencies in ``folders`` below ``root``, and the interpreters that they were made from.

    They are seen at their own paths; what commands write there is thrown away.
    """
    overlays = [Overlay(lower=str(root / one), target=str(root / one)) for one in folders]
    known = {bind.inside for bind in template.readonly}
    roots = [bind for one in folders for bind in _interpreters(root / one) if bind.inside not in known]
    outside = [bind for bind in dict.fromkeys(roots) if not Path(bind.source).is_relative_to(root)]
    return replace(template, readonly=(*template.readonly, *outside), overlays=(*template.overlays, *overlays))


def unit_of(folder: str) -> Unit:
    """Whose dependencies lie in ``folder``."""
    root, _, name = folder.rpartition("/")
    return Unit(root=root, pack=DEPENDENCIES[name])


def _interpreters(folder: Path) -> tuple[Bind, ...]:
    """What an environment of Python was made from."""
    found = find_toolchain("python", {"PATH": str(folder / "bin")})
    return found.roots if found else ()
