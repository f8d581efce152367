"""The composition root: the only package that names concrete adapters and wires them to the engine.

Names are loaded on use (PEP 562): who lists runs does not pay for the engine.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.app.cleaning import Cleaning, clean, plan_cleaning
    from orchestrator.app.clock import SystemClock
    from orchestrator.app.earlier import YES_OR_NO, EarlierRun, earlier_run
    from orchestrator.app.explanation import Explanation, explain
    from orchestrator.app.handover import Handed, Handover, Way
    from orchestrator.app.history import Told, answer, events_of, reopen, runs_of
    from orchestrator.app.overview import RunOverview, Standing, overviews
    from orchestrator.app.results import Difference, TakenBack, difference, hand_over_again, take_back
    from orchestrator.app.running import RunRequest, RunResult, execute, load_plan, resume
    from orchestrator.app.stores import find_run, path_in_project, state_root
    from orchestrator.app.workflows import FoundWorkflow, find_workflow

__all__ = [
    "YES_OR_NO",
    "Cleaning",
    "Difference",
    "EarlierRun",
    "Explanation",
    "FoundWorkflow",
    "Handed",
    "Handover",
    "RunOverview",
    "RunRequest",
    "RunResult",
    "Standing",
    "SystemClock",
    "TakenBack",
    "Told",
    "Way",
    "answer",
    "clean",
    "difference",
    "earlier_run",
    "events_of",
    "execute",
    "explain",
    "find_run",
    "find_workflow",
    "hand_over_again",
    "load_plan",
    "overviews",
    "path_in_project",
    "plan_cleaning",
    "reopen",
    "resume",
    "runs_of",
    "state_root",
    "take_back",
]

_HOMES = {
    "Cleaning": "cleaning",
    "Difference": "results",
    "EarlierRun": "earlier",
    "Explanation": "explanation",
    "FoundWorkflow": "workflows",
    "Handed": "handover",
    "Handover": "handover",
    "RunOverview": "overview",
    "RunRequest": "running",
    "RunResult": "running",
    "Standing": "overview",
    "SystemClock": "clock",
    "TakenBack": "results",
    "Told": "history",
    "Way": "handover",
    "YES_OR_NO": "earlier",
    "answer": "history",
    "clean": "cleaning",
    "difference": "results",
    "earlier_run": "earlier",
    "events_of": "history",
    "execute": "running",
    "explain": "explanation",
    "find_run": "stores",
    "find_workflow": "workflows",
    "hand_over_again": "results",
    "load_plan": "running",
    "overviews": "overview",
    "path_in_project": "stores",
    "plan_cleaning": "cleaning",
    "reopen": "history",
    "resume": "running",
    "runs_of": "history",
    "state_root": "stores",
    "take_back": "results",
}
"""Public name -> the module of this package that holds it."""


def __getattr__(name: str) -> object:
    """Load the module that holds ``name``, and keep the name here."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names."""
    return sorted(__all__)
