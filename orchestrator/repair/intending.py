"""The handler of ``fix`` nodes with an ``intent``: a job on the head that needs no model and repairs nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from orchestrator.domain.fixing import Fixed
from orchestrator.domain.intent import IntentOrder
from orchestrator.domain.jsonvalue import JsonObject, JsonValue
from orchestrator.domain.outcome import Failed, Outcome, Skipped
from orchestrator.domain.retry import FailureKind
from orchestrator.domain.tree import CommitId
from orchestrator.expressions import to_text
from orchestrator.ports import Clock, Doer, Jury, Merger, ProjectCheck, Workspace
from orchestrator.repair.consent import consented
from orchestrator.repair.surveying import scope_of
from orchestrator.repair.vetting import Vetting
from orchestrator.task import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Intending:
    """Performs ``fix`` nodes that have an intent; see :meth:`perform`."""

    workspace: Workspace
    merger: Merger
    doer: Doer
    jury: Jury
    clock: Clock

    async def perform(self, task: Task) -> Outcome:
        """One attempt. What the job changes lands where nothing is worse with it than before.

        Outputs: as of a node that repairs; ``repaired`` and ``left`` are 0. Skipped where there is nothing to change.
        Failed where the job cannot be done (``error``), or waits for a person's word (``validation``).
        """
        vetting = Vetting(workspace=self.workspace, merger=self.merger, jury=self.jury, clock=self.clock)
        order = _order(task, await vetting.base(task))
        found = await vetting.found(task, partial(self.doer.perform, order))
        if not found.changes:
            return _without_changes(found)
        check = ProjectCheck(base=order.base, below=order.below, permits=order.rules.permits)
        return await vetting.land(task, found, check=check, outputs=partial(_outputs, found))


def _order(task: Task, base: CommitId) -> IntentOrder:
    intent = task.spec.body["intent"]
    assert isinstance(intent, Mapping), "checked when the workflow was loaded"
    arguments = intent["arguments"]
    assert isinstance(arguments, Mapping), "checked when the workflow was loaded"
    return IntentOrder(
        base=base,
        name=str(intent["name"]),
        arguments=_evaluated(task, arguments),
        below=scope_of(task).below,
        accept=consented(task, "accept"),
    )


def _evaluated(task: Task, arguments: JsonObject) -> dict[str, JsonValue]:
    """``arguments`` with their templates filled in; lists hold constants."""
    return {
        name: list(value) if isinstance(value, Sequence) and not isinstance(value, str)
        else to_text(task.text(str(value)))
        for name, value in arguments.items()
    }  # fmt: skip


def _without_changes(found: Fixed) -> Outcome:
    outputs, detail = _outputs(found, ""), "\n".join(found.held)
    if found.held:
        return Failed(found.why or found.held[0], FailureKind.VALIDATION, outputs, detail)
    if found.why:
        return Failed(found.why, FailureKind.ERROR, outputs)
    return Skipped("there is nothing to change")


def _outputs(found: Fixed, commit: str) -> dict[str, JsonValue]:
    return {
        "commit": commit,
        "repaired": 0,
        "left": 0,
        "steps": [f"{one.source}: {one.message}" for one in found.steps],
        "held": list(found.held),
    }
