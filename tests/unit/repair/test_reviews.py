"""A candidate that has passed is shown to a reviewer: it can hold back, costs count, and no answer is bought twice."""

import json
from dataclasses import dataclass, field
from typing import Any

import anyio
import pytest

from orchestrator.domain.events import CandidateJudged, ReplySaved, ReviewAsked, ReviewSaved
from orchestrator.domain.model import Prompt, Reply
from orchestrator.domain.status import RunStatus
from orchestrator.domain.usage import Usage
from orchestrator.domain.verdict import Verdict, VerdictStatus
from orchestrator.journal.replay import fold
from orchestrator.ports import ModelClient, ReviewOrder
from orchestrator.report.state import RunState
from orchestrator.testing.model import ScriptedModel
from orchestrator.testing.virtual import run_virtual
from orchestrator.validation.review import Question, Reviewer, ReviewPolicy, decided
from tests.unit.repair.mending import FILES, GOOD, NODE, RIGHT, WRONG, World, kinds_of, run, told

FINDING = {"file": "calc.py", "line": 2, "severity": "error", "message": "It forgets overflow."}
APPROVE = json.dumps({"decision": "approve", "confidence": 0.9, "findings": []})
HOLD = json.dumps({"decision": "hold", "confidence": 0.95, "findings": [FINDING]})
UNSURE = json.dumps({"decision": "hold", "confidence": 0.5, "findings": [FINDING]})
USAGE = Usage(input=50, output=5, usd_micros=7)


@dataclass
class ByModel:
    """A :class:`orchestrator.ports.Critic` that asks the model ``critic`` of a change that is always the same."""

    policy: ReviewPolicy = field(default_factory=ReviewPolicy)
    orders: list[ReviewOrder] = field(default_factory=list)

    async def review(self, order: ReviewOrder, models: ModelClient) -> Verdict:
        self.orders.append(order)
        question = Question(
            task=order.task, verdict=order.verdict, diff="+x\n", files={"calc.py": 2}, marker="k3Jq9Zt1"
        )
        asked = await Reviewer(models, model="critic", policy=self.policy).review(question)
        return decided(order.verdict, asked, policy=self.policy)


def reviewed(*answers: str, small: str = RIGHT, **policy: Any) -> World:
    """A world in which ``critic`` answers like this; the first model's edit is ``small``, the second one's right."""
    replies = [Reply(text=one, model="critic", usage=USAGE) for one in answers]
    models = ScriptedModel({"small": [small], "middle": [RIGHT], **({"critic": replies} if replies else {})})
    return World(models=models, critic=ByModel(ReviewPolicy(**policy)))


def landed(world: World) -> str:
    return run_virtual(world.landed)["calc.py"]


def test_what_is_approved_lands_and_every_call_is_recorded_before_it_is_looked_at() -> None:
    world = reviewed(APPROVE)
    ran = run(world)
    assert (ran.status, landed(world)) == (RunStatus.SUCCEEDED, GOOD)
    assert kinds_of(ran.events)[2:-2] == [
        *("BaseTaken", "CallSent", "ReplySaved", "CandidateKept"),
        *("ReviewAsked", "ReviewSaved", "CandidateJudged", "CandidateLanded"),
    ]
    assert isinstance(world.critic, ByModel)
    [order] = world.critic.orders
    assert (order.task, order.base) == ("Mend r1.", world.workspace.base)
    assert (order.candidate, order.verdict.status) == (world.workspace.candidates[NODE, 1], VerdictStatus.PASSED)


def test_what_is_held_is_a_failed_validation_with_the_findings_as_feedback() -> None:
    world = reviewed(HOLD, APPROVE)
    ran = run(world)
    assert (ran.status, ran.failures) == (RunStatus.SUCCEEDED, [(1, "validation", "It forgets overflow.")])
    [second] = [text for text in told(world) if "rejected" in text]
    assert "calc.py:2: It forgets overflow." in second
    assert [one.verdict for one in ran.all(CandidateJudged)] == [VerdictStatus.FAILED, VerdictStatus.PASSED]


def test_a_reviewer_that_is_not_sure_enough_holds_nothing_back() -> None:
    world = reviewed(UNSURE)
    ran = run(world)
    assert (ran.status, ran.failures) == (RunStatus.SUCCEEDED, [])
    assert [one.message for one in ran.all(CandidateJudged)[0].findings] == ["It forgets overflow."]


def test_what_the_checks_have_rejected_is_shown_to_nobody() -> None:
    world = reviewed(APPROVE, small=WRONG)
    ran = run(world)
    assert ran.failures == [(1, "validation", "tests: exit code 1")]
    assert [one.attempt for one in ran.all(ReviewAsked)] == [2]


GARBLED = ("I like it.", "Very much.")


def test_a_garbled_review_is_asked_for_once_more_and_then_holds_nothing_back() -> None:
    ran = run(reviewed(*GARBLED))
    assert (ran.status, ran.failures, len(ran.all(ReviewSaved))) == (RunStatus.SUCCEEDED, [], 2)


def test_where_a_review_is_required_a_garbled_one_ends_the_node_and_blames_no_model() -> None:
    ran = run(reviewed(*GARBLED, is_required=True))
    assert (ran.status, ran.failures, str(ran.end.kind)) == (RunStatus.FAILED, [], "error")
    assert ran.end.reason.startswith("a review is required and there is none: no usable answer in 2 tries")


@pytest.mark.parametrize("is_required", [False, True])
def test_a_reviewer_that_cannot_be_asked_counts_as_none(*, is_required: bool) -> None:
    world = reviewed(is_required=is_required)
    ran = run(world)
    assert ran.status is (RunStatus.FAILED if is_required else RunStatus.SUCCEEDED)
    assert landed(world) == (FILES["calc.py"] if is_required else GOOD)
    assert (len(ran.all(ReviewAsked)), ran.all(ReviewSaved)) == (1, [])


class Silent(ScriptedModel):
    """Models of which the critic never answers."""

    async def complete(self, prompt: Prompt) -> Reply:
        if prompt.model == "critic":
            await anyio.sleep_forever()
        return await super().complete(prompt)


def test_a_silent_reviewer_is_waited_for_as_long_as_agreed_and_holds_nothing_back() -> None:
    world = reviewed(timeout=90.0)
    world.models = Silent({"small": [RIGHT]})
    ran = run(world)
    assert (ran.status, landed(world)) == (RunStatus.SUCCEEDED, GOOD)
    asked, judged = ran.all(ReviewAsked)[0].at, ran.all(CandidateJudged)[0].at
    assert judged - asked == pytest.approx(90.0), "of virtual time"


def test_a_review_counts_in_the_totals_and_not_as_the_edit_of_a_model() -> None:
    world = reviewed(HOLD, APPROVE)
    ran = run(world)
    state = RunState()
    for event in ran.events:
        state.on_event(event)
    assert (state.calls, state.usage) == (4, USAGE + USAGE)
    recovered = fold(ran.events)
    assert recovered is not None
    assert recovered.spent == USAGE + USAGE
    assert [one.reply.model for one in ran.all(ReplySaved)] == ["small", "middle"]


class Killed(BaseException):
    """The engine is gone."""


@dataclass
class Dying:
    """Models under which the engine dies once, at the first review: before or after the answer came."""

    models: ScriptedModel
    is_after: bool
    has_died: bool = False

    async def complete(self, prompt: Prompt) -> Reply:
        dies = prompt.model == "critic" and not self.has_died
        self.has_died = self.has_died or dies
        if dies and not self.is_after:
            raise Killed
        reply = await self.models.complete(prompt)
        if dies:
            raise Killed
        return reply


@pytest.mark.parametrize("is_after", [False, True])
def test_a_call_that_was_unanswered_when_the_engine_died_is_made_again_and_only_that(*, is_after: bool) -> None:
    world = reviewed(APPROVE)
    scripted = world.models
    assert isinstance(scripted, ScriptedModel)
    world.models = Dying(scripted, is_after)
    with pytest.raises((Killed, BaseExceptionGroup)):
        run(world)
    assert kinds_of(world.journal.events)[-1] == "ReviewAsked"
    ran = run(world)
    assert (ran.status, landed(world)) == (RunStatus.SUCCEEDED, GOOD)
    assert (scripted.asked("small"), scripted.asked("critic")) == (1, 2 if is_after else 1)


class DyingCritic(ByModel):
    """The engine dies when a review has been saved, before anything comes of it."""

    has_died = False

    async def review(self, order: ReviewOrder, models: ModelClient) -> Verdict:
        verdict = await super().review(order, models)
        if not self.has_died:
            self.has_died = True
            raise Killed
        return verdict


@pytest.mark.parametrize(("answers", "asked"), [((APPROVE,), 1), ((HOLD, APPROVE), 2), ((GARBLED[0], APPROVE), 2)])
def test_a_review_that_was_saved_is_not_asked_for_again(answers: tuple[str, ...], asked: int) -> None:
    world = reviewed(*answers)
    world.critic = DyingCritic()
    with pytest.raises((Killed, BaseExceptionGroup)):
        run(world)
    assert kinds_of(world.journal.events)[-1] == "ReviewSaved"
    ran = run(world)
    assert (ran.status, len(ran.all(ReviewSaved))) == (RunStatus.SUCCEEDED, asked)
    assert isinstance(world.models, ScriptedModel)
    assert world.models.asked("critic") == asked
