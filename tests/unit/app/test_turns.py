"""What newly passes is run once more, and what newly fails by chance is looked into: real courts, real tests."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from orchestrator.app.jury import PackJury
from orchestrator.domain.assessment import Assessment, Scope
from orchestrator.domain.judgement import Decision, Target
from orchestrator.domain.tree import CommitId
from orchestrator.domain.verdict import VerdictStatus
from orchestrator.testing.repo import TempRepo
from tests.unit.app.courts import Bench, a_bench
from tests.unit.validation.luck import luck

pytestmark = pytest.mark.anyio

WORDS = "def smallest(words):\n    return {smallest}\n\n\ndef largest(words):\n    return {largest}\n"
TESTS = """\
import unittest

from words import largest, smallest

ALL = {words}


class Words(unittest.TestCase):
    def test_smallest(self):
        self.assertEqual(smallest(ALL), {wanted!r})

    def test_largest(self):
        self.assertEqual(largest(ALL), {largest!r})
"""
OTHER = "import unittest\n\nclass Other(unittest.TestCase):\n    def test_it(self):\n        pass\n"
CHANCE = """\
import unittest

from words import WANTED

class Luck(unittest.TestCase):
    def test_luck(self):
        self.assertIn({first}, WANTED)
"""
SMALLEST, LARGEST = "test_words.Words.test_smallest", "test_words.Words.test_largest"
LUCKY = "list(set(words))[0]"


def words(smallest: str, largest: str = "max(words)") -> dict[str, str]:
    return {"words.py": WORDS.format(smallest=smallest, largest=largest)}


def wanting(wanted: str) -> dict[str, str]:
    return {"test_words.py": TESTS.format(words=luck().words, wanted=wanted, largest=max(luck().words))}


def project(folder: Path, **functions: str) -> TempRepo:
    """Its test of the smallest wants what comes first in the first turn."""
    other = {"pyproject.toml": "[project]\nname = 'x'\n", "test_other.py": OTHER}
    return TempRepo(folder).commit({**other, **words(**functions), **wanting(luck().firsts[0])})


def right(turn: int = 0) -> str:
    """What a test wants that wants what comes first in ``turn``, whatever the turn."""
    return f"[one for one in words if one == {luck().firsts[turn]!r}][0]"


async def targets_of(bench: Bench) -> tuple[Target, ...]:
    survey = await bench.court.survey(bench.base, Scope())
    return tuple(target for cluster in survey.clusters for target in cluster.targets)


Runs = list[tuple[int, tuple[str, ...]]]


def watched(monkeypatch: pytest.MonkeyPatch) -> Runs:
    """What juries look at anew from now on: the turn, and the tests that ran."""
    runs: Runs = []
    assess = PackJury.assess

    async def noting(jury: PackJury, commit: CommitId, scope: Scope) -> Assessment:
        said = await assess(jury, commit, scope)
        if not any(stage.cached for stage in said.stages):
            runs.append((scope.turn, tuple(test.id for stage in said.stages for test in stage.tests)))
        return said

    monkeypatch.setattr(PackJury, "assess", noting)
    return runs


async def candidate(bench: Bench, changes: Mapping[str, str]) -> CommitId:
    return await bench.candidate(dict(changes))


async def test_a_fix_that_depends_on_the_order_of_a_set_is_rejected_and_a_true_one_accepted(tmp_path: Path) -> None:
    async with a_bench(project(tmp_path / "project", smallest="words[9]"), tmp_path, mode="off") as bench:
        targets = await targets_of(bench)
        lucky = await bench.court.judge(bench.base, await candidate(bench, words(LUCKY)), targets=targets)
        line = f"passes or fails by chance: {SMALLEST}"
        assert (lucky.judgement.decision, lucky.judgement.reasons) == (Decision.REJECTED, (line,))
        assert lucky.judgement.fixed == ()
        assert (lucky.verdict.status, [one.message for one in lucky.verdict.findings]) == (VerdictStatus.FAILED, [line])
        true = await bench.court.judge(bench.base, await candidate(bench, words(right())), targets=targets)
        assert (true.judgement.decision, true.verdict.status) == (Decision.ACCEPTED, VerdictStatus.PASSED), true


async def test_only_the_files_of_what_newly_passes_are_run_once_more_and_only_where_all_else_is_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_bench(project(tmp_path / "project", smallest="words[9]"), tmp_path) as bench:
        targets = await targets_of(bench)
        runs = watched(monkeypatch)
        ours = (LARGEST, SMALLEST)
        mended = await candidate(bench, words(right()))
        await bench.court.judge(bench.base, mended, targets=targets)
        assert runs == [(0, ("test_other.Other.test_it", *ours)), (1, ours)]
        runs.clear()
        await bench.court.judge(bench.base, mended, targets=targets)
        assert runs == [], "both runs are remembered, each by itself"
        await bench.court.judge(bench.base, await candidate(bench, words(right(), "words[9]")), targets=targets)
        assert [turn for turn, _ in runs] == [0], "it is worse than before in any case"


async def test_what_was_remembered_of_a_tree_by_itself_does_not_stand_in_for_the_second_run(tmp_path: Path) -> None:
    async with a_bench(project(tmp_path / "project", smallest="words[9]"), tmp_path) as bench:
        targets = await targets_of(bench)
        lucky = await candidate(bench, words(LUCKY))
        assert (await bench.court.survey(lucky, Scope())).assessment.status is VerdictStatus.PASSED
        for _ in range(2):
            judged = await bench.court.judge(bench.base, lucky, targets=targets)
            assert judged.judgement.decision is Decision.REJECTED
        assert (await bench.court.survey(lucky, Scope())).assessment.status is VerdictStatus.PASSED


async def test_where_something_else_is_mended_too_it_lands_and_the_rest_is_not_called_fixed(tmp_path: Path) -> None:
    async with a_bench(project(tmp_path / "project", smallest="words[9]", largest="words[9]"), tmp_path) as bench:
        targets = await targets_of(bench)
        judged = await bench.court.judge(bench.base, await candidate(bench, words(LUCKY)), targets=targets)
        assert judged.verdict.status is VerdictStatus.PASSED, judged
        assert [one.name for one in judged.judgement.fixed] == [LARGEST]
        assert judged.judgement.unsteady == (SMALLEST,)
        stages = frozenset({"test"})
        verdict = await bench.court.examine(bench.base, await candidate(bench, words(LUCKY)), stages=stages)
        assert verdict.status is VerdictStatus.FAILED, "not all passes"
        assert [one.message for one in verdict.findings] == [f"passes or fails by chance: {SMALLEST}"]


async def test_a_candidate_that_makes_a_test_depend_on_chance_is_worse_than_its_base(tmp_path: Path) -> None:
    """In the first turn it fails, in the second it passes, as a flaky test would; but it was none."""
    repo = project(tmp_path / "project", smallest=right(1))
    repo.commit(wanting(luck().firsts[1]))
    async with a_bench(repo, tmp_path) as bench:
        judged = await bench.court.judge(bench.base, await candidate(bench, words(LUCKY)), targets=())
        assert judged.judgement.decision is Decision.REJECTED
        [worse] = judged.judgement.regressions
        assert worse.message.endswith("(not in each run: by chance)")


async def test_a_test_that_depended_on_chance_before_is_flaky_and_no_fault_of_the_candidate(tmp_path: Path) -> None:
    """What comes first is what is wanted in the second turn of the candidate alone, and in the first of its base."""
    files = {"words.py": f"WANTED = {luck().firsts[:1]!r}\n", "test_luck.py": CHANCE.format(first=luck().first)}
    repo = TempRepo(tmp_path / "project").commit({"pyproject.toml": "[project]\nname = 'x'\n", **files})
    async with a_bench(repo, tmp_path) as bench:
        after = await candidate(bench, {"words.py": f"WANTED = {luck().firsts[1:2]!r}\n"})
        judged = await bench.court.judge(bench.base, after, targets=())
        assert (judged.judgement.decision, judged.judgement.flaky) == (Decision.ACCEPTED, ("test_luck.Luck.test_luck",))
        assert judged.judgement.regressions == judged.judgement.revealed == ()
