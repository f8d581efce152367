"""The table of node kinds: what each does when it runs. A new kind is a new file here and one row."""

from collections.abc import Mapping

from orchestrator.executor.kinds.called import perform_workflow
from orchestrator.executor.kinds.gate import perform_gate
from orchestrator.executor.kinds.loop import perform_loop
from orchestrator.executor.kinds.run import perform_run
from orchestrator.executor.kinds.set import perform_set
from orchestrator.task import Handler

KINDS: Mapping[str, Handler] = {
    "gate": perform_gate,
    "loop": perform_loop,
    "run": perform_run,
    "set": perform_set,
    "workflow": perform_workflow,
}

__all__ = ["KINDS"]
