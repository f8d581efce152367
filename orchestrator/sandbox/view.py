"""Works out, from a policy, all that is mounted inside a sandbox."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from orchestrator.domain.sandbox import SandboxPolicy
from orchestrator.sandbox import supervisor
from orchestrator.sandbox.bytecode import byte_code
from orchestrator.sandbox.gitview import git_mounts
from orchestrator.sandbox.machine import HOME, account_mounts, interpreter, interpreter_mounts, system_mounts
from orchestrator.sandbox.mounts import BindMount, FileMount, FixedMount, LinkMount, Mount, SealMount, TmpMount, ordered

__all__ = ["SUPERVISOR", "WATCHDOG", "inside", "mounts_of"]

SUPERVISOR = "/run/rung/supervisor.pyc"
WATCHDOG = "/run/rung/watchdog.pyc"

_MEGABYTE = 1 << 20
_HIDDEN_FROM_ROOT = ("kcore", "kmsg", "keys", "timer_list", "sched_debug")


def inside(argv: tuple[str, ...]) -> tuple[str, ...]:
    """A supervisor's command line as it has to be inside.

    There the engine's own folder does not exist, or it is the very tree that is worked on.
    """
    _, *options, _, channel = argv
    return (interpreter(), *options, SUPERVISOR, channel)


def mounts_of(policy: SandboxPolicy, layers: Mapping[str, str]) -> tuple[Mount, ...]:
    """All mounts in the order in which they are to be made.

    Args:
        policy: one without faults.
        layers: of each overlay, path inside -> the folder to mount there, writable; ``""`` for an empty one.
    """
    return ordered((*system_mounts(policy.network), *_kernel(), *_private(policy), *_given(policy, layers)))


def _kernel() -> Iterator[Mount]:
    yield FixedMount("/proc", "--proc")
    # The supervisor is not for the command to see or to touch.
    yield TmpMount("/proc/1")
    yield SealMount("/proc/1")
    # Files there that only ask for the user root, and not for a capability, reach the whole machine.
    yield SealMount("/proc")
    if os.getuid() == 0:
        for path in (f"/proc/{name}" for name in _HIDDEN_FROM_ROOT):
            if Path(path).exists():
                yield BindMount(path, os.devnull)
    yield FixedMount("/dev", "--dev")
    yield SealMount("/dev")
    yield SealMount("/")


def _private(policy: SandboxPolicy) -> Iterator[Mount]:
    size = policy.limits.scratch_mb * _MEGABYTE
    yield TmpMount("/tmp", size, "1777")  # noqa: S108  # this is the sandbox's own
    yield TmpMount("/dev/shm", size, "1777")  # noqa: S108  # as above
    yield TmpMount(HOME, size, "0700")
    yield LinkMount("/var/tmp", "/tmp")  # noqa: S108  # as above
    yield from account_mounts(os.getuid(), os.getgid())
    yield from interpreter_mounts()
    package = Path(supervisor.__file__).parent
    for path in (SUPERVISOR, WATCHDOG):
        yield FileMount(path, byte_code(package / f"{Path(path).stem}.py"))


def _given(policy: SandboxPolicy, layers: Mapping[str, str]) -> Iterator[Mount]:
    if policy.tree:
        yield BindMount(policy.mount, policy.tree, writable=True)
    for bind in policy.readonly:
        yield BindMount(bind.inside, bind.source)
    for bind in policy.writable:
        yield BindMount(bind.inside, bind.source, writable=True)
    for target, source in layers.items():
        yield (
            BindMount(target, source, writable=True)
            if source
            else TmpMount(target, policy.limits.scratch_mb * _MEGABYTE)
        )
    is_file = Path(tree_of(policy), ".git").is_file()
    yield from git_mounts(policy.git, mount=policy.mount, is_file=is_file)


def tree_of(policy: SandboxPolicy) -> str:
    """The host's folder that shows what lies in the tree: of an overlay its lower layer."""
    lowers = (overlay.lower for overlay in policy.overlays if overlay.inside == policy.mount)
    return policy.tree or next(lowers, "/")
