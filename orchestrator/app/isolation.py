"""Which nodes of a run work on a copy of the project, and in which surroundings each command runs."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from orchestrator.domain.node import NodeSpec
from orchestrator.domain.outcome import Outcome
from orchestrator.domain.plan import Plan
from orchestrator.executor.kinds.run import perform_run
from orchestrator.task import Services, Task

PRIVATE = "private"


def needs_copy(plan: Plan) -> bool:
    """Whether anything in ``plan`` works on a copy: all of it, or single nodes at any depth."""
    return plan.isolation == PRIVATE or _any_private(plan.nodes)


def _any_private(nodes: Iterable[NodeSpec]) -> bool:
    return any(node.body.get("isolation") == PRIVATE or _any_private(node.children) for node in nodes)


@dataclass(frozen=True, slots=True)
class Apart:
    """Runs commands in the user's own folder, but for those of nodes that ask for a copy.

    Attributes:
        placed: what commands use that run on the copy.
    """

    placed: Services

    async def perform_run(self, task: Task) -> Outcome:
        """As :func:`orchestrator.executor.kinds.run.perform_run`."""
        if task.spec.body.get("isolation") != PRIVATE:
            return await perform_run(task)
        own = self.placed
        services = replace(task.services, runner=own.runner, workplace=own.workplace, cache=own.cache)
        return await perform_run(replace(task, services=services))
