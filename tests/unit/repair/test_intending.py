"""``fix`` nodes with an intent: judged without targets, landed, skipped, held or failed for what the job came to."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

import pytest

from orchestrator.domain.events import Event, FixFound
from orchestrator.domain.fixing import Fixed, FixStep
from orchestrator.domain.ids import NodeId
from orchestrator.domain.intent import RULES, Guarded, IntentOrder
from orchestrator.domain.jsonvalue import JsonObject
from orchestrator.domain.node import NodeSpec
from orchestrator.domain.outcome import Failed, Outcome, Skipped, Succeeded
from orchestrator.domain.retry import FailureKind
from orchestrator.domain.tree import CommitId
from orchestrator.domain.verdict import Verdict
from orchestrator.expressions import Scope as Names
from orchestrator.fixers.intents.table import INTENTS
from orchestrator.ports import Check, ProjectCheck
from orchestrator.repair.fixes import Fixes
from orchestrator.repair.fixing import Fixing
from orchestrator.repair.intending import Intending
from orchestrator.sandbox import LocalRunner
from orchestrator.task import Services, Task
from orchestrator.testing.clock import FakeClock
from orchestrator.testing.workspace import MemoryWorkspace
from orchestrator.workspace.train import Train
from tests.unit.repair.juries import BAD, KnownJury

FORMATTED = Fixed(changes={"test_a.py": "x = 1\n"}, steps=(FixStep(source="ruff", message="format test_a.py"),))
RENAME: JsonObject = {
    "name": "rename",
    "arguments": {"symbol": "${{ inputs.name }}", "to": "new", "file": "a.py", "files": ["${{ as it is }}"]},
}


@dataclass
class Hand:
    """A :class:`orchestrator.ports.Doer` that does what it is given."""

    found: Fixed = FORMATTED
    orders: list[IntentOrder] = field(default_factory=list)

    async def perform(self, order: IntentOrder) -> Fixed:
        self.orders.append(order)
        return self.found


class NoFixer:
    """A :class:`orchestrator.ports.Fixer` that must not be asked."""

    async def fix(self, order: object) -> Fixed:
        raise AssertionError(f"nobody ordered a repair: {order}")


@dataclass
class World:
    """One attempt's surroundings."""

    hand: Hand = field(default_factory=Hand)
    bench: KnownJury = field(default_factory=KnownJury)
    workspace: MemoryWorkspace = field(default_factory=lambda: MemoryWorkspace({"test_a.py": "x  =  1\n"}))
    events: list[Event] = field(default_factory=list)

    async def perform(
        self, intent: JsonObject | None = None, *, facts: tuple[Event, ...] = (), path: str = ""
    ) -> Outcome:
        async def judge(commit: CommitId, checks: Sequence[Check | ProjectCheck]) -> Verdict:
            del commit, checks
            raise AssertionError("nothing has landed meanwhile")

        workspace, merger, clock = self.workspace, Train(self.workspace, judge), FakeClock(1_800_000_000.0)
        fixing = Fixing(workspace=workspace, merger=merger, fixer=NoFixer(), jury=self.bench, clock=clock)
        intending = Intending(workspace=workspace, merger=merger, doer=self.hand, jury=self.bench, clock=clock)
        body: JsonObject = {
            "intent": intent or {"name": "format", "arguments": {}},
            "accept": ["${{ inputs.accept }}", "expectations"],
            "path": path,
        }
        services = Services(
            runner=LocalRunner(), workplace=lambda: nullcontext("/"), env={}, scratch="/", record=self.events.append
        )
        names: JsonObject = {"inputs": {"accept": "dependencies", "name": "old"}}
        task = Task(
            spec=NodeSpec(id=NodeId("job"), kind="fix", body=body),
            attempt=1,
            step=0,
            scope=lambda _: Names(contexts=names),
            services=services,
            facts=facts,
        )
        return await Fixes(fixing=fixing, intending=intending).perform(task)


def test_every_intent_has_its_rules_and_somebody_who_does_it() -> None:
    assert set(INTENTS) == set(RULES)
    assert {name: rules.consent for name, rules in RULES.items() if rules.consent} == {
        "lock": "dependencies",
        "snapshots": "expectations",
    }


@pytest.mark.anyio
async def test_what_a_job_changes_is_judged_without_targets_and_lands_with_every_step_recorded() -> None:
    world = World()
    outcome = await world.perform(path="web/")
    assert isinstance(outcome, Succeeded)
    head = await world.workspace.head()
    assert await world.workspace.texts(head, ["test_a.py"]) == {"test_a.py": "x = 1\n"}
    assert outcome.outputs == {
        "commit": head,
        "repaired": 0,
        "left": 0,
        "steps": ["ruff: format test_a.py"],
        "held": [],
    }
    assert world.bench.asked == [((), "web", frozenset({Guarded.TESTS}))]
    assert [type(event).__name__ for event in world.events] == [
        "BaseTaken",
        "FixFound",
        "CandidateKept",
        "CandidateJudged",
        "CandidateLanded",
    ]


@pytest.mark.anyio
async def test_the_order_says_what_the_workflow_says_with_its_templates_filled_in() -> None:
    world = World()
    await world.perform(RENAME, path="web")
    [order] = world.hand.orders
    assert (order.name, order.below) == ("rename", "web")
    assert order.accept == {"dependencies", "expectations"}
    assert order.arguments == {"symbol": "old", "to": "new", "file": "a.py", "files": ["${{ as it is }}"]}


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        (Fixed(), Skipped("there is nothing to change")),
        (Fixed(why="ruff is missing"), ("ruff is missing", FailureKind.ERROR)),
        (Fixed(held=("uv: write uv.lock anew",), why="a person"), ("a person", FailureKind.VALIDATION)),
        (Fixed(held=("a.py: ruff: no",)), ("a.py: ruff: no", FailureKind.VALIDATION)),
    ],
)
async def test_a_job_without_changes_is_a_skip_or_a_failure_with_its_reason(
    found: Fixed, outcome: Skipped | tuple[str, FailureKind]
) -> None:
    world = World(hand=Hand(found))
    ended = await world.perform()
    assert ((ended.reason, ended.kind) if isinstance(ended, Failed) else ended) == outcome
    assert await world.workspace.head() == world.workspace.base
    assert world.bench.asked == []


@pytest.mark.anyio
async def test_what_makes_something_worse_does_not_land() -> None:
    world = World(bench=KnownJury(verdict=BAD))
    outcome = await world.perform()
    assert isinstance(outcome, Failed)
    assert (outcome.kind, outcome.reason) == (FailureKind.VALIDATION, "it is worse than before")
    assert await world.workspace.head() == world.workspace.base


@pytest.mark.anyio
@pytest.mark.parametrize("known", range(2, 6))
async def test_an_engine_that_takes_over_does_not_do_the_job_again(known: int) -> None:
    world = World()
    await world.perform()
    again = World(workspace=world.workspace)
    outcome = await again.perform(facts=tuple(world.events[:known]))
    assert isinstance(outcome, Succeeded)
    assert outcome.outputs["commit"] == await world.workspace.head()
    assert again.hand.orders == []
    assert any(isinstance(event, FixFound) for event in world.events[:known])
