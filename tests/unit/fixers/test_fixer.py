"""Tier 0 for several orders of one run: what one of them learnt, and what it cost, counts for the others."""

import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
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
PROGRAM = "def answer(question):\n    return question\n"
TESTS = "from program import answer\ndef test_one():\n    assert answer('x') == 'a poem of three lines'\n"
TARGETS = (Target(stage="test", unit=UNIT, name="test_program.py::test_one", is_test=True),)
ORDER = FixOrder(base=CommitId("c1"), targets=TARGETS)
BUDGET = Budget(candidates=40, pairs=False)


@dataclass
class Project:
    """A bench on which two tests fail that no small change makes pass."""

    root: Path
    prefix: str = ""
    targets: tuple[Target, ...] = TARGETS

    async def judge(self, changes: Mapping[str, str]) -> Judgement:
        progress = Progress(stages_left=1, targets_left=1, new_findings=0)
        return Judgement(progress=progress, diagnosis=Diagnosis(texts={"program.py": PROGRAM}, changes=dict(changes)))

    async def run(self, probe: Probe, changes: Mapping[str, str]) -> ToolRun:
        raise FileNotFoundError(probe.argv[0], changes)

    async def failing(self, unit: Unit, changes: Mapping[str, str]) -> tuple[str, ...]:
        assert Target(stage="test", unit=unit, name=self.targets[0].name, is_test=True) in self.targets
        assert not changes
        return ()

    async def left(self, changes: Mapping[str, str]) -> tuple[Target, ...]:
        assert not changes
        return self.targets

    def site(self, unit: Unit, changes: Mapping[str, str]) -> SearchSite | None:
        if unit != UNIT:
            return None
        texts = {"program.py": PROGRAM, **changes}
        target = SearchTarget(root=str(self.root), texts=texts, tests=("test_program.py",), python=(sys.executable,))
        return SearchSite(target=target, runner=LocalRunner())


@dataclass
class Projects:
    """Opens the same bench for every order."""

    root: Path
    targets: tuple[Target, ...] = TARGETS

    @asynccontextmanager
    async def open(self, order: FixOrder) -> AsyncIterator[Project]:
        assert order.targets == self.targets
        yield Project(self.root, targets=self.targets)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "program.py").write_text(PROGRAM)
    (tmp_path / "test_program.py").write_text(TESTS)
    return tmp_path


async def test_when_searches_have_found_nothing_for_long_no_further_one_is_begun(project: Path) -> None:
    tier = TierZero(benches=Projects(project), clock=SystemClock(), budget=BUDGET, patience=1e-6)
    first = await tier.fix(ORDER)
    assert first.tried == 40
    assert "small changes makes all tests pass" in first.why
    second = await tier.fix(replace(ORDER, base=CommitId("c2")))
    assert second.tried == 0
    assert "search: not begun, after 0 s of searches that found nothing" in second.why


async def test_as_long_as_there_is_patience_every_order_is_searched_for(project: Path) -> None:
    tier = TierZero(benches=Projects(project), clock=SystemClock(), budget=BUDGET)
    for base in ("c1", "c2"):
        assert (await tier.fix(replace(ORDER, base=CommitId(base)))).tried == 40


async def test_in_a_language_that_is_not_searched_the_reason_says_which_ones_are(project: Path) -> None:
    rust = replace(TARGETS[0], unit=Unit(pack="rust"))
    tier = TierZero(benches=Projects(project, targets=(rust,)), clock=SystemClock(), budget=BUDGET)
    fixed = await tier.fix(replace(ORDER, targets=(rust,)))
    assert fixed.why == "no rule or tool proposes anything; search: knows python and javascript only"
