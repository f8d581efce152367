"""Assessments are made once, and shared by whoever wants them at the same time."""

from dataclasses import replace

import anyio
import pytest

from orchestrator.domain.assessment import Assessment, StageResult, Unit
from orchestrator.domain.finding import FailureClass, Finding
from orchestrator.domain.verdict import CaseResult, CaseStatus, Evidence, VerdictStatus
from orchestrator.validation.pipeline import Memory

pytestmark = pytest.mark.anyio

FOUND = Assessment(
    status=VerdictStatus.FAILED,
    evidence=Evidence.IDS,
    failure_class=FailureClass.ASSERT,
    score=0.5,
    stages=(
        StageResult(
            name="test",
            unit=Unit(root="a", pack="python"),
            status=VerdictStatus.FAILED,
            command=("pytest", "-q"),
            findings=(Finding(tool="pytest", message="no", file="a.py", line=3, fingerprint="f"),),
            tests=(CaseResult(id="a::b", status=CaseStatus.FAILED, seconds=0.25),),
        ),
    ),
)


class Counting:
    """Makes an assessment, and counts how often."""

    def __init__(self, found: Assessment = FOUND) -> None:
        self.count = 0
        self._found = found

    async def __call__(self) -> Assessment:
        self.count += 1
        await anyio.lowlevel.checkpoint()
        return self._found


async def test_who_asks_at_the_same_time_waits_for_the_one_that_makes_it() -> None:
    memory, make = Memory(), Counting()
    got: list[Assessment] = []

    async def ask() -> None:
        got.append(await memory.recall("key", make))

    async with anyio.create_task_group() as tasks:
        for _ in range(5):
            tasks.start_soon(ask)
    assert make.count == 1
    assert [one.stages[0].cached for one in got] == [False, True, True, True, True]
    assert {replace(one, stages=()) for one in got} == {replace(FOUND, stages=())}


@pytest.mark.parametrize(
    "stage",
    [
        replace(FOUND.stages[0], status=VerdictStatus.TOOL_ERROR),
        replace(FOUND.stages[0], tests=(CaseResult(id="a", status=CaseStatus.FLAKY),)),
    ],
)
async def test_what_may_be_otherwise_next_time_is_not_remembered(stage: StageResult) -> None:
    memory, make = Memory(), Counting(replace(FOUND, stages=(stage,)))
    await memory.recall("key", make)
    await memory.recall("key", make)
    assert make.count == 2


async def test_that_a_tool_is_missing_is_remembered() -> None:
    stage = replace(FOUND.stages[0], status=VerdictStatus.TOOL_ERROR, is_lacking=True)
    memory, make = Memory(), Counting(replace(FOUND, stages=(stage,)))
    await memory.recall("key", make)
    await memory.recall("key", make)
    assert make.count == 1


async def test_after_a_failure_the_next_one_tries() -> None:
    memory, make = Memory(), Counting()

    async def fail() -> Assessment:
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        await memory.recall("key", fail)
    await memory.recall("key", make)
    assert make.count == 1
