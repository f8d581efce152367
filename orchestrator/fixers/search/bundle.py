"""The worker as one program text, so that it runs where nothing of this package is installed or mounted."""

import json
from functools import cache
from importlib import resources
from typing import Any

from orchestrator.fixers.search import worker

__all__ = ["MODULES", "bootstrap", "payload"]

MODULES = (
    "limits",
    "program",
    "channel",
    "progress",
    "plain",
    "framework",
    "observe",
    "mutate",
    "compare",
    "comparison",
    "trials",
    "forks",
    "loading",
    "afresh",
    "main",
)
"""In an order in which each imports earlier ones only."""

_INSIDE = "_rung_worker"
_BOOTSTRAP = f"""
import json, sys, types
def load(given):
    sys.modules[{_INSIDE!r}] = types.ModuleType({_INSIDE!r})
    for name, text in given["modules"]:
        module = sys.modules[{_INSIDE!r} + "." + name] = types.ModuleType({_INSIDE!r} + "." + name)
        setattr(sys.modules[{_INSIDE!r}], name, module)
        exec(compile(text, "<rung " + name + ">", "exec", dont_inherit=True), vars(module))
given = json.loads(sys.stdin.buffer.read().decode())
load(given)
getattr(sys.modules[{_INSIDE!r}], given["start"]).main(given["request"])
"""


def bootstrap() -> str:
    """What ``python -c`` is given: it reads the rest from standard input."""
    return _BOOTSTRAP


@cache
def _sources() -> tuple[tuple[str, str], ...]:
    folder = resources.files(worker)
    texts = ((name, folder.joinpath(f"{name}.py").read_text(encoding="utf-8")) for name in MODULES)
    return tuple((name, text.replace(worker.__name__, _INSIDE)) for name, text in texts)


def payload(request: Any, *, further: tuple[tuple[str, str], ...] = (), start: str = "main") -> bytes:
    """What the bootstrap reads: the modules, ``further`` ones after them, and the request for ``start``'s ``main``."""
    own = [(name, text.replace(worker.__name__, _INSIDE)) for name, text in further]
    return json.dumps({"modules": [*_sources(), *own], "start": start, "request": request}).encode()
