"""The engines that are compared: to add one, add its file to this folder and a row here."""

import importlib
import platform
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version

from benchmarks.engines.protocol import Session
from orchestrator import _version


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """One row.

    Attributes:
        version: raises :class:`importlib.metadata.PackageNotFoundError` where the engine is not installed.
        session: module of this folder, and the name of its :data:`benchmarks.engines.protocol.Session`.
        imports: what a program that uses the engine has to import.
        most_nodes: a greater graph would take minutes; 0 where none does.
    """

    version: Callable[[], str]
    session: tuple[str, str]
    imports: str
    most_nodes: int = 0

    def load_session(self) -> Session:
        """Import the module of this folder; the engine itself is imported by the session."""
        module, name = self.session
        found: Session = getattr(importlib.import_module(f"benchmarks.engines.{module}"), name)
        return found


def _own_version() -> str:
    return _version.__version__


BASELINE = "bare asyncio"

ENGINES = {
    BASELINE: Engine(version=platform.python_version, session=("plain", "session"), imports="asyncio"),
    "Rung core": Engine(version=_own_version, session=("rung", "core"), imports="orchestrator.executor.loop"),
    "Rung full": Engine(version=_own_version, session=("rung", "full"), imports="orchestrator.executor.engine"),
    "Hamilton": Engine(
        version=partial(version, "apache-hamilton"), session=("hamilton", "session"), imports="hamilton.async_driver"
    ),
    "pydantic-graph": Engine(
        version=partial(version, "pydantic-graph"), session=("pydantic_graph", "session"), imports="pydantic_graph"
    ),
    "LangGraph": Engine(
        version=partial(version, "langgraph"), session=("langgraph", "session"), imports="langgraph.graph"
    ),
    "dask.distributed": Engine(
        version=partial(version, "distributed"), session=("dask_distributed", "session"), imports="distributed"
    ),
    "Prefect": Engine(
        version=partial(version, "prefect"), session=("prefect", "session"), imports="prefect", most_nodes=100
    ),
}
OWN = frozenset({BASELINE, "Rung core", "Rung full"})
"""These are always there, and it is an error of ours when one fails."""
