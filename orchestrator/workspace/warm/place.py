"""Where the files of one tree can be worked on, and as what they are seen there."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, TypeAlias

from orchestrator.domain.sandbox import GitView, Overlay, SandboxPolicy

How: TypeAlias = Literal["warm overlay", "cold overlay", "plain copy"]
"""``warm overlay``: the base's dependencies and build output are there. ``cold overlay``: its dependencies only.
``plain copy``: a checkout of its own, in which dependencies were set up anew."""

PYCACHE = "/tmp/rung-pycache"  # noqa: S108  # inside a sandbox, whose /tmp is its own
"""Where Python finds and leaves byte code inside a sandbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder to run commands in.

    Attributes:
        how: see :data:`How`.
        folder: absolute path on the host. Of an overlay only a name: nothing is there, for no mount is seen outside.
        mount: the path at which commands see it; ``folder`` itself where there is no sandbox.
        overlays: what makes it, for a sandbox.
        variables: what commands need in their environment, beyond the usual.
        git: what ``git`` reads there; ``None`` outside of a sandbox, where the folder holds it.
        why: why it is no warm overlay, one line; ``""`` where it is one.
    """

    how: How
    folder: str
    mount: str
    overlays: tuple[Overlay, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    git: GitView | None = None
    why: str = ""

    @property
    def is_overlay(self) -> bool:
        """Whether only a sandbox can show it."""
        return any(overlay.inside == self.mount for overlay in self.overlays)

    @property
    def is_sandboxed(self) -> bool:
        """Whether commands are to see it at another path than where it is: only a sandbox can do that."""
        return self.mount != self.folder

    def policy(self, template: SandboxPolicy) -> SandboxPolicy:
        """``template`` (toolchains, caches, limits) with this place as its tree."""
        return replace(
            template,
            tree="" if self.is_overlay else self.folder,
            mount=self.mount,
            git=self.git,
            overlays=(*self.overlays, *template.overlays),
            variables={**template.variables, **self.variables},
        )

    def inside(self, path: str) -> str:
        """What a path at or below :attr:`folder` is called where commands run."""
        return str(Path(self.mount, Path(path).relative_to(self.folder)))


Step: TypeAlias = Callable[[Place], Awaitable[None]]
"""Runs commands in a place; one that cannot do its work raises a :class:`~orchestrator.errors.RungError`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmUp:
    """How a checkout becomes warm.

    Attributes:
        recipe: text that is different when the steps are.
        toolchain: see :attr:`orchestrator.workspace.warm.key.WarmKey.toolchain`.
        lock: see there.
        set_up: brings dependencies in; ``None`` where there are none. Also for a plain copy.
        build: makes what a build makes; ``None`` for nothing.
    """

    recipe: str = ""
    toolchain: str = ""
    lock: str = ""
    set_up: Step | None = None
    build: Step | None = None
