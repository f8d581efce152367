"""Rung: runs coding jobs as a dependency graph, each node with the cheapest worker that may do it.

The names below are the public API; each is loaded when it is first used, so ``import orchestrator`` costs
next to nothing::

    import anyio
    from pathlib import Path
    from orchestrator import RunRequest, RunState, Settings, execute, load

    plan, state = load(Path("rung.yaml")), RunState()
    request = RunRequest(plan=plan, inputs={}, cwd=Path.cwd(), settings=Settings(), reporters=[state])
    result = anyio.run(execute, request)
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator._version import __version__
    from orchestrator.app import RunRequest, RunResult, execute
    from orchestrator.config import Settings, load_settings
    from orchestrator.domain.plan import Plan
    from orchestrator.domain.status import NodeStatus, RunStatus
    from orchestrator.errors import InputError, Problem, RungError
    from orchestrator.report import RunState, document, summary_text
    from orchestrator.workflow import bind_inputs, load, loads

__all__ = [
    "InputError",
    "NodeStatus",
    "Plan",
    "Problem",
    "RunRequest",
    "RunResult",
    "RunState",
    "RunStatus",
    "RungError",
    "Settings",
    "__version__",
    "bind_inputs",
    "document",
    "execute",
    "load",
    "load_settings",
    "loads",
    "summary_text",
]

_HOMES = {
    "InputError": "errors",
    "NodeStatus": "domain.status",
    "Plan": "domain.plan",
    "Problem": "errors",
    "RunRequest": "app",
    "RunResult": "app",
    "RunState": "report",
    "RunStatus": "domain.status",
    "RungError": "errors",
    "Settings": "config",
    "__version__": "_version",
    "bind_inputs": "workflow",
    "document": "report",
    "execute": "app",
    "load": "workflow",
    "load_settings": "config",
    "loads": "workflow",
    "summary_text": "report",
}
"""Public name -> the module below this package that holds it."""


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
