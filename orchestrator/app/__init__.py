"""The composition root: the only package that names concrete adapters and wires them to the engine."""

from orchestrator.app.cleaning import Cleaning, clean, plan_cleaning
from orchestrator.app.clock import SystemClock
from orchestrator.app.earlier import YES_OR_NO, EarlierRun, earlier_run
from orchestrator.app.explanation import Explanation, explain
from orchestrator.app.history import Told, answer, events_of, reopen, runs_of
from orchestrator.app.overview import RunOverview, Standing, overviews
from orchestrator.app.running import RunRequest, RunResult, execute, load_plan, resume
from orchestrator.app.stores import find_run, state_root

__all__ = [
    "YES_OR_NO",
    "Cleaning",
    "EarlierRun",
    "Explanation",
    "RunOverview",
    "RunRequest",
    "RunResult",
    "Standing",
    "SystemClock",
    "Told",
    "answer",
    "clean",
    "earlier_run",
    "events_of",
    "execute",
    "explain",
    "find_run",
    "load_plan",
    "overviews",
    "plan_cleaning",
    "reopen",
    "resume",
    "runs_of",
    "state_root",
]
