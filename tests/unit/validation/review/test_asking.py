"""Reviewers and diagnosers that lie, stay silent, talk nonsense or fail: bounded, and told as what they are."""

from collections.abc import Sequence

import pytest

from orchestrator.domain.model import Reply
from orchestrator.domain.usage import Usage
from orchestrator.domain.verdict import Evidence, Verdict, VerdictStatus
from orchestrator.errors import ModelError
from orchestrator.testing.model import Answer, ScriptedModel
from orchestrator.testing.virtual import run_virtual
from orchestrator.validation.review import (
    Advice,
    Asked,
    Decision,
    Diagnoser,
    Question,
    Review,
    Reviewer,
    ReviewPolicy,
    Trouble,
)
from tests.unit.validation.review.questions import APPROVE, DIAGNOSIS, FAILED, FINDING, HOLD, question, text


def reviewed(models: ScriptedModel, asked: Question, timeout: float = 60.0) -> Asked[Review]:
    reviewer = Reviewer(models, model="small", policy=ReviewPolicy(timeout=timeout))

    async def main() -> Asked[Review]:
        return await reviewer.review(asked)

    return run_virtual(main)


def diagnosed(models: ScriptedModel, asked: Question) -> Asked[Advice]:
    async def main() -> Asked[Advice]:
        return await Diagnoser(models, model="small", timeout=60.0).diagnose(asked)

    return run_virtual(main)


def scripted(*answers: Answer, seconds: float = 0.0) -> ScriptedModel:
    return ScriptedModel({"small": answers}, seconds=seconds)


def test_a_usable_review_is_had_in_one_call() -> None:
    reply = Reply(text=text(HOLD), model="small", usage=Usage(input=5, output=2))
    asked = reviewed(scripted(reply), question())
    assert asked.answer is not None
    assert asked.answer.decision is Decision.HOLD
    assert (asked.calls, asked.usage, asked.trouble, asked.note) == (1, Usage(input=5, output=2), None, "")


GARBLED: Sequence[Answer] = [
    "I approve.",
    text(APPROVE, confidence=7),
    text(HOLD, findings=[{**FINDING, "file": "src/invented.py"}]),
    text(APPROVE) + text(HOLD),
    Reply(text=text(APPROVE), model="small", is_complete=False),
]


@pytest.mark.parametrize("garbled", GARBLED)
def test_a_garbled_answer_is_asked_for_once_more(garbled: Answer) -> None:
    models = scripted(garbled, text(APPROVE))
    asked = reviewed(models, question())
    assert asked.answer is not None
    assert asked.calls == 2
    assert "could not be used" in models.prompts[1].user
    assert models.prompts[1].user.startswith(models.prompts[0].user)


@pytest.mark.parametrize("garbled", GARBLED)
def test_a_reviewer_that_stays_garbled_is_asked_twice_and_no_more(garbled: Answer) -> None:
    models = scripted(garbled)
    asked = reviewed(models, question())
    assert (asked.answer, asked.trouble, asked.calls) == (None, Trouble.GARBLED, 2)
    assert models.asked("small") == 2
    assert "2 tries" in asked.note


def test_a_silent_reviewer_is_waited_for_as_long_as_said() -> None:
    asked = reviewed(scripted(text(APPROVE), seconds=61.0), question(), timeout=60.0)
    assert (asked.answer, asked.trouble, asked.calls) == (None, Trouble.SILENT, 1)
    assert asked.note == "no answer within 60 s"


def test_the_second_try_has_the_rest_of_the_time_only() -> None:
    reply = Reply(text="nonsense", model="small", usage=Usage(input=5))
    asked = reviewed(scripted(reply, text(APPROVE), seconds=40.0), question(), timeout=60.0)
    assert (asked.trouble, asked.calls, asked.usage) == (Trouble.SILENT, 2, Usage(input=5))


def test_a_reviewer_that_fails_is_told_and_not_asked_again() -> None:
    models = scripted(ModelError("small", "is\n\x1b[31mbusy", may_recover=True))
    asked = reviewed(models, question())
    assert (asked.answer, asked.trouble, asked.calls) == (None, Trouble.FAILED, 1)
    assert asked.note == "model small: is [31mbusy"


@pytest.mark.parametrize("status", [status for status in VerdictStatus if status is not VerdictStatus.PASSED])
def test_what_the_commands_did_not_pass_is_shown_to_no_reviewer(status: VerdictStatus) -> None:
    models = scripted(text(APPROVE))
    verdict = Verdict(status=status, evidence=Evidence.EXIT_CODE)
    asked = reviewed(models, question(verdict=verdict))
    assert (asked.answer, asked.trouble, models.prompts) == (None, Trouble.NOT_ASKED, [])


def test_a_candidate_that_changes_nothing_is_shown_to_nobody() -> None:
    models = scripted(text(APPROVE))
    assert reviewed(models, question(diff="\n")).trouble is Trouble.NOT_ASKED
    assert models.prompts == []


def test_a_failure_is_diagnosed() -> None:
    asked = diagnosed(scripted(text(DIAGNOSIS)), question(verdict=FAILED, log="boom"))
    assert asked.answer is not None
    assert asked.answer.files == ("src/a.py",)


def test_only_failures_are_diagnosed() -> None:
    models = scripted(text(DIAGNOSIS))
    assert diagnosed(models, question()).trouble is Trouble.NOT_ASKED
    assert models.prompts == []


def test_a_diagnoser_in_trouble_is_bounded_alike() -> None:
    asked = question(verdict=FAILED)
    assert diagnosed(scripted("no idea"), asked).trouble is Trouble.GARBLED
    assert diagnosed(scripted(text(DIAGNOSIS), seconds=100.0), asked).trouble is Trouble.SILENT
    assert diagnosed(ScriptedModel({}), asked).trouble is Trouble.FAILED
