"""The way of a change made without a model: found, kept, judged, landed, each recorded before the next one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import anyio

from orchestrator.domain.events import BaseTaken, CandidateJudged, CandidateKept, CandidateLanded, FixFound
from orchestrator.domain.fixing import Fixed
from orchestrator.domain.jsonvalue import JsonValue
from orchestrator.domain.landing import Landed
from orchestrator.domain.outcome import Outcome, Succeeded
from orchestrator.domain.tree import CommitId
from orchestrator.domain.verdict import VerdictStatus
from orchestrator.ports import Clock, Jury, Merger, ProjectCheck, Workspace
from orchestrator.repair.outcomes import after_landing, candidate_judged, rejected
from orchestrator.task import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Vetting:
    """What nodes that change files without a model share."""

    workspace: Workspace
    merger: Merger
    jury: Jury
    clock: Clock

    async def base(self, task: Task) -> CommitId:
        """The commit that the attempt begins from."""
        if fact := task.recall(BaseTaken):
            return fact.base
        base = await self.workspace.head()
        task.services.record(BaseTaken(self.clock.wall(), task.spec.id, task.attempt, base))
        return base

    async def found(self, task: Task, find: Callable[[], Awaitable[Fixed]]) -> Fixed:
        """What ``find`` finds; what was recorded is not looked for again."""
        if fact := task.recall(FixFound):
            return fact.found
        found = await find()
        await task.remember(FixFound(self.clock.wall(), task.spec.id, task.attempt, found))
        return found

    async def land(
        self, task: Task, found: Fixed, *, check: ProjectCheck, outputs: Callable[[str], dict[str, JsonValue]]
    ) -> Outcome:
        """Have the changes of ``found`` on the run's branch, if ``check`` holds of them there.

        Args:
            task: the attempt.
            found: with changes.
            check: its base is the one that the changes were made for.
            outputs: of the node, for the commit that landed.
        """
        candidate = await self._candidate(task, check.base, found=found)
        judged = await self._judged(task, candidate, check=check)
        if judged.verdict is not VerdictStatus.PASSED:
            return rejected(judged.verdict, judged.findings)
        own = task.outputs()  # one that cannot be had is found out before anything lands
        fact = task.recall(CandidateLanded)
        if fact is None:
            await task.services.durable()  # landing reaches the run's branch: what it rests on comes first
            landing = await self.merger.land(candidate, base=check.base, checks=[check])
            if not isinstance(landing, Landed):
                return after_landing(landing)
            fact = CandidateLanded(self.clock.wall(), task.spec.id, landing.commit)
            with anyio.CancelScope(shield=True):  # what has landed has succeeded, whatever ends now
                await task.remember(fact)
        return Succeeded({**outputs(fact.commit), **own}, note=_note(found))

    async def _candidate(self, task: Task, base: CommitId, *, found: Fixed) -> CommitId:
        if fact := task.recall(CandidateKept):
            return fact.commit
        commit = await self.workspace.kept(task.spec.id, task.attempt) if task.recall(FixFound) else None
        if commit is None:
            commit = await self.workspace.write(base, found.changes, message=_message(task, found))
            await self.workspace.keep(task.spec.id, task.attempt, commit=commit)
        await task.remember(CandidateKept(self.clock.wall(), task.spec.id, task.attempt, commit))
        return commit

    async def _judged(self, task: Task, candidate: CommitId, *, check: ProjectCheck) -> CandidateJudged:
        if fact := task.recall(CandidateJudged):
            return fact
        judged_beside = await self.jury.judge(
            check.base, candidate, targets=check.targets, below=check.below, permits=check.permits
        )
        fact = candidate_judged(task, judged_beside.verdict, at=self.clock.wall())
        task.services.record(fact)
        return fact


def _note(found: Fixed) -> str:
    return "; ".join(f"{one.message} ({one.source}{', ' + one.claim if one.claim else ''})" for one in found.steps)


def _message(task: Task, found: Fixed) -> str:
    first = found.steps[0].message if len(found.steps) == 1 else f"{len(found.steps)} changes without a model"
    lines = "".join(f"- {one.source}: {one.message}\n" for one in found.steps)
    return f"{first}\n\n{lines}\n{task.spec.id}, attempt {task.attempt}.\n"
