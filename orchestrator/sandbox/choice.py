"""Chooses how commands are isolated, by trying it."""

import os
import socket
import subprocess
from collections.abc import Callable, Sequence
from functools import cache

from orchestrator.domain.command import Command
from orchestrator.errors import IsolationError
from orchestrator.sandbox.bubblewrap import Bubblewrap
from orchestrator.sandbox.channel import parse, supervisor_argv
from orchestrator.sandbox.launcher import Launcher
from orchestrator.sandbox.process_group import ProcessGroup
from orchestrator.sandbox.request import encode
from orchestrator.sandbox.text import clean
from orchestrator.sandbox.unshare import Unshare

__all__ = ["LAUNCHERS", "choose_launcher", "default_launcher", "probe"]

LAUNCHERS: tuple[Launcher, ...] = (Bubblewrap(), Unshare(), ProcessGroup())
"""Best first; the first that works is taken."""

_PROBE_SECONDS = 10.0
_PROBE_EXIT = 7
_PROBE = Command(argv=("sh", "-c", f"exit {_PROBE_EXIT}"), cwd="/")


def probe(launcher: Launcher, fds: Sequence[int] = ()) -> str:
    """Run a real command under ``launcher``: ``""`` where it works, else one line that says why it does not.

    ``fds`` are further descriptors that the launcher needs. Blocks for the time of one command, at most 10 s.
    """
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(encode(_PROBE, "/bin/sh"))
        argv = launcher.wrap(supervisor_argv(theirs.fileno()))
        try:
            stderr = _run(argv, (theirs.fileno(), *fds))
        except FileNotFoundError:
            return f"{argv[0]} is not installed"
        except OSError as error:
            return f"{argv[0]} cannot be started: {error.strerror}"
        except subprocess.TimeoutExpired:
            return f"{argv[0]} did not end within {_PROBE_SECONDS:g} s"
        theirs.close()
        return _fault(launcher, parse(_answers(ours)), stderr=clean(stderr))


def _run(argv: Sequence[str], fds: Sequence[int]) -> bytes:
    """What it prints on its standard error."""
    done = subprocess.run(
        argv,
        env={},
        cwd="/",
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_PROBE_SECONDS,
        pass_fds=fds,
    )
    return done.stderr


def _answers(ours: socket.socket) -> bytes:
    with ours.makefile("rb") as stream:
        try:
            return stream.read()
        except ConnectionResetError:
            return b""  # what ended has not even read its request


def _fault(launcher: Launcher, said: dict[str, tuple[int, ...]], *, stderr: str) -> str:
    if said.get("exit") != (_PROBE_EXIT,):
        return (stderr.strip().splitlines() or ["it did not run a command to its end"])[-1]
    pid, uid = said["ready"]
    if launcher.contains and pid != 1:
        return "it made no pid namespace"
    return "" if uid == os.getuid() else "it changed the user"


def choose_launcher(
    candidates: Sequence[Launcher] = LAUNCHERS, find_fault: Callable[[Launcher], str] = probe
) -> Launcher:
    """The first of ``candidates`` in which ``find_fault`` finds none: best first.

    Raises:
        IsolationError: there is a fault in each; the error names them all.
    """
    faults = []
    for launcher in candidates:
        if not (fault := find_fault(launcher)):
            return launcher
        faults.append(f"{launcher.name}: {fault}")
    raise IsolationError("commands cannot be isolated here; " + "; ".join(faults or ["nothing was tried"]))


@cache
def default_launcher() -> Launcher:
    """The choice for this process, made on first use."""
    return choose_launcher()
