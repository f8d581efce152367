"""Finds out what of this machine Rung can use, one capability after the other."""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from orchestrator.errors import RungError

_PYTHON = (3, 11)
_FREE_MB = 1024
_SECONDS = 10.0
_TOOLS = ("gcc", "clang", "make", "cmake", "cargo", "go", "node", "java", "mvn", "dotnet", "ruby", "php")
_INSTALL = "install it with the system's package manager, for example: apt install {}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """One thing that was looked at.

    Attributes:
        name: what it is.
        ok: whether it can be used.
        needed: whether Rung cannot do its work without it.
        found: what there is, or why it cannot be used; one line.
        remedy: how to get it; ``""`` where it is there.
    """

    name: str
    ok: bool
    needed: bool
    found: str
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """All of them, in a fixed order; ``ok`` where nothing that is needed is missing."""

    ok: bool
    checks: tuple[Capability, ...]


def check_machine(state_folder: Callable[[], Path], environ: Mapping[str, str]) -> Checkup:
    """Look at everything. Blocks for some 200 ms; writes nothing that stays."""
    checks = (_python(), _git(environ), *_isolation(), *_state(state_folder), _tools(environ))
    return Checkup(ok=all(check.ok for check in checks if check.needed), checks=checks)


def document(checkup: Checkup) -> dict[str, object]:
    """What ``rung doctor --json`` prints."""
    return asdict(checkup)


def json_schema() -> dict[str, object]:
    """The JSON Schema of :func:`document`."""
    from pydantic import TypeAdapter

    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **TypeAdapter(Checkup).json_schema()}


def _python() -> Capability:
    found = f"Python {platform.python_version()} at {sys.executable}"
    ok = sys.version_info >= _PYTHON
    return Capability(name="python", ok=ok, needed=True, found=found, remedy="" if ok else "use Python 3.11 or newer")


def _git(environ: Mapping[str, str]) -> Capability:
    import anyio

    from orchestrator.workspace.git import Git

    async def find() -> Git:
        return await Git.find(environ)

    try:
        anyio.run(find)
    except RungError as error:
        return Capability(name="git", ok=False, needed=True, found=str(error), remedy=_INSTALL.format("git"))
    return Capability(name="git", ok=True, needed=True, found=_first_line(["git", "--version"]))


def _isolation() -> Iterator[Capability]:
    yield _bubblewrap()
    yield _user_namespaces()
    with tempfile.TemporaryDirectory() as folder:
        yield _sandbox(folder)
        yield _overlays(folder)
    yield _cgroups()
    yield _seccomp()


def _bubblewrap() -> Capability:
    from orchestrator.sandbox.means import version

    try:
        found = version()
    except RungError as error:
        why = getattr(error, "why", str(error))
        return Capability(name="bubblewrap", ok=False, needed=True, found=why, remedy=_INSTALL.format("bubblewrap"))
    return Capability(name="bubblewrap", ok=True, needed=True, found=found)


def _user_namespaces() -> Capability:
    fault = _fault(["unshare", "--user", "true"])
    if not fault:
        return Capability(name="user namespaces", ok=True, needed=True, found="permitted")
    remedy = "as root: sysctl user.max_user_namespaces=15000"
    if _setting("kernel/apparmor_restrict_unprivileged_userns") == "1":
        remedy = "an AppArmor profile that grants userns to bwrap (the package apparmor-profiles may bring one)"
    elif _setting("kernel/unprivileged_userns_clone") == "0":
        remedy = "as root: sysctl kernel.unprivileged_userns_clone=1"
    return Capability(name="user namespaces", ok=False, needed=True, found=fault, remedy=remedy)


def _sandbox(folder: str) -> Capability:
    from orchestrator.domain.sandbox import SandboxPolicy
    from orchestrator.sandbox import SandboxRunner

    try:
        record = SandboxRunner(SandboxPolicy(tree=folder, mount=folder)).record
    except RungError as error:
        remedy = "see the lines beside this one; without a sandbox: --sandbox off"
        return Capability(name="sandbox", ok=False, needed=True, found=getattr(error, "why", str(error)), remedy=remedy)
    held = ", ".join(f"{limit.name} by {limit.by[0]}" for limit in record.limits[:2])
    return Capability(name="sandbox", ok=True, needed=True, found=f"works; {held}")


def _overlays(folder: str) -> Capability:
    from orchestrator.domain.sandbox import Overlay
    from orchestrator.sandbox.layers import fault_of_overlays

    fault = fault_of_overlays([Overlay(lower=folder)])
    found = f"not permitted ({fault}): caches are copied, trees checked out anew" if fault else "permitted"
    remedy = "Linux 5.11 or newer lets every user mount overlays; root can on any" if fault else ""
    return Capability(name="overlayfs", ok=not fault, needed=False, found=found, remedy=remedy)


def _cgroups() -> Capability:
    from orchestrator.sandbox.cgroups import find_cgroups

    cgroups = find_cgroups()
    if cgroups.parents:
        found = f"{cgroups.kind}: {', '.join(sorted(cgroups.parents))}"
        return Capability(name="cgroups", ok=True, needed=False, found=found)
    found = "none may be made: memory and processes are held by resource limits and a watchdog"
    remedy = "run as root, or in a delegated group (systemd-run --user --scope -p Delegate=yes)"
    return Capability(name="cgroups", ok=False, needed=False, found=found, remedy=remedy)


def _seccomp() -> Capability:
    from orchestrator.sandbox.seccomp import MACHINES, program_for_here

    machine, ok = platform.machine(), bool(program_for_here())
    remedy = "" if ok else f"there are filters for {', '.join(MACHINES)}"
    found = f"a filter for {machine}" if ok else f"no filter for {machine}: the sandbox works without"
    return Capability(name="seccomp", ok=ok, needed=False, found=found, remedy=remedy)


def _state(state_folder: Callable[[], Path]) -> Iterator[Capability]:
    try:
        folder = state_folder()
    except RungError as error:
        yield Capability(name="state folder", ok=False, needed=True, found=str(error), remedy="set RUNG_STATE_DIR")
        return
    there = next(path for path in (folder, *folder.parents) if path.is_dir())
    ok = os.access(there, os.W_OK | os.X_OK)
    remedy = "" if ok else "make it writable, or set RUNG_STATE_DIR to a folder that is"
    found = f"{folder}" if ok else f"{there} may not be written to"
    yield Capability(name="state folder", ok=ok, needed=True, found=found, remedy=remedy)
    free = shutil.disk_usage(there).free >> 20
    roomy = free >= _FREE_MB
    remedy = "" if roomy else f"free some: {_FREE_MB} MB are the least"
    yield Capability(name="disk", ok=roomy, needed=True, found=f"{free} MB free", remedy=remedy)


def _tools(environ: Mapping[str, str]) -> Capability:
    found = [tool for tool in _TOOLS if shutil.which(tool, path=environ.get("PATH", os.defpath))]
    remedy = "" if found else "install what your project is built with"
    return Capability(
        name="compilers", ok=bool(found), needed=False, found=", ".join(found) or "none on the PATH", remedy=remedy
    )


def _setting(name: str) -> str:
    try:
        return Path("/proc/sys", name).read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _fault(argv: list[str]) -> str:
    try:
        done = subprocess.run(argv, check=False, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{argv[0]} cannot be run: {error}"
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return "" if done.returncode == 0 else (said or [f"exit code {done.returncode}"])[-1]


def _first_line(argv: list[str]) -> str:
    done = subprocess.run(argv, check=False, capture_output=True, timeout=_SECONDS)
    return done.stdout.decode("utf-8", "replace").strip().partition("\n")[0]
