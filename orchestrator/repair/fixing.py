"""The handler of ``fix`` nodes: what tools, rules and search propose, judged as a model's edit would be."""

from dataclasses import dataclass
from functools import partial

from orchestrator.domain.fixing import Fixed, FixOrder
from orchestrator.domain.intent import permitted
from orchestrator.domain.jsonvalue import JsonValue
from orchestrator.domain.judgement import Target
from orchestrator.domain.outcome import Failed, Outcome, Skipped
from orchestrator.domain.retry import FailureKind
from orchestrator.domain.tree import CommitId
from orchestrator.errors import InputError
from orchestrator.ports import Clock, Fixer, Jury, Merger, ProjectCheck, Workspace
from orchestrator.repair.consent import consented
from orchestrator.repair.surveying import scope_of
from orchestrator.repair.targets import targets_from_json
from orchestrator.repair.vetting import Vetting
from orchestrator.task import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixing:
    """Performs ``fix`` nodes; see :meth:`perform`."""

    workspace: Workspace
    merger: Merger
    fixer: Fixer
    jury: Jury
    clock: Clock

    async def perform(self, task: Task) -> Outcome:
        """One attempt. Each step is recorded before the next one builds on it, as an ``agent`` node's are.

        Outputs: ``commit`` (``""`` where nothing landed), ``repaired`` and ``left`` (how many targets), ``steps`` (what
        was done, a line each), ``held`` (what was found and not done, with the reason).
        """
        vetting = Vetting(workspace=self.workspace, merger=self.merger, jury=self.jury, clock=self.clock)
        base = await vetting.base(task)
        try:
            targets = await self._targets(task, base)
        except InputError as error:
            return Failed(f"cluster: {error}", FailureKind.ERROR)
        if not targets:
            return Skipped("there is nothing to repair")
        order = FixOrder(
            base=base,
            targets=targets,
            below=scope_of(task).below,
            accept=consented(task, "accept"),
            is_searching=bool(task.spec.body["search"]),
        )
        found = await vetting.found(task, partial(self.fixer.fix, order))
        if not found.changes:
            outputs = _outputs(found, "", left=len(targets))
            return Failed(found.why, FailureKind.VALIDATION, outputs, "\n".join(found.held))
        permits = permitted(order.accept)
        check = ProjectCheck(base=base, targets=found.repaired, below=order.below, permits=permits)
        left = len(targets) - len(found.repaired)
        return await vetting.land(task, found, check=check, outputs=partial(_outputs, found, left=left))

    async def _targets(self, task: Task, base: CommitId) -> tuple[Target, ...]:
        """Those of the node's cluster; without one, all that fails."""
        template = str(task.spec.body["cluster"])
        if template:
            return targets_from_json(task.text(template))
        survey = await self.jury.survey(base, scope_of(task))
        return tuple(target for cluster in survey.clusters for target in cluster.targets)


def _outputs(found: Fixed, commit: str, *, left: int) -> dict[str, JsonValue]:
    return {
        "commit": commit,
        "repaired": len(found.steps) if commit else 0,
        "left": left,
        "steps": [f"{one.source}: {one.message}" for one in found.steps],
        "held": list(found.held),
    }
