"""The two sorts of ``fix`` nodes: those that repair what fails, and those that do a job."""

from dataclasses import dataclass

from orchestrator.domain.outcome import Outcome
from orchestrator.repair.fixing import Fixing
from orchestrator.repair.intending import Intending
from orchestrator.task import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixes:
    """Performs ``fix`` nodes."""

    fixing: Fixing
    intending: Intending

    async def perform(self, task: Task) -> Outcome:
        """One attempt: at the node's intent, where it has one."""
        return await (self.intending if "intent" in task.spec.body else self.fixing).perform(task)
