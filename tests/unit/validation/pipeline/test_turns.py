"""A run of the tests has a turn: what the order of a set decides comes out otherwise in another one."""

from pathlib import Path

import pytest

from orchestrator.domain.assessment import Scope
from orchestrator.domain.verdict import CaseResult, CaseStatus, Verdict, VerdictStatus
from orchestrator.validation.judgement import targets_of
from orchestrator.validation.pipeline.flaky import with_flaky
from tests.unit.validation.luck import luck
from tests.unit.validation.pipeline.rooms import assessed, stage, told

pytestmark = pytest.mark.anyio

UNITTEST = """\
import unittest

class Luck(unittest.TestCase):
    def test_luck(self):
        self.assertEqual({first}, {wanted!r})
"""
PYTEST = "def test_luck():\n    assert {first} == {wanted!r}\n"


def lucky(text: str, *, wanted: str) -> dict[str, str]:
    return {"test_luck.py": text.format(first=luck().first, wanted=wanted)}


KINDS = pytest.mark.parametrize(("text", "turn"), [(PYTEST, 1), (UNITTEST, 2)], ids=["pytest", "unittest"])


@KINDS
async def test_each_turn_has_an_order_of_its_own(tmp_path: Path, text: str, turn: int) -> None:
    files = lucky(text, wanted=luck().firsts[turn])
    assert (await assessed(files, tmp_path)).status is VerdictStatus.FAILED
    found = await assessed(files, tmp_path, scope=Scope(turn=turn), name="again")
    assert found.status is VerdictStatus.PASSED, told(found)
    assert stage(found, "test").has_turns


@KINDS
async def test_a_new_failure_that_depends_on_the_order_of_a_set_is_flaky_and_no_target(
    tmp_path: Path, text: str, turn: int
) -> None:
    found = await assessed(lucky(text, wanted=luck().firsts[turn]), tmp_path, scope=Scope(known=frozenset()))
    assert [test.status for test in stage(found, "test").tests] == [CaseStatus.FLAKY], told(found)
    assert targets_of(found) == ()


def run_of(**tests: str) -> Verdict:
    cases = [CaseResult(id=test, status=CaseStatus(how)) for test, how in tests.items()]
    return Verdict(status=VerdictStatus.FAILED, tests=cases)


@pytest.mark.parametrize(
    ("again", "label"),
    [
        ({"t[x0]": "passed", "t[x1]": "failed", "t[x2]": "failed"}, "failed"),
        ({"t[x0]": "passed", "t[x1]": "failed", "t[x2]": "passed"}, "failed"),
        ({"t[x0]": "passed", "t[x1]": "passed", "t[x2]": "passed"}, "flaky"),
    ],
    ids=["another one bears its name", "nobody knows which one passes now", "none fails"],
)
def test_what_is_named_by_its_place_may_be_named_otherwise_in_another_turn(again: dict[str, str], label: str) -> None:
    """Among tuples of a set ``x0`` is another one in each turn; here ``x1`` has failed before."""
    first = run_of(**{"t[x0]": "failed", "t[x1]": "failed", "t[x2]": "passed"})
    assert with_flaky(first, run_of(**again), known={"t[x1]"}).tests[0].status == label


def test_a_test_that_is_not_found_when_it_is_run_again_stays_broken() -> None:
    first = run_of(**{"a[p]": "failed", "b": "failed"})
    again = run_of(**{"a[q]": "passed", "b": "passed"})
    told = with_flaky(first, again, known=())
    assert [test.status for test in told.tests] == ["failed", "flaky"]


async def test_only_the_files_run_that_hold_the_tests(tmp_path: Path) -> None:
    files = {f"tests/test_{name}.py": "def test_it():\n    pass\n" for name in "abc"}
    scope = Scope(stages=frozenset({"build", "test"}), tests=frozenset({"tests.test_b::test_it"}), turn=1)
    found = await assessed(files, tmp_path, scope=scope)
    assert [test.id for test in stage(found, "test").tests] == ["tests.test_b::test_it"], told(found)
    nothing = await assessed(files, tmp_path, scope=Scope(tests=frozenset({"elsewhere::test_it"})), name="none")
    assert (nothing.status, nothing.stages) == (VerdictStatus.EMPTY, ())


async def test_what_does_the_same_in_each_turn_is_not_run_for_the_sake_of_its_tests(tmp_path: Path) -> None:
    files = {"test_it.sh": "exit 0\n"}
    first = await assessed(files, tmp_path)
    assert not stage(first, "test").has_turns, told(first)
    again = await assessed(files, tmp_path, scope=Scope(tests=frozenset({"test_it.sh"}), turn=1), name="again")
    assert again.stages == ()
