"""The composition root: the only package that names concrete adapters and wires them to the engine."""

from orchestrator.app.clock import SystemClock
from orchestrator.app.history import Told, answer, events_of, reopen, runs_of
from orchestrator.app.running import RunRequest, RunResult, execute, load_plan, resume
from orchestrator.app.stores import find_run, state_root

__all__ = [
    "RunRequest",
    "RunResult",
    "SystemClock",
    "Told",
    "answer",
    "events_of",
    "execute",
    "find_run",
    "load_plan",
    "reopen",
    "resume",
    "runs_of",
    "state_root",
]
