"""Which of several patches is kept: the one with which the project's own command agrees."""

import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestrator.app.clock import SystemClock
from orchestrator.domain.assessment import Unit
from orchestrator.domain.diagnosis import Diagnosis, Progress, ToolRun
from orchestrator.domain.fixing import FixOrder
from orchestrator.domain.judgement import Target
from orchestrator.domain.tree import CommitId
from orchestrator.fixers.bench import Judgement, Probe
from orchestrator.fixers.fixer import SearchSite, TierZero
from orchestrator.fixers.search import Budget, SearchTarget
from orchestrator.sandbox import LocalRunner

pytestmark = pytest.mark.anyio

UNIT = Unit(pack="python")
PROGRAM = "def second(one, other):\n    return one\n"
TESTS = "from program import second\ndef test_it():\n    assert second(1, 2) == 2\n"
TARGET = Target(stage="test", unit=UNIT, name="test_program.py::test_it", is_test=True)
ORDER = FixOrder(base=CommitId("c1"), targets=(TARGET,), accept=frozenset({"plausible"}))


@dataclass
class Strict:
    """A bench whose own command passes with ``right`` alone; opens itself."""

    root: Path
    right: str
    prefix: str = ""

    @asynccontextmanager
    async def open(self, order: FixOrder) -> AsyncIterator["Strict"]:
        assert order is ORDER
        yield self

    async def judge(self, changes: Mapping[str, str]) -> Judgement:
        left = len(await self.left(changes))
        progress = Progress(stages_left=left, targets_left=left, new_findings=0)
        return Judgement(progress=progress, diagnosis=Diagnosis(texts={"program.py": PROGRAM}, changes=dict(changes)))

    async def run(self, probe: Probe, changes: Mapping[str, str]) -> ToolRun:
        raise FileNotFoundError(probe.argv[0], changes)

    async def failing(self, unit: Unit, changes: Mapping[str, str]) -> tuple[str, ...]:
        return () if unit == UNIT and self.right not in changes.values() else (TARGET.name,)

    async def left(self, changes: Mapping[str, str]) -> tuple[Target, ...]:
        return () if changes.get("program.py") == self.right else (TARGET,)

    def site(self, unit: Unit, changes: Mapping[str, str]) -> SearchSite:
        assert unit == UNIT
        texts = {"program.py": PROGRAM, **changes}
        target = SearchTarget(root=str(self.root), texts=texts, tests=("test_program.py",), python=(sys.executable,))
        return SearchSite(target=target, runner=LocalRunner())


def tier(root: Path, right: str) -> TierZero:
    (root / "program.py").write_text(PROGRAM)
    (root / "test_program.py").write_text(TESTS)
    return TierZero(benches=Strict(root, right), clock=SystemClock(), budget=Budget(candidates=200, pairs=False))


async def test_where_the_command_refuses_the_first_patch_another_behaviour_is_tried(tmp_path: Path) -> None:
    right = PROGRAM.replace("return one", "return other")
    fixed = await tier(tmp_path, right).fix(ORDER)
    assert (fixed.changes, fixed.repaired) == ({"program.py": right}, (TARGET,))
    assert [line.rpartition(": ")[2] for line in fixed.held] == [
        "it passes when tried, but not by the project's own command"
    ]


async def test_where_it_refuses_all_of_them_none_is_kept(tmp_path: Path) -> None:
    fixed = await tier(tmp_path, "nothing will do").fix(ORDER)
    assert fixed.changes == {}
    assert 1 < len(fixed.held) <= 5
