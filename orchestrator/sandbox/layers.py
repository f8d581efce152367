"""Folders that can be written while the host's own stay as they are: overlays, or what stands in for them."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import anyio.to_thread

from orchestrator.domain.sandbox import Overlay

__all__ = ["fault_of_overlays", "overlay_prologue", "private_copies"]

_SCRIPT = """set -eu
size=$1 options=$2; shift 2
mount -t tmpfs -o "size=$size,mode=0755" rung /sys
number=0
while [ "$1" != -- ]; do
    place=/sys/$number; number=$((number + 1))
    mkdir -p "$place/lower" "$place/own" "$place/merged"
    mount --rbind -- "$1" "$place/lower"
    if [ -n "$2" ]; then mount --bind -- "$2" "$place/own"; fi
    mkdir -p "$place/own/upper" "$place/own/work"
    mount -t overlay -o "${options}lowerdir=$place/lower,upperdir=$place/own/upper,workdir=$place/own/work" \
        rung "$place/merged"
    shift 2
done
shift
exec "$@"
"""
"""Everything is mounted over /sys, of which a launcher needs nothing: so no folder of the host's is needed, and none
left behind. Paths are first bound to plain names, because overlayfs reads ``:`` and ``,`` as separators."""

_PROBE_SECONDS = 10.0


def overlay_prologue(overlays: Sequence[Overlay], *, scratch_bytes: int) -> tuple[tuple[str, ...], dict[str, str]]:
    """The words to put before a launcher's command line, and path inside -> the folder where the overlay will be.

    The launcher then runs in a mount namespace of its own; a plain user's also in a user namespace where the user
    is called 0. Nothing where there are no overlays.
    """
    if not overlays:
        return (), {}
    is_root = os.geteuid() == 0
    user = () if is_root else ("--user", "--map-root-user")
    options = "" if is_root else "userxattr,"
    head = ("unshare", *user, "--mount", "--propagation", "private", "sh", "-c", _SCRIPT, "sh")
    paths = [path for overlay in overlays for path in (overlay.lower, overlay.kept)]
    merged = {overlay.inside: f"/sys/{number}/merged" for number, overlay in enumerate(overlays)}
    return (*head, str(scratch_bytes), options, *paths, "--"), merged


def fault_of_overlays(overlays: Sequence[Overlay]) -> str:
    """Mount them and unmount them again: ``""`` where that works, else one line that says why it does not.

    Blocks for some 20 ms, at most 10 s.
    """
    prologue, _ = overlay_prologue(overlays, scratch_bytes=1 << 20)
    if not prologue:
        return ""
    try:
        done = subprocess.run(
            [*prologue, "true"], env={}, check=False, stdin=subprocess.DEVNULL, capture_output=True,
            timeout=_PROBE_SECONDS,
        )  # fmt: skip
    except FileNotFoundError:
        return "unshare is not installed"
    except subprocess.TimeoutExpired:
        return f"it did not end within {_PROBE_SECONDS:g} s"
    if done.returncode == 0:
        return ""
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return said[0] if said else f"exit code {done.returncode}"


@asynccontextmanager
async def private_copies(overlays: Sequence[Overlay]) -> AsyncIterator[Mapping[str, str]]:
    """Path inside -> a copy of its own, or ``""`` where an empty folder will do; the copies are removed at the end.

    Raises:
        OSError: one cannot be copied, for example because the disk is full.
    """
    if not overlays:
        yield {}
        return
    with tempfile.TemporaryDirectory(prefix="rung-copy-", ignore_cleanup_errors=True) as folder:
        copied = {}
        for number, overlay in enumerate(overlays):
            place = "" if overlay.fallback == "empty" else str(Path(folder, str(number)))
            if place:
                await anyio.to_thread.run_sync(_copy, overlay.lower, place)
            copied[overlay.inside] = place
        yield copied


def _copy(source: str, target: str) -> None:
    shutil.copytree(source, target, symlinks=True)
