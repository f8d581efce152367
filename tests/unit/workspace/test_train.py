"""The merge train on a model of a repository: a commit is the set of edits that it holds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import anyio
import pytest

from orchestrator.domain.landing import Conflicting, Landed, Landing, Unfit
from orchestrator.domain.tree import CommitId
from orchestrator.domain.verdict import Evidence, Verdict, VerdictStatus
from orchestrator.ports import Check, ProjectCheck
from orchestrator.testing.virtual import run_virtual
from orchestrator.workspace.train import Train

PASSED = Verdict(status=VerdictStatus.PASSED, evidence=Evidence.EXIT_CODE, score=1.0)
FAILED = Verdict(status=VerdictStatus.FAILED, evidence=Evidence.EXIT_CODE)
BASE = CommitId("")
CHECK = Check(name="test", script="test")


@dataclass
class Model:
    """Edits are letters; a commit's id is the letters it holds. Letters that differ in case only conflict."""

    at: CommitId = BASE
    bad: frozenset[str] = frozenset()
    judged: list[str] = field(default_factory=list)
    seconds: float = 1.0
    meddling: list[str] = field(default_factory=list)
    moving: float = 0.0

    async def head(self) -> CommitId:
        return self.at

    async def arrival(self, candidate: CommitId, *, base: CommitId) -> CommitId | None:
        return self.at if set(candidate) - set(base) <= set(self.at) else None

    async def merged(self, onto: CommitId, candidate: CommitId, *, base: CommitId) -> CommitId | tuple[str, ...]:
        own = set(candidate) - set(base)
        clash = tuple(sorted(letter for letter in own if letter.swapcase() in onto))
        return clash or CommitId("".join(sorted({*onto, *own})))

    async def patch(self, base: CommitId, candidate: CommitId) -> str:
        return f"+{''.join(sorted(set(candidate) - set(base)))}"

    async def move(self, commit: CommitId, *, expected: CommitId) -> bool:
        if self.meddling:
            self.at = CommitId(self.at + self.meddling.pop())
        if self.at != expected:
            return False
        await anyio.sleep(self.moving)
        self.at = commit
        return True

    async def judge(self, commit: CommitId, checks: Sequence[Check | ProjectCheck]) -> Verdict:
        assert checks
        self.judged.append(commit)
        await anyio.sleep(self.seconds)
        return FAILED if any(set(bad) <= set(commit) for bad in self.bad) else PASSED


def land_all(model: Model, *candidates: str, after: float = 0.0) -> list[Landing]:
    """Land all of them; each but the first comes so many seconds after the first."""
    train = Train(model, model.judge)
    landings: dict[str, Landing] = {}
    check = Check(name="test", script="test")

    async def one(candidate: str) -> None:
        await anyio.sleep(0 if candidate == candidates[0] else after)
        landings[candidate] = await train.land(CommitId(candidate), base=BASE, checks=[check])

    async def main() -> None:
        async with anyio.create_task_group() as group:
            for candidate in candidates:
                group.start_soon(one, candidate)

    run_virtual(main)
    return [landings[candidate] for candidate in candidates]


def test_a_candidate_on_an_unmoved_head_lands_as_it_is_without_another_verdict() -> None:
    model = Model()
    assert land_all(model, "a") == [Landed(CommitId("a"))]
    assert (model.at, model.judged) == ("a", [])


def test_what_comes_while_a_train_is_under_way_lands_together_judged_once() -> None:
    model = Model(at=CommitId("x"))
    landings = land_all(model, "a", "b", "c", "d", after=0.5)
    assert model.judged == ["ax", "abcdx"], "the first left alone, the others together"
    assert model.at == "abcdx"
    assert all(isinstance(landing, Landed) and landing.verdict == PASSED for landing in landings)
    assert sorted(len(landing.commit) for landing in landings if isinstance(landing, Landed)) == [2, 3, 4, 5]


def test_the_candidate_that_does_not_fit_is_found_by_halves_and_the_rest_lands() -> None:
    model = Model(at=CommitId("x"), bad=frozenset({"cx"}))
    landings = land_all(model, "a", "b", "c", "d", "e")
    assert model.at == "abdex"
    assert [type(landing) for landing in landings] == [Landed, Landed, Unfit, Landed, Landed]


def test_two_that_pass_alone_and_fail_together_do_not_both_land() -> None:
    model = Model(at=CommitId("x"), bad=frozenset({"bc"}))
    landings = land_all(model, "a", "b", "c")
    assert [type(landing) for landing in landings] == [Landed, Landed, Unfit]
    assert model.at == "abx"


def test_a_conflict_is_told_with_its_paths_and_the_patch() -> None:
    model = Model()
    landings = land_all(model, "a", "A", "b", after=0.5)
    assert landings == [Landed(CommitId("a")), Conflicting(("A",), "+A"), Landed(CommitId("ab"), PASSED)]
    assert model.at == "ab"


def test_three_that_conflict_end_landed_or_explained() -> None:
    landings = land_all(Model(), "a", "A", "aA")
    assert [type(landing) for landing in landings] == [Landed, Conflicting, Conflicting]


def test_a_head_that_moved_meanwhile_is_tried_again_on_the_new_one() -> None:
    model = Model(meddling=["z"])
    assert land_all(model, "a") == [Landed(CommitId("az"), PASSED)]
    assert model.at == "az"


def test_what_an_engine_landed_before_it_died_is_not_merged_again() -> None:
    model = Model(at=CommitId("abx"))
    assert land_all(model, "b", "c") == [Landed(CommitId("abx")), Landed(CommitId("abcx"), PASSED)]
    assert model.judged == ["abcx"]


def land_until(model: Model, seconds: dict[str, float]) -> dict[str, Landing | None]:
    """Land all at once; the caller of each is cancelled after so many seconds; ``None`` where that hit."""
    train = Train(model, model.judge)
    landings: dict[str, Landing | None] = dict.fromkeys(seconds)

    async def one(candidate: str) -> None:
        with anyio.move_on_after(seconds[candidate]):
            landings[candidate] = await train.land(CommitId(candidate), base=BASE, checks=[CHECK])

    async def main() -> None:
        async with anyio.create_task_group() as group:
            for candidate in seconds:
                group.start_soon(one, candidate)

    run_virtual(main)
    return landings


def test_who_drives_may_get_off_and_the_next_one_drives_those_who_are_left() -> None:
    model = Model(at=CommitId("x"), seconds=5.0)
    landings = land_until(model, {"a": 2.0, "b": math.inf, "c": math.inf})
    assert (landings["a"], model.at) == (None, "bcx")
    assert landings["c"] == Landed(CommitId("bcx"), PASSED)


def test_who_gets_off_while_the_train_is_judged_does_not_land_and_the_rest_is_judged_anew() -> None:
    model = Model(at=CommitId("x"), seconds=5.0)
    landings = land_until(model, {"a": math.inf, "b": 2.0, "c": math.inf})
    assert (landings["b"], model.at, model.judged) == (None, "acx", ["abcx", "acx"])


@pytest.mark.parametrize("late", ["a", "b"])
def test_while_the_head_moves_it_is_too_late_to_get_off(late: str) -> None:
    model = Model(at=CommitId("x"), seconds=5.0, moving=2.0)
    landings = land_until(model, {"a": math.inf, "b": math.inf, late: 6.0})
    assert model.at == "abx"
    assert all(isinstance(landing, Landed) for landing in landings.values())


def test_all_may_get_off() -> None:
    model = Model(at=CommitId("x"), seconds=5.0)
    assert land_until(model, {"a": 2.0, "b": 2.0}) == {"a": None, "b": None}
    assert model.at == "x"


def test_what_has_landed_stays_landed_when_the_judge_breaks_on_the_rest() -> None:
    model = Model(at=CommitId("x"), bad=frozenset({"ab"}))
    told: dict[str, object] = {}

    async def judge(commit: CommitId, checks: Sequence[Check | ProjectCheck]) -> Verdict:
        if len(model.judged) == 2:
            raise OSError("disk full")
        return await model.judge(commit, checks)

    async def main() -> None:
        train = Train(model, judge)

        async def one(candidate: str) -> None:
            try:
                told[candidate] = await train.land(CommitId(candidate), base=BASE, checks=[CHECK])
            except OSError as error:
                told[candidate] = str(error)

        async with anyio.create_task_group() as group:
            group.start_soon(one, "a")
            group.start_soon(one, "b")

    run_virtual(main)
    assert told == {"a": Landed(CommitId("ax"), PASSED), "b": "disk full"}
    assert model.at == "ax"


def test_a_passenger_that_is_cancelled_before_its_train_leaves_does_not_land() -> None:
    model = Model(at=CommitId("x"), seconds=5.0)
    train = Train(model, model.judge)
    check = Check(name="test", script="test")

    async def main() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(lambda: train.land(CommitId("a"), base=BASE, checks=[check]))
            await anyio.sleep(1)
            with anyio.move_on_after(1):
                await train.land(CommitId("b"), base=BASE, checks=[check])

    run_virtual(main)
    assert model.at == "ax"


def test_a_judge_that_breaks_fails_everybody_aboard_and_the_train_runs_on() -> None:
    model = Model(at=CommitId("x"))

    async def breaks(_commit: CommitId, _checks: Sequence[Check | ProjectCheck]) -> Verdict:
        raise OSError("disk full")

    told: list[str] = []

    async def one(train: Train, candidate: str) -> None:
        with pytest.raises(OSError, match="disk full"):
            await train.land(CommitId(candidate), base=BASE, checks=[])
        told.append(candidate)

    async def main() -> None:
        train = Train(model, breaks)
        async with anyio.create_task_group() as group:
            group.start_soon(one, train, "a")
            group.start_soon(one, train, "b")
        train._judge = model.judge
        await train.land(CommitId("c"), base=BASE, checks=[Check(name="test", script="test")])

    run_virtual(main)
    assert sorted(told) == ["a", "b"]
    assert model.at == "cx"


def test_stages_are_examined_once_for_all_aboard_beside_the_head_that_they_are_merged_onto() -> None:
    model = Model(at=CommitId("x"))
    asked: list[Sequence[Check | ProjectCheck]] = []

    async def judge(commit: CommitId, checks: Sequence[Check | ProjectCheck]) -> Verdict:
        asked.append(checks)
        return await model.judge(commit, checks)

    async def main() -> None:
        train = Train(model, judge)

        async def one(candidate: str, base: str) -> None:
            stages = ProjectCheck(base=CommitId(base), stages=frozenset({"test"}))
            await train.land(CommitId(candidate), base=CommitId(base), checks=[CHECK, stages])

        async with anyio.create_task_group() as group:
            group.start_soon(one, "a", "")
            await anyio.sleep(0.5)
            group.start_soon(one, "bx", "x")
            group.start_soon(one, "c", "")

    run_virtual(main)
    stages = frozenset({"test"})
    assert model.judged == ["ax", "abcx"]
    assert asked == [[CHECK, ProjectCheck(base=CommitId(at), stages=stages)] for at in ("x", "ax")]


def test_targets_are_compared_with_the_base_that_they_were_found_at() -> None:
    model = Model(at=CommitId("x"))
    asked: list[Check | ProjectCheck] = []

    async def judge(commit: CommitId, checks: Sequence[Check | ProjectCheck]) -> Verdict:
        asked.extend(checks)
        return await model.judge(commit, checks)

    check = ProjectCheck(base=BASE)
    run_virtual(lambda: Train(model, judge).land(CommitId("a"), base=BASE, checks=[check]))
    assert asked == [check]
