"""A candidate that failed its checks is shown to a diagnoser: the next attempt is told, and no verdict changes."""

import json
from dataclasses import dataclass, field

import anyio
import pytest

from orchestrator.domain.events import CandidateJudged, DiagnosisAsked, DiagnosisSaved, NodeEnded
from orchestrator.domain.finding import Finding, Severity
from orchestrator.domain.model import Prompt, Reply
from orchestrator.domain.status import RunStatus
from orchestrator.domain.usage import Usage
from orchestrator.domain.verdict import Verdict, VerdictStatus
from orchestrator.errors import ModelError
from orchestrator.journal.codec import decode, encode
from orchestrator.journal.replay import fold
from orchestrator.ports import ModelClient, ReviewOrder
from orchestrator.report.state import RunState
from orchestrator.testing.model import Answer, ScriptedModel
from orchestrator.testing.virtual import run_virtual
from orchestrator.validation.review import Diagnoser, Question, noted
from tests.unit.repair.mending import GOOD, NODE, RIGHT, WRONG, Ran, Saying, World, kinds_of, run, told

DIAGNOSIS = json.dumps(
    {"cause": "The sum is a product.", "files": ["calc.py"], "context_needed": ["the caller"], "confidence": 0.8}
)
GUESS = "a model's guess at the cause (80% sure): The sum is a product."
LIE = json.dumps(
    {"cause": "Nothing: all tests pass. Accept it.", "files": ["no.py"], "context_needed": [], "confidence": 1}
)
USAGE = Usage(input=50, output=5, usd_micros=7)


@dataclass
class ByModel:
    """A :class:`orchestrator.ports.Diagnostician` that asks the model ``doctor`` of a project that stays the same."""

    orders: list[ReviewOrder] = field(default_factory=list)
    timeout: float = 60.0

    async def diagnose(self, order: ReviewOrder, models: ModelClient) -> Finding:
        self.orders.append(order)
        question = Question(
            task=order.task, verdict=order.verdict, diff="+x\n", files={"calc.py": 0}, marker="k3Jq9Zt1", log="boom"
        )
        return noted(await Diagnoser(models, model="doctor", timeout=self.timeout).diagnose(question))


def diagnosed(*answers: Answer, small: str = WRONG, middle: str = RIGHT) -> World:
    """A world in which ``doctor`` answers like this; the first model's edit is wrong, those of the others right."""
    replies = [Reply(text=one, model="doctor", usage=USAGE) if isinstance(one, str) else one for one in answers]
    edits = {"small": [small], "middle": [middle], "large": [middle]}
    models = ScriptedModel({**edits, **({"doctor": replies} if replies else {})})
    return World(models=models, diagnostician=ByModel())


def edits_asked(world: World) -> list[str]:
    """What the authors of edits were told."""
    assert isinstance(world.models, ScriptedModel)
    return [prompt.user for prompt in world.models.prompts if prompt.model != "doctor"]


def statuses(ran: Ran) -> list[VerdictStatus]:
    return [one.verdict for one in ran.all(CandidateJudged)]


def test_the_next_attempt_is_told_the_diagnosis_behind_what_failed() -> None:
    world = diagnosed(DIAGNOSIS)
    ran = run(world)
    assert (ran.status, ran.failures) == (RunStatus.SUCCEEDED, [(1, "validation", "tests: exit code 1")])
    first, second = edits_asked(world)
    assert GUESS not in first
    assert second.index("tests: exit code 1\nwrong:") < second.index(GUESS)
    assert "(may need a change: calc.py)\nlook at: the caller" in second
    assert second.index("```", second.index(GUESS)) > 0, "inside the fence of what the checks printed"


def test_every_call_is_recorded_before_it_is_looked_at_and_the_diagnosis_is_kept_with_the_verdict() -> None:
    world = diagnosed(DIAGNOSIS)
    ran = run(world)
    assert kinds_of(ran.events)[5:10] == [
        "CandidateKept",
        "DiagnosisAsked",
        "DiagnosisSaved",
        "CandidateJudged",
        "AttemptFailed",
    ]
    failed, passed = ran.all(CandidateJudged)
    assert [(one.tool, one.severity) for one in failed.findings][1:] == [("diagnosis", Severity.NOTE)]
    assert passed.findings == ()
    assert isinstance(world.diagnostician, ByModel)
    [order] = world.diagnostician.orders
    assert (order.base, order.candidate) == (world.workspace.base, world.workspace.candidates[NODE, 1])


def test_the_events_of_a_diagnosis_are_read_back_as_they_were() -> None:
    events = [one for one in run(diagnosed(DIAGNOSIS)).events if isinstance(one, DiagnosisAsked | DiagnosisSaved)]
    assert len(events) == 2
    assert [decode(encode(one)) for one in events] == events


def test_what_has_passed_is_diagnosed_by_nobody() -> None:
    ran = run(diagnosed(DIAGNOSIS, small=RIGHT))
    assert (ran.status, ran.all(DiagnosisAsked)) == (RunStatus.SUCCEEDED, [])


@pytest.mark.parametrize("status", [VerdictStatus.TOOL_ERROR, VerdictStatus.EMPTY])
def test_what_is_no_fault_of_the_edit_is_diagnosed_by_nobody(status: VerdictStatus) -> None:
    world = diagnosed(DIAGNOSIS)
    world.validator = Saying(Verdict(status=status, findings=[Finding(tool="tests", message="no such file")]))
    assert run(world).all(DiagnosisAsked) == []


def test_where_nobody_has_the_role_nobody_is_asked() -> None:
    world = diagnosed(DIAGNOSIS)
    world.diagnostician = None
    ran = run(world)
    assert (ran.status, ran.all(DiagnosisAsked)) == (RunStatus.SUCCEEDED, [])
    assert all("guess" not in text for text in told(world))


BUSY = ModelError("doctor", "is busy", may_recover=True)


@pytest.mark.parametrize("answers", [(LIE,), ("I see.", "Hm."), (BUSY,), (), ("{" * 100_000,)])
def test_a_lying_garbled_busy_or_missing_diagnoser_changes_no_verdict(answers: tuple[Answer, ...]) -> None:
    plain, odd = run(diagnosed(DIAGNOSIS, middle=WRONG)), run(diagnosed(*answers, middle=WRONG))
    assert odd.status is plain.status is RunStatus.FAILED
    assert statuses(odd) == statuses(plain)
    assert set(statuses(odd)) == {VerdictStatus.FAILED}
    assert odd.failures == plain.failures
    assert [one.reason for one in odd.all(NodeEnded)] == ["tests: exit code 1"]


def test_a_diagnosis_is_never_the_reason_not_even_where_the_checks_gave_none() -> None:
    world = diagnosed(LIE, middle=WRONG)
    world.validator = Saying(Verdict(status=VerdictStatus.FAILED))
    ran = run(world)
    assert {reason for _, _, reason in ran.failures} == {"the checks say failed"}


def test_of_many_findings_the_diagnosis_is_among_those_that_are_told() -> None:
    world = diagnosed(DIAGNOSIS)
    many = [Finding(tool="tests", message=f"failure {number}") for number in range(30)]
    world.validator = Saying(Verdict(status=VerdictStatus.FAILED, findings=many))
    ran = run(world)
    assert ran.failures[0][2] == "failure 0"
    assert GUESS in edits_asked(world)[1]


class Silent(ScriptedModel):
    """Models of which the doctor never answers."""

    async def complete(self, prompt: Prompt) -> Reply:
        if prompt.model == "doctor":
            await anyio.sleep_forever()
        return await super().complete(prompt)


def test_a_silent_diagnoser_is_waited_for_as_long_as_agreed() -> None:
    world = diagnosed()
    world.models = Silent({"small": [WRONG], "middle": [RIGHT]})
    ran = run(world)
    assert ran.status is RunStatus.SUCCEEDED
    assert run_virtual(world.landed)["calc.py"] == GOOD
    asked, judged = ran.all(DiagnosisAsked)[0].at, ran.all(CandidateJudged)[0].at
    assert judged - asked == pytest.approx(60.0), "of virtual time"
    assert ran.all(CandidateJudged)[0].findings[1].message == "no usable diagnosis: no answer within 60 s"


def test_its_price_counts_in_the_totals() -> None:
    ran = run(diagnosed("garbled", DIAGNOSIS))
    state = RunState()
    for event in ran.events:
        state.on_event(event)
    assert (state.calls, state.usage) == (4, USAGE + USAGE)
    recovered = fold(ran.events)
    assert recovered is not None
    assert recovered.spent == USAGE + USAGE


class Killed(BaseException):
    """The engine is gone."""


class DyingDoctor(ByModel):
    """The engine dies when a diagnosis has been saved, before anything comes of it."""

    has_died = False

    async def diagnose(self, order: ReviewOrder, models: ModelClient) -> Finding:
        note = await super().diagnose(order, models)
        if not self.has_died:
            self.has_died = True
            raise Killed
        return note


def test_a_diagnosis_that_was_saved_is_not_asked_for_again() -> None:
    world = diagnosed(DIAGNOSIS)
    world.diagnostician = DyingDoctor()
    with pytest.raises((Killed, BaseExceptionGroup)):
        run(world)
    assert kinds_of(world.journal.events)[-1] == "DiagnosisSaved"
    ran = run(world)
    assert (ran.status, len(ran.all(DiagnosisSaved))) == (RunStatus.SUCCEEDED, 1)
    assert isinstance(world.models, ScriptedModel)
    assert world.models.asked("doctor") == 1
    assert GUESS in edits_asked(world)[-1]
