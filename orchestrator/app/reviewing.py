"""The reviewer and the diagnoser of a run: which models have the roles, and what they are shown of a candidate."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from orchestrator.config import Settings
from orchestrator.domain.finding import FailureClass, Finding, Severity
from orchestrator.domain.model import Prompt, Reply
from orchestrator.domain.verdict import Verdict, VerdictStatus
from orchestrator.errors import InputError, Problem
from orchestrator.models.registry import ModelEntry
from orchestrator.ports import ModelClient, ReviewOrder
from orchestrator.sandbox import Redactor
from orchestrator.validation.review import (
    Asked,
    Diagnoser,
    Question,
    Review,
    Reviewer,
    ReviewPolicy,
    Trouble,
    decided,
    noted,
)
from orchestrator.workspace.repository import RunRepository
from orchestrator.workspace.trees import listing

_TIMEOUT = 120.0
"""Seconds for a diagnosis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCritic:
    """Implements :class:`orchestrator.ports.Critic`.

    Attributes:
        model: the reviewer's name; ``""`` where nobody has the role: then there is never a review.
        rubric: what it is to look for.
        marker: draws a word that nobody can foresee.
    """

    repository: RunRepository
    model: str
    policy: ReviewPolicy
    rubric: Callable[[], Awaitable[str]]
    marker: Callable[[], str]

    async def review(self, order: ReviewOrder, models: ModelClient) -> Verdict:
        """See the port. Why there is no usable review is a finding that decides nothing, where none is required."""
        asked: Asked[Review] = Asked(trouble=Trouble.NOT_ASKED, note="no model has the role of the reviewer")
        if self.model:
            reviewer = Reviewer(models, model=self.model, policy=self.policy)
            asked = await reviewer.review(await self._question(order))
        verdict = decided(order.verdict, asked, policy=self.policy)
        if asked.answer is not None or verdict.status is not VerdictStatus.PASSED:
            return verdict
        what = f"no usable review: {asked.note or asked.trouble}"
        note = Finding(tool="review", message=what, severity=Severity.NOTE, failure_class=FailureClass.REVIEW)
        return replace(verdict, findings=(*verdict.findings, note))

    async def _question(self, order: ReviewOrder) -> Question:
        repository = self.repository
        before, after = [await repository.tree_of(commit) for commit in (order.base, order.candidate)]
        paths = await repository.changed_paths(before, after)
        texts = await repository.read(after, paths)
        return Question(
            task=order.task,
            verdict=order.verdict,
            diff=await repository.diff(before, after),
            files={path: len((texts.get(path) or "").splitlines()) for path in paths if path in texts},
            marker=self.marker(),
            rubric=await self.rubric(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDiagnostician:
    """Implements :class:`orchestrator.ports.Diagnostician`.

    Attributes:
        model: the diagnoser's name.
        marker: draws a word that nobody can foresee.
        redactor: takes secrets out of what is shown, and out of what is answered.
        timeout: seconds for a diagnosis, a second try included.
    """

    repository: RunRepository
    model: str
    marker: Callable[[], str]
    redactor: Redactor
    timeout: float = _TIMEOUT

    async def diagnose(self, order: ReviewOrder, models: ModelClient) -> Finding:
        """See the port."""
        diagnoser = Diagnoser(models, model=self.model, timeout=self.timeout)
        note, clean = noted(await diagnoser.diagnose(await self._question(order))), self.redactor.text
        return replace(note, message=clean(note.message), detail=clean(note.detail))

    async def _question(self, order: ReviewOrder) -> Question:
        """Secrets are taken out before anything is cut to a size: half of one is no known form any more."""
        repository, clean = self.repository, self.redactor.text
        before, after = [await repository.tree_of(commit) for commit in (order.base, order.candidate)]
        findings = [
            replace(one, message=clean(one.message), detail=clean(one.detail)) for one in order.verdict.findings
        ]
        there = await listing(repository.store, after)
        first = [*(one.file for one in findings), *await repository.changed_paths(before, after)]
        return Question(
            task=clean(order.task),
            verdict=replace(order.verdict, findings=findings),
            diff=clean(await repository.diff(before, after)),
            files=dict.fromkeys([path for path in (*first, *there) if path in there], 0),
            marker=self.marker(),
            log="\n\n".join(f"{one.message}\n{one.detail}".strip() for one in findings),
        )


@dataclass(frozen=True, slots=True)
class Redacting:
    """Implements :class:`orchestrator.ports.ModelClient`: answers without secrets, also where they are kept."""

    models: ModelClient
    redactor: Redactor

    async def complete(self, prompt: Prompt) -> Reply:
        """See the port."""
        reply = await self.models.complete(prompt)
        return replace(reply, text=self.redactor.text(reply.text))


def review_policy(settings: Settings) -> ReviewPolicy | None:
    """How much a review counts; ``None`` where there is to be none."""
    wanted = settings.validation.review
    if not wanted.enabled:
        return None
    policy = ReviewPolicy(is_required=wanted.required)
    return policy if wanted.min_score is None else replace(policy, min_score=wanted.min_score)


def model_of(role: str, wanted: str | None, *, models: Sequence[ModelEntry]) -> str:
    """The name of the model that has ``role``, for which ``wanted`` is configured; ``""`` where nobody has it.

    Raises:
        InputError: there is no model of that name, and none on a tier of that name.
    """
    if wanted is None:
        return ""
    named = [one.name for one in models if one.name == wanted] or [one.name for one in models if one.tier == wanted]
    if not named:
        known = ", ".join(dict.fromkeys(name for one in models for name in (one.name, one.tier)))
        what = f"there is no model {wanted!r}, and none on a tier of that name"
        raise InputError([Problem(file=f"roles.{role}", what=what, hint=f"name one of: {known or 'none is there'}")])
    return named[0]
