"""Flaky tests are told from broken ones by running new failures again."""

from pathlib import Path

import pytest

from orchestrator.domain.assessment import Scope
from orchestrator.domain.verdict import CaseStatus, VerdictStatus
from tests.unit.validation.pipeline.rooms import assessed, stage, told

pytestmark = pytest.mark.anyio

SOMETIMES = """\
import pathlib
import unittest

class Luck(unittest.TestCase):
    def test_the_second_time(self):
        mark = pathlib.Path("ran-before")
        seen = mark.exists()
        mark.touch()
        self.assertTrue(seen)

    def test_never(self):
        with pathlib.Path("count").open("a") as file:
            file.write("x")
        self.{never}
"""


def project(*, never: str) -> dict[str, str]:
    return {"test_luck.py": SOMETIMES.replace("{never}", never)}


async def test_a_new_failure_that_passes_when_it_is_run_again_is_flaky(tmp_path: Path) -> None:
    found = await assessed(project(never="assertTrue(True)"), tmp_path, scope=Scope(known=frozenset()))
    result = stage(found, "test")
    assert [test.status for test in result.tests] == [CaseStatus.PASSED, CaseStatus.FLAKY], told(found)
    assert found.status is VerdictStatus.PASSED
    assert not result.errors


async def test_a_test_that_never_passes_is_run_three_times_and_stays_broken(tmp_path: Path) -> None:
    found = await assessed(project(never="assertTrue(False)"), tmp_path, scope=Scope(known=frozenset()))
    result = stage(found, "test")
    assert [test.status for test in result.tests] == [CaseStatus.FAILED, CaseStatus.FLAKY]
    assert result.status is VerdictStatus.FAILED
    assert [one.test for one in result.errors] == ["test_luck.Luck.test_never"]
    assert (tmp_path / "tree" / "count").read_text() == "xxx"


async def test_what_failed_before_is_not_run_again(tmp_path: Path) -> None:
    known = frozenset({"test_luck.Luck.test_never", "test_luck.Luck.test_the_second_time"})
    await assessed(project(never="assertTrue(False)"), tmp_path, scope=Scope(known=known))
    assert (tmp_path / "tree" / "count").read_text() == "x"


async def test_without_a_base_nothing_is_run_again(tmp_path: Path) -> None:
    await assessed(project(never="assertTrue(False)"), tmp_path)
    assert (tmp_path / "tree" / "count").read_text() == "x"
