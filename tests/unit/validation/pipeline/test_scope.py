"""How much of a tree is looked at: stages, and the tests that a change concerns."""

from pathlib import Path

import pytest

from orchestrator.domain.assessment import Scope
from orchestrator.domain.verdict import VerdictStatus
from tests.unit.validation.pipeline.rooms import assessed, stage, told

pytestmark = pytest.mark.anyio


def naming(module: str) -> str:
    return (
        f"import unittest\nfrom {module} import NAME\n\nclass Names(unittest.TestCase):\n"
        f"    def test_name(self):\n        self.assertEqual(NAME, '{module}')\n"
    )


PROJECT = {
    "one.py": "NAME = 'one'\n",
    "two.py": "NAME = 'wrong'\n",
    "test_one.py": naming("one"),
    "test_two.py": naming("two"),
}


async def test_only_the_tests_that_a_change_concerns_are_run(tmp_path: Path) -> None:
    found = await assessed(PROJECT, tmp_path, scope=Scope(changed=("one.py",)))
    assert [test.id for test in stage(found, "test").tests] == ["test_one.Names.test_name"], told(found)
    assert stage(found, "test").is_narrowed
    assert found.status is VerdictStatus.PASSED


async def test_what_nobody_knows_anything_about_concerns_every_test(tmp_path: Path) -> None:
    found = await assessed(PROJECT, tmp_path, scope=Scope(changed=("data.txt",)))
    assert len(stage(found, "test").tests) == 2
    assert not stage(found, "test").is_narrowed
    assert found.status is VerdictStatus.FAILED


async def test_only_the_stages_that_were_asked_for_are_run(tmp_path: Path) -> None:
    found = await assessed(PROJECT, tmp_path, scope=Scope(stages=frozenset({"syntax"})))
    assert [one.name for one in found.stages] == ["syntax"]
    assert not found.skipped
