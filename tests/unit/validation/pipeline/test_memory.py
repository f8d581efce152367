"""Assessments are made once, shared by whoever wants them at the same time, and kept from run to run."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from orchestrator.domain.assessment import Assessment, Scope, StageResult, Unit
from orchestrator.domain.finding import FailureClass, Finding
from orchestrator.domain.jsonvalue import JsonObject
from orchestrator.domain.verdict import CaseResult, CaseStatus, Evidence, VerdictStatus
from orchestrator.validation.packs import StageCommand, StageName
from orchestrator.validation.pipeline import Bench, Memory, PackAssessor, Room
from orchestrator.validation.pipeline.memory import key_of
from tests.unit.validation.packs.projects import SHIPPED
from tests.unit.validation.pipeline.rooms import room_of

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


class Shelf:
    """Keeps results as JSON would, in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, JsonObject] = {}

    async def digest(self, folder: str, globs: Sequence[str]) -> str:
        raise NotImplementedError

    async def get(self, key: str) -> JsonObject | None:
        return self.kept.get(key)

    async def put(self, key: str, result: JsonObject) -> None:
        self.kept[key] = result


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


async def test_it_is_kept_for_the_next_process() -> None:
    shelf, make = Shelf(), Counting()
    await Memory(store=shelf).recall("key", make)
    again = await Memory(store=shelf).recall("key", make)
    assert make.count == 1
    assert again == replace(FOUND, stages=(replace(FOUND.stages[0], cached=True),))


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


async def test_after_a_failure_the_next_one_tries() -> None:
    memory, make = Memory(), Counting()

    async def fail() -> Assessment:
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        await memory.recall("key", fail)
    await memory.recall("key", make)
    assert make.count == 1


COMMAND = StageCommand(stage=StageName.TEST, argv=("/room/1/x", "--report=/desk/1/r"), versions={"x": "1.0"})


def key(command: StageCommand = COMMAND, scope: Scope = Scope(tree="t"), **env: str) -> str:  # noqa: B008  # a value
    return key_of(scope, [command], env={"PATH": "/bin", **env}, places=("/desk/1", "/room/1"))


def test_the_key_depends_on_all_that_decides_and_on_no_place() -> None:
    others = [
        key(replace(COMMAND, argv=("/room/1/y",))),
        key(replace(COMMAND, versions={"x": "1.1"})),
        key(replace(COMMAND, env={"A": "b"})),
        key(replace(COMMAND, timeout=1.0)),
        key(scope=Scope(tree="u")),
        key(scope=Scope(tree="t", changed=("a",))),
        key(scope=Scope(tree="t", known=frozenset())),
        key(LANG="C"),
    ]
    assert len({key(), *others}) == len(others) + 1
    moved = replace(COMMAND, argv=("/room/2/x", "--report=/desk/2/r"))
    assert key() == key_of(Scope(tree="t"), [moved], env={"PATH": "/bin"}, places=("/desk/2", "/room/2"))
    assert key(HOME="/home/other") == key()


async def test_an_assessor_judges_one_tree_once(tmp_path: Path) -> None:
    files = {"words.py": "def count(text):\n    return 1\n"}
    rooms = iter(["first", "second", "third"])

    @asynccontextmanager
    async def open_room(_folder: str) -> AsyncIterator[Room]:
        yield room_of(files, tmp_path, name=next(rooms))

    assessor = PackAssessor(bench=Bench(packs=SHIPPED), open_room=open_room)
    found = [await assessor.assess("x", Scope(tree=tree)) for tree in ("one", "one", "two")]
    assert [one.stages[0].cached for one in found] == [False, True, False]
    assert found[0].stages[0].findings == found[1].stages[0].findings
