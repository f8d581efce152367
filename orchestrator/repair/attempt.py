"""The handler of ``agent`` nodes: one attempt, each step of which is recorded before the next one builds on it.

An engine that takes up an attempt of one that died recalls what that one recorded: a reply is never bought
twice, a candidate never made twice. Only a call whose reply had not been saved may be made again.
"""

from dataclasses import dataclass

import anyio

from orchestrator.domain.events import (
    BaseTaken,
    CallSent,
    CandidateJudged,
    CandidateKept,
    CandidateLanded,
    ReplySaved,
)
from orchestrator.domain.landing import Forwarded, Landed
from orchestrator.domain.model import Prompt, Reply
from orchestrator.domain.outcome import Blocked, Failed, Outcome, Succeeded
from orchestrator.domain.retry import FailureKind
from orchestrator.domain.tree import CommitId
from orchestrator.domain.verdict import Verdict, VerdictStatus
from orchestrator.errors import EditError, ModelError, TruncatedReplyError
from orchestrator.expressions import to_text
from orchestrator.ports import Clock, EditPermit, Merger, ModelClient, ReviewOrder, Router, Workspace
from orchestrator.repair.checking import Checking, checks_of, texts_of
from orchestrator.repair.outcomes import after_landing, candidate_judged, rejected
from orchestrator.repair.prompt import system_prompt, user_prompt
from orchestrator.repair.reviewing import Reviewing
from orchestrator.task import Task

_AGAINST_THE_MODEL = frozenset({FailureKind.VALIDATION, FailureKind.FORMAT, FailureKind.TIMEOUT})
"""What makes the next attempt climb; a busy server, or what landed meanwhile, is not the model's fault."""
_TOLD = _AGAINST_THE_MODEL | {FailureKind.CONFLICT}
"""What the next attempt is told of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """Performs ``agent`` nodes; see :meth:`perform`."""

    workspace: Workspace
    merger: Merger
    models: ModelClient
    router: Router
    checking: Checking
    clock: Clock
    reviewing: Reviewing | None = None

    async def perform(self, task: Task) -> Outcome:
        """One attempt, on the rung that the failures before it have led to."""
        model = self._model(task)
        if model is None:
            return Blocked(f"no-model: none is configured for tier {task.spec.body['tier_start']} or above")
        base = await self._base(task)
        try:
            reply = await self._reply(task, base, model=model)
        except ModelError as error:
            return Failed(str(error), FailureKind.TRANSIENT if error.may_recover else FailureKind.ERROR)
        try:
            candidate = await self._candidate(task, base, reply=reply)
        except EditError as error:
            return Failed(
                f"the reply cannot be applied: {str(error).partition(chr(10))[0]}",
                FailureKind.FORMAT,
                detail=str(error),
            )
        judged, forwarded = await self._judged(task, candidate, base=base)
        if judged.verdict != VerdictStatus.PASSED:
            return rejected(judged.verdict, judged.findings)
        return await self._land(task, candidate, base=base, judged=forwarded)

    def _model(self, task: Task) -> str | None:
        ladder = self.router.ladder(str(task.spec.body["tier_start"]), str(task.spec.body["tier_max"]))
        if not ladder:
            return None
        escalate = task.spec.retry.escalate
        faults = sum(failure.kind in _AGAINST_THE_MODEL for failure in task.failures)
        return ladder[min(faults // escalate, len(ladder) - 1) if escalate else 0]

    async def _base(self, task: Task) -> CommitId:
        if fact := task.recall(BaseTaken):
            return fact.base
        base = await self.workspace.head()
        task.services.record(BaseTaken(self.clock.wall(), task.spec.id, task.attempt, base))
        return base

    async def _reply(self, task: Task, base: CommitId, *, model: str) -> Reply:
        if fact := task.recall(ReplySaved):
            return fact.reply
        prompt = await self._prompt(task, base, model=model)
        await task.remember(CallSent(self.clock.wall(), task.spec.id, task.attempt, model))
        reply = await self.models.complete(prompt)
        await task.remember(ReplySaved(self.clock.wall(), task.spec.id, task.attempt, reply))
        return reply

    async def _prompt(self, task: Task, base: CommitId, *, model: str) -> Prompt:
        body = task.spec.body
        wanted = texts_of(body["files"])
        there = await self.workspace.texts(base, wanted)
        is_silent = task.spec.retry.feedback == "none"
        failures = [] if is_silent else [failure for failure in task.failures if failure.kind in _TOLD]
        asked = to_text(task.text(str(body["prompt"])))
        user = user_prompt(asked, {path: there.get(path) for path in wanted}, failures=failures)
        return Prompt(model=model, system=system_prompt(str(body["system"])), user=user)

    async def _candidate(self, task: Task, base: CommitId, *, reply: Reply) -> CommitId:
        if fact := task.recall(CandidateKept):
            return fact.commit
        # An engine may have died after keeping it and before saying so; another one for this attempt is refused.
        commit = await self.workspace.kept(task.spec.id, task.attempt) if task.recall(ReplySaved) else None
        if commit is None:
            commit = await self._edited(task, base, reply=reply)
            await self.workspace.keep(task.spec.id, task.attempt, commit=commit)
        await task.remember(CandidateKept(self.clock.wall(), task.spec.id, task.attempt, commit))
        return commit

    async def _edited(self, task: Task, base: CommitId, *, reply: Reply) -> CommitId:
        if not reply.is_complete:
            raise TruncatedReplyError("the reply was cut off", hint="send a shorter one")
        body = task.spec.body
        permit = EditPermit(allow=texts_of(body["edit"]), deny=texts_of(body["deny"]))
        message = f"{task.spec.name or task.spec.id}\n\nAttempt {task.attempt}, by {reply.model}.\n"
        return await self.workspace.edit(
            base, reply.text, targets=texts_of(body["files"]), permit=permit, message=message
        )

    async def _judged(
        self, task: Task, candidate: CommitId, *, base: CommitId
    ) -> tuple[CandidateJudged, Forwarded | None]:
        """What the checks say: of what would land now, where it passes, else of the candidate alone."""
        if fact := task.recall(CandidateJudged):
            return fact, None
        forwarded = await self.merger.forward(candidate, base=base)
        verdict = await self._verdict(task, candidate, base=base, forwarded=forwarded)
        if forwarded and verdict.status != VerdictStatus.PASSED:  # whose fault it is, only the candidate alone can tell
            forwarded, verdict = None, await self._verdict(task, candidate, base=base)
        verdict = await self._reviewed(task, candidate, base=base, verdict=verdict)
        fact = candidate_judged(task, verdict, at=self.clock.wall())
        task.services.record(fact)
        return fact, forwarded

    async def _verdict(
        self, task: Task, candidate: CommitId, *, base: CommitId, forwarded: Forwarded | None = None
    ) -> Verdict:
        """Beside what it would land on: what has landed meanwhile is not the candidate's doing."""
        beside, commit = (forwarded.head, forwarded.commit) if forwarded else (base, candidate)
        return await self.checking.judge(commit, checks_of(task.spec.body, base=beside))

    async def _reviewed(self, task: Task, candidate: CommitId, *, base: CommitId, verdict: Verdict) -> Verdict:
        if self.reviewing is None:
            return verdict
        asked = to_text(task.text(str(task.spec.body["prompt"])))
        order = ReviewOrder(task=asked, base=base, candidate=candidate, verdict=verdict)
        return await self.reviewing.review(task, order)

    async def _land(self, task: Task, candidate: CommitId, *, base: CommitId, judged: Forwarded | None) -> Outcome:
        outputs = task.outputs()  # one that cannot be had is found out before anything lands
        if fact := task.recall(CandidateLanded):
            return Succeeded({"commit": fact.commit, **outputs})
        await task.services.durable()  # landing reaches the run's branch: what it rests on comes first
        checks = checks_of(task.spec.body, base=judged.head if judged else base)
        landing = await self.merger.land(candidate, base=base, checks=checks, judged=judged)
        if not isinstance(landing, Landed):
            return after_landing(landing)
        with anyio.CancelScope(shield=True):  # what has landed has succeeded, whatever ends now
            await task.remember(CandidateLanded(self.clock.wall(), task.spec.id, landing.commit))
        return Succeeded({"commit": landing.commit, **outputs})
