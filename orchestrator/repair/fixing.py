"""The handler of ``fix`` nodes: what tools, rules and search propose, judged as a model's edit would be."""

from dataclasses import dataclass

import anyio

from orchestrator.domain.events import BaseTaken, CandidateJudged, CandidateKept, CandidateLanded, FixFound
from orchestrator.domain.fixing import Fixed, FixOrder
from orchestrator.domain.jsonvalue import JsonValue
from orchestrator.domain.judgement import Target
from orchestrator.domain.landing import Landed
from orchestrator.domain.outcome import Failed, Outcome, Skipped, Succeeded
from orchestrator.domain.retry import FailureKind
from orchestrator.domain.tree import CommitId
from orchestrator.domain.verdict import VerdictStatus
from orchestrator.errors import InputError
from orchestrator.expressions import to_text
from orchestrator.ports import Clock, Fixer, Jury, Merger, ProjectCheck, Workspace
from orchestrator.repair.outcomes import after_landing, rejected
from orchestrator.repair.surveying import scope_of
from orchestrator.repair.targets import targets_from_json
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
        base = await self._base(task)
        try:
            targets = await self._targets(task, base)
        except InputError as error:
            return Failed(f"cluster: {error}", FailureKind.ERROR)
        if not targets:
            return Skipped("there is nothing to repair")
        found = await self._found(task, FixOrder(
            base=base, targets=targets, below=scope_of(task).below, accept=_accepted(task),
            is_searching=bool(task.spec.body["search"]),
        ))  # fmt: skip
        if not found.changes:
            return Failed(found.why, FailureKind.VALIDATION, _outputs(found, "", left=len(targets)), _held(found))
        candidate = await self._candidate(task, base, found=found)
        check = ProjectCheck(base=base, targets=found.repaired, below=scope_of(task).below)
        judged = await self._judged(task, candidate, check=check)
        if judged.verdict is not VerdictStatus.PASSED:
            return rejected(judged.verdict, judged.findings)
        return await self._land(task, candidate, found=found, check=check, left=len(targets) - len(found.repaired))

    async def _base(self, task: Task) -> CommitId:
        if fact := task.recall(BaseTaken):
            return fact.base
        base = await self.workspace.head()
        task.services.record(BaseTaken(self.clock.wall(), task.spec.id, task.attempt, base))
        return base

    async def _targets(self, task: Task, base: CommitId) -> tuple[Target, ...]:
        """Those of the node's cluster; without one, all that fails."""
        template = str(task.spec.body["cluster"])
        if template:
            return targets_from_json(task.text(template))
        survey = await self.jury.survey(base, scope_of(task))
        return tuple(target for cluster in survey.clusters for target in cluster.targets)

    async def _found(self, task: Task, order: FixOrder) -> Fixed:
        if fact := task.recall(FixFound):
            return fact.found
        found = await self.fixer.fix(order)
        await task.remember(FixFound(self.clock.wall(), task.spec.id, task.attempt, found))
        return found

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
        judged_beside = await self.jury.judge(check.base, candidate, targets=check.targets, below=check.below)
        verdict = judged_beside.verdict
        judged = CandidateJudged(
            self.clock.wall(),
            task.spec.id,
            task.attempt,
            verdict.status,
            verdict.evidence,
            tuple(verdict.findings),
            verdict.seconds,
        )
        task.services.record(judged)
        return judged

    async def _land(self, task: Task, candidate: CommitId, *, found: Fixed, check: ProjectCheck, left: int) -> Outcome:
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
        return Succeeded({**_outputs(found, fact.commit, left=left), **own}, note=_note(found))


def _accepted(task: Task) -> frozenset[str]:
    texts = task.spec.body["accept"]
    assert isinstance(texts, list | tuple), "checked when the workflow was loaded"
    words = (to_text(task.text(str(text))) for text in texts)
    return frozenset(word for words_of_one in words for word in words_of_one.replace(",", " ").split())


def _outputs(found: Fixed, commit: str, *, left: int) -> dict[str, JsonValue]:
    return {
        "commit": commit,
        "repaired": len(found.steps) if commit else 0,
        "left": left,
        "steps": [f"{one.source}: {one.message}" for one in found.steps],
        "held": list(found.held),
    }


def _held(found: Fixed) -> str:
    return "\n".join(found.held)


def _note(found: Fixed) -> str:
    return "; ".join(f"{one.message} ({one.source}{', ' + one.claim if one.claim else ''})" for one in found.steps)


def _message(task: Task, found: Fixed) -> str:
    first = found.steps[0].message if len(found.steps) == 1 else f"{len(found.steps)} repairs without a model"
    lines = "".join(f"- {one.source}: {one.message}\n" for one in found.steps)
    return f"{first}\n\n{lines}\n{task.spec.id}, attempt {task.attempt}.\n"
