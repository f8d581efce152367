"""Finds out by what means a sandbox is had on this machine."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache

from orchestrator.domain.sandbox import Overlay, SandboxPolicy, SandboxRecord
from orchestrator.errors import SandboxUnavailableError
from orchestrator.sandbox.cgroups import Cgroups, Group
from orchestrator.sandbox.choice import probe
from orchestrator.sandbox.datafile import open_files
from orchestrator.sandbox.full import FullSandbox, namespaces
from orchestrator.sandbox.holding import Holding, holding_for
from orchestrator.sandbox.layers import make_layers, overlay_prologue
from orchestrator.sandbox.mounts import Mount, arguments, contents
from orchestrator.sandbox.seccomp import program_for_here
from orchestrator.sandbox.tried import Identity, find_cgroups, identity, overlays_fault, sandbox_fault
from orchestrator.sandbox.view import mounts_of

__all__ = ["Means", "Prepared", "find_means", "version"]

_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A launcher for one command, the descriptors that it needs, and the control group that it enters."""

    launcher: FullSandbox
    fds: tuple[int, ...]
    group: Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What was found to work.

    Attributes:
        policy: for which it was found.
        version: of bubblewrap.
        overlays_fault: why overlays cannot be had; ``""`` where they can.
        cgroups: where control groups can be made.
        holding: what holds each limit.
        mounts: what is seen inside, but for the stand-ins of overlays.
        seccomp: the filter; empty where there is none for this machine.
    """

    policy: SandboxPolicy
    version: str
    overlays_fault: str
    cgroups: Cgroups
    holding: Holding
    mounts: tuple[Mount, ...]
    seccomp: bytes

    @property
    def copied(self) -> tuple[Overlay, ...]:
        """The overlays for which something else stands in."""
        return self.policy.overlays if self.overlays_fault else ()

    @property
    def record(self) -> SandboxRecord:
        """What the sandbox is, for the reports."""
        overlays = {one.inside: one.fallback if self.overlays_fault else "overlay" for one in self.policy.overlays}
        return SandboxRecord(
            launcher=self.version,
            namespaces=namespaces(self.policy.network),
            network=self.policy.network,
            seccomp=bool(self.seccomp),
            limits=self.holding.held,
            overlays=overlays,
            git=self.policy.git is not None,
        )

    @contextmanager
    def prepare(self, copies: dict[str, str]) -> Iterator[Prepared]:
        """Everything that one command needs; it is taken down on leaving. ``copies`` are those of :attr:`copied`.

        Raises:
            OSError: too many open files, or the control group cannot be made.
        """
        policy = self.policy
        overlays = () if self.overlays_fault else policy.overlays
        mounts = mounts_of(policy, copies) if copies else self.mounts
        with ExitStack() as stack:
            filters = stack.enter_context(open_files([self.seccomp] if self.seccomp else []))
            files = stack.enter_context(open_files(contents(mounts)))
            group = stack.enter_context(self.cgroups.group(policy.limits))
            make_layers(overlays)
            prologue, _ = overlay_prologue(overlays, scratch_bytes=_scratch(policy), doors=group.doors)
            launcher = FullSandbox(
                network=policy.network,
                mounts=tuple(arguments(mounts, files)),
                filter_fd=filters[0] if filters else -1,
                prologue=prologue,
                doors=() if prologue else group.doors,
                limits=self.holding.words,
            )
            yield Prepared(launcher=launcher, fds=(*filters, *files), group=group)


def find_means(policy: SandboxPolicy) -> Means:
    """Try out what was not tried before, with a real command in a sandbox as ``policy`` describes it.

    Blocks for some 50 ms, and for about 1 ms where a policy was tried that has only another tree.

    Raises:
        SandboxUnavailableError: it does not work, and why; nothing weaker is taken instead.
    """
    launcher = identity()
    fault = overlays_fault(policy.overlays)
    kept = [overlay for overlay in policy.overlays if overlay.kept]
    if fault and kept:
        raise SandboxUnavailableError(f"what is written to {kept[0].inside} cannot be kept apart: {fault}")
    cgroups = find_cgroups()
    _, merged = overlay_prologue(() if fault else policy.overlays, scratch_bytes=_scratch(policy))
    means = Means(
        policy=policy,
        version=_version(launcher),
        overlays_fault=fault,
        cgroups=cgroups,
        holding=holding_for(policy.limits, cgroups),
        mounts=mounts_of(policy, merged),
        seccomp=program_for_here(),
    )
    if fault := sandbox_fault(policy, launcher, find=lambda: _fault(means)):
        raise SandboxUnavailableError(fault)
    return means


def _fault(means: Means) -> str:
    # Copies are only made for commands: what matters here is whether such a mount is permitted.
    stand_ins = {overlay.inside: "" for overlay in means.copied}
    try:
        with means.prepare(stand_ins) as prepared:
            return probe(prepared.launcher, prepared.fds)
    except OSError as error:
        return str(error)


def _scratch(policy: SandboxPolicy) -> int:
    return policy.limits.scratch_mb << 20


def version(program: str = "bwrap") -> str:
    """What bubblewrap calls itself, for example ``bubblewrap 0.8.0``.

    Raises:
        SandboxUnavailableError: it is not there, or does not run.
    """
    return _version(identity(program))


@cache
def _version(launcher: Identity) -> str:
    program = launcher[0]
    try:
        done = subprocess.run([program, "--version"], env={}, check=False, capture_output=True, timeout=_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SandboxUnavailableError(f"{program} cannot be run: {error}") from None
    return done.stdout.decode("utf-8", "replace").strip()
