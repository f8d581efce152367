"""Verdicts are kept from call to call: those that would be the same again, and no more than there is room for."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.app import verdicts
from orchestrator.app.verdicts import Verdicts, is_durable
from orchestrator.domain.assessment import Assessment, StageResult, Unit
from orchestrator.domain.finding import FailureClass, Finding, Severity
from orchestrator.domain.verdict import CaseResult, CaseStatus, Evidence, VerdictStatus

KEY = "a" * 64
STAGE = StageResult(
    name="test",
    unit=Unit(root="a", pack="python"),
    status=VerdictStatus.FAILED,
    command=("pytest", "-q"),
    findings=(Finding(tool="pytest", message="no", file="a.py", line=3, failure_class=FailureClass.ASSERT),),
    tests=(CaseResult(id="a::b", status=CaseStatus.FAILED, seconds=0.25),),
)
FAILED = Assessment(status=VerdictStatus.FAILED, evidence=Evidence.IDS, score=0.5, stages=(STAGE,))
PASSED = replace(FAILED, status=VerdictStatus.PASSED, stages=(replace(STAGE, status=VerdictStatus.PASSED),))


class Counting:
    """Makes an assessment, and counts how often."""

    def __init__(self, made: Assessment = FAILED) -> None:
        self.count = 0
        self._made = made

    async def __call__(self) -> Assessment:
        self.count += 1
        return self._made


@pytest.mark.anyio
@pytest.mark.parametrize("made", [PASSED, FAILED])
async def test_what_was_made_is_there_the_next_time_and_said_to_be_remembered(tmp_path: Path, made: Assessment) -> None:
    make = Counting(made)
    first = await Verdicts(tmp_path / "state").recall(KEY, make)
    again = await Verdicts(tmp_path / "state").recall(KEY, make)
    assert (make.count, first) == (1, made)
    assert again == replace(made, stages=tuple(replace(stage, cached=True) for stage in made.stages))
    await Verdicts(tmp_path / "state").recall("b" * 64, make)
    assert make.count == 2


@pytest.mark.anyio
async def test_afresh_nothing_is_looked_up_and_what_is_made_replaces_what_was(tmp_path: Path) -> None:
    await Verdicts(tmp_path).recall(KEY, Counting(FAILED))
    assert await Verdicts(tmp_path, is_fresh=True).recall(KEY, Counting(PASSED)) == PASSED
    assert (await Verdicts(tmp_path).recall(KEY, Counting(FAILED))).status is VerdictStatus.PASSED


def failing(failure_class: FailureClass) -> Assessment:
    return replace(
        FAILED, stages=(replace(STAGE, findings=(replace(STAGE.findings[0], failure_class=failure_class),)),)
    )


@pytest.mark.anyio
@pytest.mark.parametrize(
    "made",
    [
        replace(FAILED, status=VerdictStatus.TOOL_ERROR),
        replace(FAILED, status=VerdictStatus.EMPTY),
        replace(FAILED, stages=(STAGE, replace(STAGE, status=VerdictStatus.TOOL_ERROR, is_lacking=True))),
        replace(PASSED, stages=(replace(STAGE, tests=(CaseResult(id="a", status=CaseStatus.FLAKY),)),)),
        replace(PASSED, stages=(replace(STAGE, name="setup"), *PASSED.stages)),
        failing(FailureClass.TIMEOUT),
        failing(FailureClass.RUNTIME),
    ],
    ids=["tool", "empty", "missing tool", "flaky", "set-up", "timeout", "crash"],
)
async def test_what_may_be_otherwise_another_day_is_made_again(tmp_path: Path, made: Assessment) -> None:
    make = Counting(made)
    for _ in range(2):
        assert await Verdicts(tmp_path).recall(KEY, make) == made
    assert make.count == 2


def test_a_test_that_raises_an_error_counts_as_any_other_that_fails() -> None:
    raised = replace(STAGE.findings[0], test="a::b", failure_class=FailureClass.RUNTIME)
    assert is_durable(replace(FAILED, stages=(replace(STAGE, findings=(raised,)),)))


def test_a_warning_about_a_crash_does_not_speak_against_what_passed() -> None:
    warning = Finding(tool="x", message="m", severity=Severity.WARNING, failure_class=FailureClass.RUNTIME)
    assert is_durable(replace(PASSED, stages=(replace(PASSED.stages[0], findings=(warning,)),)))


@pytest.mark.anyio
async def test_the_oldest_go_where_there_is_no_room_and_results_of_runs_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await Verdicts(tmp_path).recall("0" * 64, Counting())
    with sqlite3.connect(tmp_path / "cache.db") as database:
        [(size,)] = database.execute("SELECT length(key) + length(outputs) FROM node_cache")
        database.execute("INSERT INTO node_cache SELECT 'f' || key, 0, '1', 0, outputs FROM node_cache")
    database.close()
    monkeypatch.setattr(verdicts, "_ALL", 3 * size)
    for number in range(1, 6):
        await Verdicts(tmp_path).recall(f"{number}" * 64, Counting())
    with sqlite3.connect(tmp_path / "cache.db") as database:
        kept = [key[0] for (key,) in database.execute("SELECT key FROM node_cache ORDER BY key")]
    database.close()
    assert kept == ["3", "4", "5", "f"]


@pytest.mark.anyio
async def test_one_that_is_very_large_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdicts, "_LARGEST", 100)
    make = Counting()
    for _ in range(2):
        await Verdicts(tmp_path).recall(KEY, make)
    assert make.count == 2


@pytest.mark.anyio
async def test_a_store_that_is_damaged_stops_nobody_and_is_told(tmp_path: Path) -> None:
    (tmp_path / "cache.db").write_text("this is no database" * 100)
    kept, make = Verdicts(tmp_path), Counting()
    assert await kept.recall(KEY, make) == FAILED
    assert [line.split(":")[0] for line in kept.faults] == [
        "earlier verdicts cannot be read",
        "this verdict cannot be kept",
    ]


@pytest.mark.anyio
async def test_one_that_was_written_in_another_form_is_made_again(tmp_path: Path) -> None:
    from orchestrator.journal.cache import NodeCache
    from orchestrator.journal.state import open_state

    with open_state(tmp_path) as database:
        NodeCache(database).put(KEY, {"status": "splendid"}, at=0.0)
    kept, make = Verdicts(tmp_path), Counting()
    assert await kept.recall(KEY, make) == FAILED
    assert (make.count, kept.faults) == (1, [])
