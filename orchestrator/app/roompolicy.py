"""What commands in a room get to see besides the copy: toolchains, the user's dependencies, and a desk of ours."""

from dataclasses import replace
from pathlib import Path

from orchestrator.app.trees import DEPENDENCIES
from orchestrator.domain.assessment import Unit
from orchestrator.domain.sandbox import Bind, Overlay, SandboxPolicy
from orchestrator.sandbox.toolchains import find_toolchain

DESK = "/tmp/rung-desk"  # noqa: S108  # inside a sandbox, whose /tmp is its own


def room_policy(
    template: SandboxPolicy, root: Path, *, tree: Path, desk: Path, folders: tuple[str, ...]
) -> SandboxPolicy:
    """``template`` with the copy ``tree`` at ``root``, the user's own path, and what belongs to it.

    Args:
        template: toolchains, caches and limits.
        root: absolute path on the host, and inside.
        tree: absolute path of the copy on the host.
        desk: a folder of ours with an empty ``lower``; what commands write to :data:`DESK` comes to its ``upper``.
        folders: below ``root``, in which dependencies lie: seen as they are, and never written.
    """
    caches = [Overlay(lower=str(root / one), target=str(root / one)) for one in folders]
    known = {bind.inside for bind in template.readonly}
    roots = [bind for one in folders for bind in _interpreters(root / one) if bind.inside not in known]
    outside = [bind for bind in dict.fromkeys(roots) if not Path(bind.source).is_relative_to(root)]
    return replace(
        template,
        tree=str(tree),
        mount=str(root),
        readonly=(*template.readonly, *outside),
        overlays=(*template.overlays, *caches, Overlay(lower=str(desk / "lower"), target=DESK, kept=str(desk))),
    )


def unit_of(folder: str) -> Unit:
    """Whose dependencies lie in ``folder``."""
    root, _, name = folder.rpartition("/")
    return Unit(root=root, pack=DEPENDENCIES[name])


def _interpreters(folder: Path) -> tuple[Bind, ...]:
    """What an environment of Python was made from."""
    found = find_toolchain("python", {"PATH": str(folder / "bin")})
    return found.roots if found else ()
