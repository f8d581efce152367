"""Who reviews, and what a reviewer is shown of a candidate."""

import json
from pathlib import Path

import pytest

from orchestrator.app.reviewing import ModelCritic, model_of, review_policy
from orchestrator.config import Settings
from orchestrator.config.validate import ReviewSettings, ValidationSettings
from orchestrator.domain.ids import RunId
from orchestrator.domain.verdict import Evidence, Verdict, VerdictStatus
from orchestrator.errors import InputError, ModelError
from orchestrator.models.registry import ModelEntry
from orchestrator.ports import ReviewOrder
from orchestrator.testing.model import Answer, ScriptedModel
from orchestrator.testing.repo import TempRepo
from orchestrator.validation.review import ReviewPolicy
from orchestrator.workspace.edits.values import FileChange
from orchestrator.workspace.repository import RunRepository

PASSED = Verdict(status=VerdictStatus.PASSED, evidence=Evidence.IDS, score=1.0)
MARKER = "a-word-of-this-run"


async def rubric() -> str:
    return "Look for overflow."


async def reviewed(folder: Path, *answers: Answer, model: str = "critic") -> tuple[Verdict, ScriptedModel]:
    """What becomes of a candidate that changes ``a.txt`` and removes ``b.txt``, and what was asked."""
    repo = TempRepo(folder / "project").commit({"a.txt": "one\n", "b.txt": "gone\n", "c.txt": "kept\n"})
    models = ScriptedModel({"critic": answers})
    async with await RunRepository.create(repo.folder, RunId("r"), state_dir=folder / "state") as repository:
        base = repository.facts.base
        changes = [
            FileChange(path="a.txt", before="one\n", after="one\ntwo\n"),
            FileChange(path="b.txt", before="gone\n", after=None),
        ]
        tree = await repository.write_tree(repository.facts.tree, changes)
        candidate = await repository.commit(tree, [base], message="candidate")
        critic = ModelCritic(
            repository=repository, model=model, policy=ReviewPolicy(), rubric=rubric, marker=lambda: MARKER
        )
        order = ReviewOrder(task="Add a line.", base=base, candidate=candidate, verdict=PASSED)
        return await critic.review(order, models), models


def answer(file: str, line: int = 2) -> str:
    finding = {"file": file, "line": line, "severity": "error", "message": "Bad."}
    return json.dumps({"decision": "hold", "confidence": 1.0, "findings": [finding]})


@pytest.mark.anyio
async def test_the_change_the_task_and_the_rubric_are_shown_between_unforeseeable_words(tmp_path: Path) -> None:
    _, models = await reviewed(tmp_path, answer("a.txt"))
    [prompt] = models.prompts
    assert prompt.model == "critic"
    asked = f"{prompt.system}\n{prompt.user}"
    assert all(text in asked for text in ("Add a line.", "+two", "-gone", "Look for overflow.", MARKER))
    assert "kept" not in asked


@pytest.mark.anyio
async def test_a_finding_counts_where_its_line_exists_in_the_candidate(tmp_path: Path) -> None:
    verdict, _ = await reviewed(tmp_path, answer("a.txt"))
    assert (verdict.status, [one.message for one in verdict.findings]) == (VerdictStatus.FAILED, ["Bad."])


@pytest.mark.anyio
@pytest.mark.parametrize(("file", "line"), [("b.txt", 1), ("c.txt", 1), ("a.txt", 3)])
async def test_a_finding_about_what_is_gone_or_was_not_changed_holds_nothing_back(
    tmp_path: Path, file: str, line: int
) -> None:
    verdict, models = await reviewed(tmp_path, answer(file, line))
    assert (verdict.status, models.asked("critic")) == (VerdictStatus.PASSED, 2)
    [note] = verdict.findings
    assert note.message.startswith("no usable review: no usable answer in 2 tries")


@pytest.mark.anyio
async def test_why_there_is_no_review_is_told_and_nothing_is_held_back(tmp_path: Path) -> None:
    verdict, _ = await reviewed(tmp_path, ModelError("critic", "is busy", may_recover=True))
    assert (verdict.status, verdict.findings[0].message) == (
        VerdictStatus.PASSED,
        "no usable review: model critic: is busy",
    )


@pytest.mark.anyio
async def test_where_nobody_has_the_role_nobody_is_asked(tmp_path: Path) -> None:
    verdict, models = await reviewed(tmp_path, model="")
    assert (verdict.status, models.prompts) == (VerdictStatus.PASSED, [])
    assert verdict.findings[0].message == "no usable review: no model has the role of the reviewer"


def settings(**review: object) -> Settings:
    return Settings(validate=ValidationSettings(review=ReviewSettings.model_validate(review)))


def test_there_is_a_policy_where_a_review_is_wanted() -> None:
    assert review_policy(settings()) is None
    assert review_policy(settings(enabled=True)) == ReviewPolicy()
    wanted = settings(enabled=True, min_score=0.5, required=True)
    assert review_policy(wanted) == ReviewPolicy(min_score=0.5, is_required=True)


MODELS = [
    ModelEntry(name=name, tier=tier, provider="scripted", script=Path("/s"))
    for name, tier in (("small", "local"), ("second", "local"), ("large", "premium"))
]


@pytest.mark.parametrize(("wanted", "found"), [(None, ""), ("second", "second"), ("local", "small")])
def test_the_role_names_a_model_or_the_first_one_of_a_tier(wanted: str | None, found: str) -> None:
    assert model_of("reviewer", wanted, models=MODELS) == found


def test_a_role_that_names_nothing_is_told_with_what_there_is() -> None:
    with pytest.raises(InputError) as caught:
        model_of("diagnoser", "lagre", models=MODELS)
    assert str(caught.value) == (
        "roles.diagnoser: there is no model 'lagre', and none on a tier of that name"
        " (name one of: small, local, second, large, premium)"
    )
