"""What holds the code under repair: the sandbox or, once its user has switched that off, processes kept apart."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import anyio.to_thread

from orchestrator.config import Settings
from orchestrator.domain.events import SandboxPrepared
from orchestrator.domain.sandbox import HeldLimit, Limits, Network, SandboxPolicy, SandboxRecord
from orchestrator.errors import SandboxUnavailableError
from orchestrator.ports import CommandRunner
from orchestrator.resources import project_root
from orchestrator.sandbox import LocalRunner, SandboxRunner
from orchestrator.sandbox.toolchains import TOOLCHAINS, find_toolchain

SWITCHED_OFF = "switched off by its user"


@dataclass(frozen=True, slots=True, kw_only=True)
class Confinement:
    """How one engine runs code that nobody has to trust.

    Attributes:
        host: runs commands where there is no sandbox.
        env: what commands inherit.
        template: toolchains, caches and limits of the sandbox; ``None`` without one.
        record: what the sandbox is; ``None`` without one.
        set_up_network: what the set-up of dependencies may reach; everything else reaches nothing.
        seconds: that one command may take, in a sandbox or not; 0 means no cap.
    """

    host: CommandRunner
    env: Mapping[str, str]
    template: SandboxPolicy | None = None
    record: SandboxRecord | None = None
    set_up_network: Network = "none"
    seconds: int = 0

    @property
    def isolation(self) -> str:
        """``sandbox``, or the word of the runner that is used without one."""
        return self.host.isolation if self.template is None else "sandbox"

    def told(self, at: float) -> SandboxPrepared:
        """The event that tells it, at this time (seconds since the epoch)."""
        why = SWITCHED_OFF if self.template is None else ""
        return SandboxPrepared(at, self.isolation, self.record, why)


async def confine(
    settings: Settings, *, cwd: Path, host: CommandRunner, env: Mapping[str, str], scratch: str
) -> Confinement:
    """Try the sandbox out, for the project in ``cwd``, unless it is switched off. Takes some 100 ms.

    A ``host`` that is not the engine's own decides for itself how commands are run: with it no sandbox can be had.

    Args:
        settings: of which the table ``sandbox`` counts.
        cwd: absolute.
        host: runs commands outside of the sandbox.
        env: what commands inherit; says where toolchains are found.
        scratch: a folder of the engine's own, in which it may leave something.

    Raises:
        SandboxUnavailableError: it cannot be had, and it is not switched off. Nothing has run.
        InputError: it cannot show files at the path at which the project lies.
    """
    wanted = settings.sandbox
    bare = Confinement(host=host, env=env, set_up_network=wanted.network, seconds=wanted.seconds)
    if wanted.mode == "off":
        return bare
    if not isinstance(host, LocalRunner):
        raise SandboxUnavailableError("commands are run by a runner of the caller's own")
    template = await anyio.to_thread.run_sync(_template, settings, env)
    probe = partial(_record, template, tree=Path(scratch, "probe"), mount=project_root(cwd))
    record = await anyio.to_thread.run_sync(probe)
    return replace(bare, template=template, record=_capped(record, wanted.seconds))


def _record(template: SandboxPolicy, *, tree: Path, mount: Path) -> SandboxRecord:
    tree.mkdir(exist_ok=True)
    record = SandboxRunner(replace(template, tree=str(tree), mount=str(mount))).record
    return replace(record, git=True)  # every place shows a repository; the folder that this was tried with is none


def _capped(record: SandboxRecord, seconds: int) -> SandboxRecord:
    cap = (HeldLimit(name="seconds", value=seconds, by=("engine",)),) if seconds else ()
    return replace(record, limits=(*record.limits, *cap))


def _template(settings: Settings, env: Mapping[str, str]) -> SandboxPolicy:
    """All toolchains that are found; each folder once. Tree and mount are each place's own."""
    found = [toolchain for tool in TOOLCHAINS if (toolchain := find_toolchain(tool, env))]
    variables: dict[str, str] = {}
    for toolchain in found:
        variables |= toolchain.variables
    binds = {bind.inside: bind for toolchain in found for bind in toolchain.roots}
    caches = {cache.inside: cache for toolchain in found for cache in toolchain.caches}
    return SandboxPolicy(
        tree="/",
        mount="/",
        readonly=tuple(binds.values()),
        overlays=tuple(caches.values()),
        variables=variables,
        limits=_limits(settings),
    )


def _limits(settings: Settings) -> Limits:
    """The configured ones; who lets a command take longer lets it compute longer too."""
    usual, wanted = Limits(), settings.sandbox
    cpu_seconds = max(usual.cpu_seconds, wanted.seconds)
    return replace(usual, memory_mb=wanted.memory_mb, processes=wanted.processes, cpu_seconds=cpu_seconds)
