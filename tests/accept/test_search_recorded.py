"""The search on recorded faults: a fixed sample in the suite where the data is there, all of them in accept."""

import hashlib
import os
import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import anyio
import pytest

from benchmarks.search import SETS, Case, Score, measure
from orchestrator.domain.sandbox import SandboxPolicy
from orchestrator.errors import SandboxUnavailableError
from orchestrator.fixers.search import Budget, Claim
from orchestrator.sandbox import SandboxRunner

DATA = os.environ.get("RUNG_DATA", "")
SAMPLE = {"quixbugs": 1, "humanevalfix": 5, "humanevalfix, examples": 3, "humanevalfix, javascript": 3}
QUICK = Budget(candidates=1000, seconds=5.0)
PATIENT = Budget(longest=300.0)
ANSWERS = ("humaneval gpt-3.5", "humaneval CodeLlama-34b", "mbpp gpt-3.5", "mbpp CodeLlama-34b")


def need_a_sandbox(folder: Path) -> None:
    try:
        _ = SandboxRunner(SandboxPolicy(tree=str(folder), mount=str(folder))).record
    except SandboxUnavailableError as error:
        pytest.skip(str(error))


def need_node_for(name: str) -> None:
    if "javascript" in name and shutil.which("node") is None:
        pytest.skip("no node here")


def sample(cases: Sequence[Case], count: int) -> list[Case]:
    """Always the same ones: those whose programs hash lowest."""
    return sorted(cases, key=lambda case: hashlib.sha256(case.files[case.program].encode()).digest())[:count]


def scores(cases: Sequence[Case], budget: Budget) -> list[Score]:
    return anyio.run(partial(measure, cases, budget=budget))


def right(found: Sequence[Score]) -> float:
    return sum(score.is_right for score in found) / max(1, len(found))


def found_in(all_of_them: Sequence[Score]) -> list[Score]:
    return [score for score in all_of_them if score.result.chosen]


def consistent(all_of_them: Sequence[Score]) -> list[Score]:
    return [score for score in all_of_them if score.result.claim is Claim.CONSISTENT]


@pytest.mark.skipif(not DATA, reason="no recorded data here (RUNG_DATA)")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", SAMPLE)
def test_a_sample_of_recorded_faults_is_repaired_and_spoken_of_rightly(name: str, tmp_path: Path) -> None:
    need_a_sandbox(tmp_path)
    need_node_for(name)
    found = scores(sample(SETS[name](Path(DATA)), SAMPLE[name]), QUICK)
    assert len(found_in(found)) >= len(found) / 2
    assert right(consistent(found)) >= 0.95 or not consistent(found)


@pytest.mark.accept
@pytest.mark.timeout(7200)
def test_quixbugs_are_repaired(recorded_data: Path, tmp_path: Path) -> None:
    need_a_sandbox(tmp_path)
    found = scores(SETS["quixbugs"](recorded_data), PATIENT)
    assert len(found_in(found)) == len(found)
    assert right(found) >= 0.97


@pytest.mark.accept
@pytest.mark.timeout(7200)
def test_most_of_humanevalfix_is_repaired_and_what_is_unflagged_is_right(recorded_data: Path, tmp_path: Path) -> None:
    need_a_sandbox(tmp_path)
    found = scores(SETS["humanevalfix"](recorded_data), PATIENT)
    assert len(found_in(found)) / len(found) >= 0.75
    assert right(found) >= 0.68
    assert right(consistent(found)) >= 0.97


@pytest.mark.accept
@pytest.mark.timeout(7200)
def test_half_of_humanevalfix_in_javascript_is_repaired(recorded_data: Path, tmp_path: Path) -> None:
    need_a_sandbox(tmp_path)
    need_node_for("javascript")
    found = scores(SETS["humanevalfix, javascript"](recorded_data), PATIENT)
    assert len(found_in(found)) / len(found) >= 0.5
    assert right(consistent(found)) >= 0.97


@pytest.mark.accept
@pytest.mark.timeout(7200)
def test_with_few_tests_what_is_unflagged_is_right(recorded_data: Path, tmp_path: Path) -> None:
    need_a_sandbox(tmp_path)
    found = consistent(scores(SETS["humanevalfix, examples"](recorded_data), PATIENT))
    assert right(found) >= 0.95 or not found


@pytest.mark.accept
@pytest.mark.timeout(7200)
def test_what_is_taken_of_failed_answers_is_mostly_right(recorded_data: Path, tmp_path: Path) -> None:
    need_a_sandbox(tmp_path)
    found = [score for name in ANSWERS for score in consistent(scores(SETS[name](recorded_data), PATIENT))]
    assert found
    assert right(found) >= 0.8
