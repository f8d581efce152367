"""Moved to :mod:`orchestrator.task`."""

from orchestrator.task import ChildEnd, Handler, Services, Task, nothing_to_wait_for, parsed

__all__ = ["ChildEnd", "Handler", "Services", "Task", "nothing_to_wait_for", "parsed"]
