"""Folders that can be written while the host's own stay as they are: overlays, or what stands in for them."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import anyio.to_thread

from orchestrator.domain.sandbox import Overlay

__all__ = ["fault_of_overlays", "make_layers", "overlay_prologue", "private_copies"]

_SCRIPT = """set -eu
while [ "$1" != -- ]; do echo 0 > "$1"; shift; done
mount -t tmpfs -o "size=$2,mode=0755" rung /sys
cd /sys
mkdir -p $3
printf %s "$4" > table
mount -a -T /sys/table
cd /
shift 4
exec "$@"
"""
"""Everything is mounted over /sys, of which a launcher needs nothing: so no folder of the host's is needed, and none
left behind. Paths are first bound to plain names, because overlayfs reads ``:`` and ``,`` as separators. One process
mounts them all, by a table as fstab(5) has it."""

_PROBE_SECONDS = 10.0
_PARAMETERS = Path("/sys/module/overlay/parameters")
_SETTINGS = {"redirect_dir": "nofollow", "metacopy": "off", "index": "off", "nfs_export": "off"}
"""What a host can switch on for every overlay: an upper layer would then hold references to its lower one instead of
files, or refuse another lower one. Kernels before 4.19 do not know all of them."""
_ESCAPES = str.maketrans({one: f"\\{ord(one):03o}" for one in " \t\n\\"})


def overlay_prologue(
    overlays: Sequence[Overlay], *, scratch_bytes: int, doors: Sequence[str] = ()
) -> tuple[tuple[str, ...], dict[str, str]]:
    """The words to put before a launcher's command line, and path inside -> the folder where the overlay will be.

    The launcher then runs in a mount namespace of its own; a plain user's also in a user namespace where the user
    is called 0. Before, it enters the control groups whose ``doors`` are given. Nothing where there are no overlays.
    A layer that is kept must have been made by :func:`make_layers`.
    """
    if not overlays:
        return (), {}
    user = () if os.geteuid() == 0 else ("--user", "--map-root-user")
    head = ("unshare", *user, "--mount", "--propagation", "private", "sh", "-c", _SCRIPT, "sh")
    folders = [f"{number}/{name}" for number, one in enumerate(overlays) for name in _folders(one)]
    table = "".join(line for number, one in enumerate(overlays) for line in _lines(number, one))
    merged = {overlay.inside: f"/sys/{number}/merged" for number, overlay in enumerate(overlays)}
    return (*head, *doors, "--", str(scratch_bytes), " ".join(folders), table), merged


def make_layers(overlays: Sequence[Overlay]) -> None:
    """Make the folders in which what is written to ``overlays`` is kept, where they are missing.

    Raises:
        OSError: one cannot be made.
    """
    for path in (Path(overlay.kept, name) for overlay in overlays if overlay.kept for name in ("upper", "work")):
        path.mkdir(exist_ok=True)


def _folders(overlay: Overlay) -> tuple[str, ...]:
    return ("lower", "merged", *(("own",) if overlay.kept else ("own/upper", "own/work")))


def _lines(number: int, overlay: Overlay) -> Iterator[str]:
    """The table's lines for one overlay (fstab(5))."""
    place = f"/sys/{number}"
    yield f"{overlay.lower.translate(_ESCAPES)} {place}/lower none rbind 0 0\n"
    if overlay.kept:
        yield f"{overlay.kept.translate(_ESCAPES)} {place}/own none bind 0 0\n"
    layers = f"lowerdir={place}/lower,upperdir={place}/own/upper,workdir={place}/own/work"
    yield f"rung {place}/merged overlay {','.join((*_options(), layers))} 0 0\n"


def _options() -> Iterator[str]:
    if os.geteuid():
        yield "userxattr"
    tells = _PARAMETERS.is_dir()  # not before the kernel has loaded it
    for name, value in _SETTINGS.items():
        if not tells or (_PARAMETERS / name).exists():
            yield f"{name}={value}"


def fault_of_overlays(overlays: Sequence[Overlay]) -> str:
    """Mount them and unmount them again: ``""`` where that works, else one line that says why it does not.

    Blocks for some 10 ms, at most 10 s.
    """
    if not overlays:
        return ""
    try:
        make_layers(overlays)
    except OSError as error:
        return str(error)
    prologue, _ = overlay_prologue(overlays, scratch_bytes=1 << 20)
    return _fault([*prologue, "true"])


def _fault(argv: Sequence[str]) -> str:
    """Why the command does not succeed, in one line; ``""`` where it does."""
    try:
        done = subprocess.run(
            argv, env={}, check=False, stdin=subprocess.DEVNULL, capture_output=True, timeout=_PROBE_SECONDS
        )
    except FileNotFoundError:
        return f"{argv[0]} is not installed"
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
