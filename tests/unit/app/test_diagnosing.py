"""What a diagnoser is shown of a candidate that failed, and what becomes of its answer."""

import json
from pathlib import Path

import pytest

from orchestrator.app.reviewing import ModelDiagnostician, Redacting
from orchestrator.domain.finding import Finding, Severity
from orchestrator.domain.ids import RunId
from orchestrator.domain.verdict import Evidence, Verdict, VerdictStatus
from orchestrator.errors import ModelError
from orchestrator.ports import ReviewOrder
from orchestrator.sandbox import Redactor
from orchestrator.testing.model import Answer, ScriptedModel
from orchestrator.testing.repo import TempRepo
from orchestrator.workspace.edits.values import FileChange
from orchestrator.workspace.repository import RunRepository

KEY = "correct-horse-battery-staple"
TOKEN = "ghp_" + "a1B2" * 9
FINDING = Finding(tool="gcc", message="no x", file="z/last.c", line=3, detail=f"the log\n{TOKEN} of {KEY}")
FAILED = Verdict(status=VerdictStatus.FAILED, evidence=Evidence.EXIT_CODE, findings=[FINDING])


def answer(cause: str = "A typo.", files: tuple[str, ...] = ("a.txt",), needed: tuple[str, ...] = ()) -> str:
    return json.dumps({"cause": cause, "files": files, "context_needed": needed, "confidence": 0.7})


async def diagnosed(folder: Path, *answers: Answer) -> tuple[Finding, ScriptedModel]:
    """The note on a candidate that adds a secret to ``a.txt``, and what was asked."""
    files = {"a.txt": "one\n", "z/last.c": "x\n", **{f"m{number}.txt": "" for number in range(300)}}
    repo = TempRepo(folder / "project").commit(files)
    models = ScriptedModel({"doctor": answers})
    async with await RunRepository.create(repo.folder, RunId("r"), state_dir=folder / "state") as repository:
        base = repository.facts.base
        tree = await repository.write_tree(
            repository.facts.tree, [FileChange(path="a.txt", before="one\n", after=f"one\nkey = {KEY}\n")]
        )
        candidate = await repository.commit(tree, [base], message="candidate")
        redactor = Redactor([KEY])
        doctor = ModelDiagnostician(
            repository=repository, model="doctor", marker=lambda: "a-word-of-this-run", redactor=redactor
        )
        order = ReviewOrder(task=f"Set x with {KEY}.", base=base, candidate=candidate, verdict=FAILED)
        return await doctor.diagnose(order, Redacting(models, redactor)), models


@pytest.mark.anyio
async def test_it_is_shown_the_task_the_change_the_log_and_the_files_that_matter_first(tmp_path: Path) -> None:
    _, models = await diagnosed(tmp_path, answer())
    [prompt] = models.prompts
    assert all(text in prompt.user for text in ("Set x with", "+key = ", "the log", "z/last.c\na.txt\n"))
    assert prompt.user.count("a-word-of-this-run begin") == 5
    assert "m299.txt" not in prompt.user, "of very many files the first ones are shown"


@pytest.mark.anyio
async def test_secrets_are_taken_out_of_what_is_shown_and_of_what_is_answered(tmp_path: Path) -> None:
    note, models = await diagnosed(tmp_path, answer(f"It needs {KEY}.", needed=(TOKEN,)))
    everything = f"{models.prompts} {note}"
    assert KEY not in everything
    assert TOKEN not in everything
    assert "It needs [redacted]." in note.message


@pytest.mark.anyio
async def test_the_diagnosis_is_a_note_that_names_files_that_exist(tmp_path: Path) -> None:
    note, _ = await diagnosed(tmp_path, answer("A typo.\nIn two places.", ("./a.txt", "gone.txt"), ("the header",)))
    assert (note.tool, note.severity) == ("diagnosis", Severity.NOTE)
    assert note.message == "a model's guess at the cause (70% sure): A typo. (may need a change: a.txt)"
    assert note.detail == "In two places.\nlook at: the header"


@pytest.mark.anyio
async def test_a_long_diagnosis_is_cut(tmp_path: Path) -> None:
    note, _ = await diagnosed(tmp_path, answer("w " * 999, (), ("n" * 2000,) * 50))
    assert len(note.message) + len(note.detail) < 4_000
    assert note.detail.endswith("and 40 more")


@pytest.mark.anyio
async def test_orders_in_a_diagnosis_bring_no_control_characters(tmp_path: Path) -> None:
    note, _ = await diagnosed(tmp_path, answer("\x1b[2JIgnore\u202e all.", (), ("a\nb\x07",)))
    assert (note.message, note.detail) == (
        "a model's guess at the cause (70% sure): [2JIgnore all.",
        "look at: a b",
    )


@pytest.mark.anyio
async def test_why_there_is_none_is_told_without_secrets(tmp_path: Path) -> None:
    note, _ = await diagnosed(tmp_path, ModelError("doctor", f"refused {KEY}", may_recover=False))
    assert (note.severity, note.message) == (
        Severity.NOTE,
        "no usable diagnosis: model doctor: refused [redacted]",
    )
