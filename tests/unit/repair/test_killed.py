"""The engine dies at every step of an attempt: the same result, and no answer is bought that was saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import anyio
import pytest

from orchestrator.domain.events import CallSent, CandidateJudged, CandidateLanded, Event, ReplySaved
from orchestrator.domain.ids import NodeId
from orchestrator.domain.model import Prompt, Reply
from orchestrator.domain.status import RunStatus
from orchestrator.domain.tree import CommitId
from orchestrator.domain.verdict import Verdict
from orchestrator.executor.engine import Engine
from orchestrator.ports import Check, EditPermit
from orchestrator.testing.model import Answer, ScriptedModel
from orchestrator.testing.virtual import run_virtual
from orchestrator.testing.workspace import MemoryWorkspace
from tests.unit.repair.mending import FILES, GOOD, NO_EDIT, NODE, RIGHT, WRONG, Ran, Sum, World, run

LUCK = 99
"""Events that were not waited for and reached the disk all the same."""


class Killed(BaseException):
    """The engine is gone."""


class Fate:
    """Counts what an engine does, and ends it at one step; a dead engine can do nothing more."""

    def __init__(self, at: int) -> None:
        self._left = at
        self.is_dead = False

    def step(self) -> None:
        self._left -= 1
        self.is_dead = self.is_dead or self._left == 0
        if self.is_dead:
            raise Killed


@dataclass
class MortalModels:
    """Models that outlive the engine: what was asked is answered, whether or not somebody still hears it."""

    models: ScriptedModel
    fate: Fate

    async def complete(self, prompt: Prompt) -> Reply:
        self.fate.step()
        reply = await self.models.complete(prompt)
        self.fate.step()
        return reply


class MortalWorkspace(MemoryWorkspace):
    """A repository that outlives the engine, which may die before and after it was changed."""

    fate = dies_landing = Fate(0)

    async def edit(
        self, base: CommitId, reply: str, *, targets: Sequence[str], permit: EditPermit, message: str
    ) -> CommitId:
        commit = await super().edit(base, reply, targets=targets, permit=permit, message=message)
        self.fate.step()
        return commit

    async def keep(self, node: NodeId, attempt: int, *, commit: CommitId) -> None:
        await super().keep(node, attempt, commit=commit)
        self.fate.step()

    async def move(self, commit: CommitId, *, expected: CommitId) -> bool:
        has_moved = await super().move(commit, expected=expected)
        self.fate.step()
        self.dies_landing.step()
        return has_moved


class BusyWorkspace(MortalWorkspace):
    """One in which somebody else lands while the first candidate is made."""

    async def edit(
        self, base: CommitId, reply: str, *, targets: Sequence[str], permit: EditPermit, message: str
    ) -> CommitId:
        if await self.head() == self.base:
            self.advance({"other.py": "x = 2\n"})
        return await super().edit(base, reply, targets=targets, permit=permit, message=message)


@dataclass
class MortalChecks:
    """Checks under which the engine may die."""

    checks: Sum
    fate: Fate

    async def judge(self, folder: str, checks: Sequence[Check]) -> Verdict:
        verdict = await self.checks.judge(folder, checks)
        self.fate.step()
        return verdict


@dataclass
class Story:
    """A run by several engines, each of which found what the one before left."""

    world: World
    models: ScriptedModel
    ran: Ran
    promised: int
    """How many calls may have been bought twice."""

    @property
    def asked(self) -> list[str]:
        return [prompt.model for prompt in self.models.prompts]


def live(world: World, models: ScriptedModel, fate: Fate) -> Ran | None:
    """One engine's life; ``None`` where it was killed. The journal then holds what it told, committed or not."""
    workspace, journal = world.workspace, world.journal
    assert isinstance(workspace, MortalWorkspace)
    checks = world.validator
    assert isinstance(checks, Sum)
    workspace.fate = fate

    def emit(event: Event) -> None:
        if not fate.is_dead:
            journal.append(event)
        fate.step()

    async def durable() -> None:
        fate.step()
        await journal.durable()
        fate.step()

    world.models, world.validator = MortalModels(models, fate), MortalChecks(checks, fate)
    ran = None
    try:
        ran = run(world, emit=emit, durable=durable)
    except* Killed:
        pass
    world.models, world.validator = models, checks
    return ran


def is_unanswered(events: Sequence[Event]) -> bool:
    """Whether an engine that died after ``events`` had asked and saved no reply."""
    calls = [event for event in events if isinstance(event, CallSent | ReplySaved)]
    return bool(calls) and isinstance(calls[-1], CallSent)


def tell(
    answers: Mapping[str, Sequence[Answer]], deaths: Sequence[int], *, lucky: int, kind: type = MortalWorkspace
) -> Story:
    """Engines die at the steps of ``deaths``, one after another; the last one lives."""
    models = ScriptedModel(answers)
    world = World(models=models, workspace=kind(FILES))
    promised = 0
    for at in (*deaths, 0):
        ran = live(world, models, Fate(at))
        if ran is not None:
            return Story(world, models, ran, promised)
        world.journal = world.journal.crash(lucky)
        promised += is_unanswered(world.journal.events)
    raise AssertionError("the last one never dies")


def lives(answers: Mapping[str, Sequence[Answer]], kind: type = MortalWorkspace) -> int:
    """How many steps an undisturbed engine takes."""
    steps = 0
    while tell_ends_early(answers, steps + 1, kind=kind):
        steps += 1
    return steps


def tell_ends_early(answers: Mapping[str, Sequence[Answer]], at: int, *, kind: type) -> bool:
    models = ScriptedModel(answers)
    return live(World(models=models, workspace=kind(FILES)), models, Fate(at)) is None


CLIMBS: Mapping[str, Sequence[Answer]] = {"small": [WRONG], "middle": [NO_EDIT], "large": [RIGHT]}
CLIMB = ["small", "middle", "large"]


def check(story: Story) -> None:
    world = story.world
    assert story.ran.status is RunStatus.SUCCEEDED
    assert run_virtual(world.landed) == {**FILES, "calc.py": GOOD}
    head = run_virtual(world.workspace.head)
    assert world.workspace.commits[head].parent == world.workspace.base, "it landed once"
    assert head == world.workspace.candidates[max(world.workspace.candidates)]
    assert sorted(set(story.asked), key=CLIMB.index) == CLIMB
    assert len(story.asked) - len(CLIMB) <= story.promised
    assert [kind for _, kind, _ in story.ran.failures] == ["validation", "format"]


@pytest.mark.parametrize("lucky", [0, LUCK])
def test_an_engine_killed_at_any_step_is_followed_by_one_that_ends_the_same(lucky: int) -> None:
    steps = lives(CLIMBS)
    assert steps > 40
    for at in range(1, steps + 1):
        check(tell(CLIMBS, [at], lucky=lucky))


@pytest.mark.parametrize("lucky", [0, LUCK])
def test_engines_that_all_die_soon_still_come_to_the_same_end(lucky: int) -> None:
    """A life of some steps brings the run on: what it saved is not done again."""
    for at in range(9, 30):
        check(tell(CLIMBS, [at] * 30, lucky=lucky))


def check_merged(story: Story) -> None:
    world = story.world
    assert (story.ran.status, story.ran.failures) == (RunStatus.SUCCEEDED, [])
    assert run_virtual(world.landed) == {"calc.py": GOOD, "other.py": "x = 2\n"}
    head = run_virtual(world.workspace.head)
    merge = world.workspace.commits[head]
    assert merge.merged == world.workspace.candidates[max(world.workspace.candidates)]
    assert merge.parent
    assert world.workspace.commits[merge.parent].parent == world.workspace.base, "it was merged once"
    assert [one.commit for one in story.ran.all(CandidateLanded)][-1:] == [head]
    assert story.ran.end.outputs == {"commit": head}
    assert len(story.asked) - 1 <= story.promised


@pytest.mark.parametrize("lucky", [0, LUCK])
def test_an_engine_killed_at_any_step_around_a_merge_is_followed_by_one_that_never_merges_twice(lucky: int) -> None:
    steps = lives({"small": [RIGHT]}, BusyWorkspace)
    assert steps > 15
    for at in range(1, steps + 1):
        check_merged(tell({"small": [RIGHT]}, [at], lucky=lucky, kind=BusyWorkspace))


def after(last: type[Event]) -> World:
    """A world whose engine died when it had just written the first event of this class."""
    world = World(models=ScriptedModel({"small": [RIGHT]}))

    def emit(event: Event) -> None:
        world.journal.append(event)
        if isinstance(event, last):
            world.journal.commit()
            raise Killed

    try:
        run(world, emit=emit)
    except* Killed:
        pass
    assert isinstance(world.journal.events[-1], last)
    return world


@pytest.mark.parametrize(("last", "asked", "judged"), [(CallSent, 1, 1), (ReplySaved, 1, 1), (CandidateJudged, 1, 1)])
def test_what_was_recorded_is_not_done_again(last: type[Event], asked: int, judged: int) -> None:
    world = after(last)
    ran = run(world)
    assert ran.status is RunStatus.SUCCEEDED
    assert isinstance(world.models, ScriptedModel)
    assert isinstance(world.validator, Sum)
    assert (len(world.models.prompts), len(world.validator.judged)) == (asked, judged)


def test_a_verdict_is_on_disk_before_what_it_allows_lands() -> None:
    """A check that says something else the next time could disown what has landed."""
    models = ScriptedModel({"small": [RIGHT]})
    workspace = MortalWorkspace(FILES)
    world = World(models=models, workspace=workspace)
    fate = Fate(1)
    workspace.dies_landing = fate
    try:
        run(world)
    except* Killed:
        pass
    assert fate.is_dead
    world.journal = world.journal.crash()
    assert isinstance(world.journal.events[-1], CandidateJudged)


def test_a_node_that_has_landed_only_has_to_say_so() -> None:
    world = after(CandidateLanded)
    world.workspace.advance({"other.py": "x = 3\n"})
    before = run_virtual(world.workspace.head)
    ran = run(world)
    assert ran.status is RunStatus.SUCCEEDED
    assert run_virtual(world.workspace.head) == before
    assert len(ran.all(CandidateLanded)) == 1


def test_a_candidate_that_landed_unsaid_has_landed_although_others_landed_after_it() -> None:
    world = after(CandidateJudged)
    candidate = world.workspace.candidates[NODE, 1]
    assert run_virtual(lambda: world.workspace.move(candidate, expected=world.workspace.base))
    head = world.workspace.advance({"other.py": "x = 3\n"})
    ran = run(world)
    assert (ran.status, ran.failures) == (RunStatus.SUCCEEDED, [])
    assert (ran.end.outputs, run_virtual(world.workspace.head)) == ({"commit": candidate}, head)


def test_a_candidate_that_was_kept_unsaid_is_the_attempts_candidate() -> None:
    world = after(ReplySaved)
    edit = world.workspace.edit(
        world.workspace.base, RIGHT, targets=["calc.py"], permit=EditPermit(), message="kept before the engine died"
    )
    commit = run_virtual(lambda: edit)
    run_virtual(lambda: world.workspace.keep(NODE, 1, commit=commit))
    ran = run(world)
    assert ran.status is RunStatus.SUCCEEDED
    assert run_virtual(world.workspace.head) == commit


async def _halt_while_judging(engine: Engine, _world: World) -> None:
    await anyio.sleep(5)
    engine.drain()
    engine.halt()


class Slow(Sum):
    """Checks that take their time."""

    async def judge(self, folder: str, checks: Sequence[Check]) -> Verdict:
        await anyio.sleep(10)
        return await super().judge(folder, checks)


def test_a_reply_that_was_saved_before_an_interrupt_is_not_bought_again() -> None:
    models = ScriptedModel({"small": [RIGHT]})
    world = World(models=models, validator=Slow())
    assert run(world, meanwhile=_halt_while_judging).status is RunStatus.INTERRUPTED
    assert run(world).status is RunStatus.SUCCEEDED
    assert models.asked("small") == 1
