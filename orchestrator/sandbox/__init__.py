"""Runs commands so that nothing of them is left when they have ended.

Start at :class:`LocalRunner`, for commands that the user trusts, and at :class:`SandboxRunner`, for the others.

Between the engine and each command stand two processes::

    engine ── launcher (bwrap, unshare) ── supervisor, pid 1 of the namespace ── command
       └──────────────── channel ─────────────────┘

The launcher makes a pid namespace and is started with an empty environment. The supervisor
(:mod:`orchestrator.sandbox.supervisor`) gets the command, its directory and its environment over the
channel, so that neither the launcher's arguments nor its environment ever hold a secret, and nothing in
the command's environment (``LD_PRELOAD``, ``PYTHONPATH``) acts on the launcher. It tells how the command
ended over the same channel, so that a launcher's own failure is never taken for the command's. When the
channel closes, by the engine's will or by its death, the supervisor ends, and the kernel ends the namespace.

The full sandbox keeps all that and adds: a view of the files (:mod:`orchestrator.sandbox.view`), every other
namespace and no rights (:mod:`orchestrator.sandbox.full`), a filter of system calls
(:mod:`orchestrator.sandbox.seccomp`) and limits (:mod:`orchestrator.sandbox.holding`).
"""

from orchestrator.sandbox.choice import LAUNCHERS, choose_launcher, probe
from orchestrator.sandbox.launcher import Launcher
from orchestrator.sandbox.redact import Redactor
from orchestrator.sandbox.runner import LocalRunner
from orchestrator.sandbox.sandboxed import SandboxRunner

__all__ = ["LAUNCHERS", "Launcher", "LocalRunner", "Redactor", "SandboxRunner", "choose_launcher", "probe"]
