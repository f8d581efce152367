"""``fix`` nodes: each step recorded before the next one, nothing found twice, nothing landed that was not judged."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace

import pytest

from orchestrator.domain.assessment import Assessment, Unit
from orchestrator.domain.events import CandidateLanded, Event, FixFound
from orchestrator.domain.fixing import Fixed, FixOrder, FixStep
from orchestrator.domain.ids import NodeId
from orchestrator.domain.jsonvalue import JsonObject, JsonValue
from orchestrator.domain.judgement import Comparison, Decision, Target
from orchestrator.domain.node import NodeSpec
from orchestrator.domain.outcome import Failed, Outcome, Skipped, Succeeded
from orchestrator.domain.retry import FailureKind
from orchestrator.domain.survey import Cluster, Survey
from orchestrator.domain.tree import CommitId
from orchestrator.domain.verdict import Verdict, VerdictStatus
from orchestrator.expressions import Scope as Names
from orchestrator.ports import Check, ProjectCheck
from orchestrator.repair.fixing import Fixing
from orchestrator.sandbox import LocalRunner
from orchestrator.task import Services, Task
from orchestrator.testing.clock import FakeClock
from orchestrator.testing.workspace import MemoryWorkspace
from orchestrator.workspace.train import Train
from tests.unit.repair.juries import BAD, KnownJury

BROKEN = Target(stage="build", unit=Unit(pack="c"), name="f1")
OTHER = replace(BROKEN, name="f2")
STEP = FixStep(source="gcc", message="a.c: include <string.h>")
FOUND = Fixed(changes={"a.c": "good\n"}, steps=(STEP,), repaired=(BROKEN,), held=("search: b.c:1: weak",), tried=3)


@dataclass
class Finder:
    """A :class:`orchestrator.ports.Fixer` that finds what it is given."""

    found: Fixed = FOUND
    orders: list[FixOrder] = field(default_factory=list)

    async def fix(self, order: FixOrder) -> Fixed:
        self.orders.append(order)
        return self.found


def all_that_fails(*targets: Target) -> KnownJury:
    clusters = (Cluster(id="a.c", files=("a.c",), targets=targets, findings=()),)
    return KnownJury(found=Survey(assessment=Assessment(status=VerdictStatus.FAILED), clusters=clusters))


def nothing_that_fails() -> KnownJury:
    return KnownJury(found=Survey(assessment=Assessment(status=VerdictStatus.FAILED)))


@dataclass
class World:
    """One attempt's surroundings."""

    finder: Finder = field(default_factory=Finder)
    bench: KnownJury = field(default_factory=nothing_that_fails)
    workspace: MemoryWorkspace = field(default_factory=lambda: MemoryWorkspace({"a.c": "bad\n", "b.c": "x\n"}))
    events: list[Event] = field(default_factory=list)

    async def perform(
        self, body: JsonObject | None = None, *, facts: tuple[Event, ...] = (), cluster: JsonValue = None
    ) -> Outcome:
        bench = self.bench

        async def judge(commit: CommitId, checks: Sequence[Check | ProjectCheck]) -> Verdict:
            [check] = checks
            assert isinstance(check, ProjectCheck)
            return (await bench.judge(check.base, commit, targets=check.targets)).verdict

        train = Train(self.workspace, judge)
        fixing = Fixing(
            workspace=self.workspace, merger=train, fixer=self.finder, jury=bench, clock=FakeClock(1_800_000_000.0)
        )
        spec = NodeSpec(
            id=NodeId("fix"), kind="fix", body={"cluster": "", "accept": [], "search": True, "path": "", **(body or {})}
        )
        services = Services(
            runner=LocalRunner(), workplace=lambda: nullcontext("/"), env={}, scratch="/", record=self.events.append
        )
        names: JsonObject = {"item": cluster, "inputs": {"accept": "plausible,dependencies"}}
        task = Task(spec=spec, attempt=1, step=0, scope=lambda _: Names(contexts=names), services=services, facts=facts)
        return await fixing.perform(task)

    def kinds(self) -> list[str]:
        return [type(event).__name__ for event in self.events]


@pytest.mark.anyio
async def test_what_is_found_is_judged_and_lands_with_every_step_recorded_in_order() -> None:
    world = World(bench=all_that_fails(BROKEN, OTHER))
    outcome = await world.perform()
    assert isinstance(outcome, Succeeded)
    assert world.kinds() == ["BaseTaken", "FixFound", "CandidateKept", "CandidateJudged", "CandidateLanded"]
    head = await world.workspace.head()
    assert await world.workspace.texts(head, ["a.c", "b.c"]) == {"a.c": "good\n", "b.c": "x\n"}
    assert outcome.outputs == {
        "commit": head,
        "repaired": 1,
        "left": 1,
        "steps": ["gcc: a.c: include <string.h>"],
        "held": ["search: b.c:1: weak"],
    }
    assert world.finder.orders[0].targets == (BROKEN, OTHER)


@pytest.mark.anyio
async def test_nothing_to_repair_is_a_skip_and_nobody_is_asked() -> None:
    world = World()
    outcome = await world.perform()
    assert outcome == Skipped("there is nothing to repair")
    assert world.finder.orders == []


@pytest.mark.anyio
async def test_nothing_found_fails_with_the_reason_and_what_was_held() -> None:
    found = Fixed(why="nothing helps: 7 changes were tried", held=("ruff: a.py: x: it silences",), tried=7)
    world = World(finder=Finder(found), bench=all_that_fails(BROKEN))
    outcome = await world.perform()
    assert isinstance(outcome, Failed)
    assert (outcome.reason, outcome.detail) == (found.why, "ruff: a.py: x: it silences")
    assert outcome.outputs["left"] == 1
    assert await world.workspace.head() == world.workspace.base


@pytest.mark.anyio
async def test_what_the_jury_rejects_does_not_land_and_stays_reachable() -> None:
    world = World(bench=rejecting(all_that_fails(BROKEN)))
    outcome = await world.perform()
    assert isinstance(outcome, Failed)
    assert (outcome.kind, outcome.reason) == (FailureKind.VALIDATION, "it is worse than before")
    assert await world.workspace.head() == world.workspace.base
    assert list(world.workspace.candidates) == [("fix", 1)]


def rejecting(jury: KnownJury) -> KnownJury:
    return replace(jury, verdict=BAD, comparison=Comparison(decision=Decision.REJECTED))


@pytest.mark.anyio
async def test_the_targets_and_words_come_from_where_the_workflow_says() -> None:
    cluster: JsonObject = {
        "targets": [{"stage": "build", "root": "", "pack": "c", "name": "f1", "test": False}],
    }
    world = World()
    body: JsonObject = {"cluster": "${{ item }}", "accept": ["${{ inputs.accept }}", "expectations"], "search": False}
    assert isinstance(await world.perform(body, cluster=cluster), Succeeded)
    [order] = world.finder.orders
    assert order.targets == (BROKEN,)
    assert order.accept == {"plausible", "dependencies", "expectations"}
    assert not order.is_searching


@pytest.mark.anyio
async def test_a_cluster_that_is_none_fails_the_node_with_the_reason() -> None:
    outcome = await World().perform({"cluster": "${{ item }}"}, cluster="x")
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.ERROR
    assert "cluster" in outcome.reason


@pytest.mark.anyio
@pytest.mark.parametrize("known", range(2, 6))  # what was found is on disk before a candidate is kept
async def test_an_engine_that_takes_over_goes_on_behind_what_was_recorded(known: int) -> None:
    world = World(bench=all_that_fails(BROKEN))
    await world.perform()
    facts = tuple(world.events[:known])
    head = await world.workspace.head()
    again = World(finder=Finder(), bench=all_that_fails(BROKEN), workspace=world.workspace)
    outcome = await again.perform(facts=facts)
    assert isinstance(outcome, Succeeded)
    assert outcome.outputs["commit"] == head
    assert await world.workspace.head() == head
    assert len(again.finder.orders) == (0 if any(isinstance(one, FixFound) for one in facts) else 1)
    assert [type(event).__name__ for event in (*facts, *again.events)] == world.kinds()


@pytest.mark.anyio
async def test_what_landed_meanwhile_on_the_same_lines_is_a_conflict_to_try_again() -> None:
    world = World(bench=all_that_fails(BROKEN))

    class Late(Finder):
        async def fix(self, order: FixOrder) -> Fixed:
            world.workspace.advance({"a.c": "somebody else's\n"})
            return await super().fix(order)

    world.finder = Late()
    outcome = await world.perform()
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.CONFLICT
    assert not any(isinstance(event, CandidateLanded) for event in world.events)
