"""Whole projects, judged from end to end with real tools: a good one passes, a broken one fails where it is broken."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from orchestrator.domain.verdict import Evidence, VerdictStatus
from tests.unit.validation.packs.projects import CASES, read_case
from tests.unit.validation.pipeline.rooms import assessed, told

pytestmark = pytest.mark.anyio

LANGUAGES = {
    "python/unittest": "python3",
    "javascript/node-test": "node",
    "c/make": "make",
    "rust/crate": "cargo",
    "go/module": "go",
    "java/folder": "javac",
    "shell/script": "bash",
}
"""A pack's case -> the tool that it needs."""


def case_of(name: str) -> dict[str, Any]:
    if shutil.which(LANGUAGES[name]) is None:
        pytest.skip(f"{LANGUAGES[name]} is not installed")
    return read_case(CASES / f"{name}.yaml")


@pytest.mark.parametrize("name", LANGUAGES)
async def test_a_good_project_passes_and_says_on_what_evidence(name: str, tmp_path: Path) -> None:
    case = case_of(name)
    found = await assessed(case["files"], tmp_path)
    assert (found.status, found.score) == (VerdictStatus.PASSED, 1.0), told(found)
    assert found.failure_class is None
    tests = [test for one in found.stages for test in one.tests]
    assert found.evidence is (Evidence.IDS if tests else Evidence.EXIT_CODE)
    assert len(tests) == case.get("tests", 0)
    assert all(one.command and one.score == 1.0 for one in found.stages)


@pytest.mark.parametrize("name", LANGUAGES)
async def test_a_broken_project_fails_with_a_class_a_finding_and_a_fingerprint(name: str, tmp_path: Path) -> None:
    case = case_of(name)
    broken = next(one for one in case["broken"] if one.get("status", "failed") == "failed" and not one.get("base"))
    found = await assessed(case["files"] | broken["change"], tmp_path)
    assert found.status is VerdictStatus.FAILED, told(found)
    assert 0 <= found.score < 1
    failed = next(one for one in found.stages if one.status is VerdictStatus.FAILED)
    assert failed.errors, told(found)
    assert all(finding.fingerprint for one in found.stages for finding in one.findings)
    assert found.failure_class is not None
    assert found.category is not None
