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

_HOMES = {
    "Cleaning": "cleaning",
    "EarlierRun": "earlier",
    "Explanation": "explanation",
    "RunOverview": "overview",
    "RunRequest": "running",
    "RunResult": "running",
    "Standing": "overview",
    "SystemClock": "clock",
    "Told": "history",
    "YES_OR_NO": "earlier",
    "answer": "history",
    "clean": "cleaning",
    "earlier_run": "earlier",
    "events_of": "history",
    "execute": "running",
    "explain": "explanation",
    "find_run": "stores",
    "load_plan": "running",
    "overviews": "overview",
    "plan_cleaning": "cleaning",
    "reopen": "history",
    "resume": "running",
    "runs_of": "history",
    "state_root": "stores",
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
