"""What goes wrong around a project is never a pass, and only what the project does is the project's fault."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.domain.assessment import Scope
from orchestrator.domain.finding import FailureClass
from orchestrator.domain.verdict import CaseStatus, Evidence, VerdictStatus
from orchestrator.validation.packs import Overrides, StageName, StageOverride
from orchestrator.validation.pipeline import Bench, assess
from tests.unit.validation.packs.projects import SHIPPED
from tests.unit.validation.pipeline.rooms import assessed, room_of, stage, told, with_path

pytestmark = pytest.mark.anyio

WORDS = "def count(text):\n    return len(text.split())\n"
TEST = "import unittest\nfrom words import count\n\nclass Words(unittest.TestCase):\n"
GOOD = TEST + "    def test_two(self):\n        self.assertEqual(count('a b'), 2)\n"
PROJECT = {"words.py": WORDS, "test_words.py": GOOD}


def running(*lines: str) -> dict[str, str]:
    """A project whose one test runs ``lines``."""
    return {
        "words.py": WORDS,
        "test_words.py": TEST + "    def test_it(self):\n" + "".join(f"        {x}\n" for x in lines),
    }


def impatient(seconds: float, stage: StageName = StageName.TEST) -> Overrides:
    return {stage: StageOverride(timeout=seconds)}


def program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


async def test_no_tests_are_empty_and_no_evidence(tmp_path: Path) -> None:
    found = await assessed({"words.py": WORDS}, tmp_path)
    assert (found.status, found.evidence) == (VerdictStatus.EMPTY, Evidence.NONE)
    assert stage(found, "syntax").status is VerdictStatus.PASSED


async def test_a_folder_without_any_project_is_empty(tmp_path: Path) -> None:
    found = await assessed({"README.md": "# words\n"}, tmp_path)
    assert (found.status, found.stages, found.score) == (VerdictStatus.EMPTY, (), 0.0)


async def test_a_runner_that_collects_nothing_is_empty(tmp_path: Path) -> None:
    found = await assessed({"words.py": WORDS, "test_words.py": TEST + "    pass\n"}, tmp_path)
    assert stage(found, "test").status is VerdictStatus.EMPTY, told(found)
    assert found.status is VerdictStatus.EMPTY


async def test_tests_that_are_all_skipped_are_empty(tmp_path: Path) -> None:
    found = await assessed(running("self.skipTest('not now')"), tmp_path)
    assert [test.status for test in stage(found, "test").tests] == [CaseStatus.SKIPPED]
    assert found.status is VerdictStatus.EMPTY


async def test_a_stage_that_was_not_asked_for_gives_no_empty_verdict(tmp_path: Path) -> None:
    found = await assessed({"words.py": WORDS}, tmp_path, scope=Scope(stages=frozenset({"syntax"})))
    assert (found.status, found.evidence) == (VerdictStatus.PASSED, Evidence.EXIT_CODE)


async def test_a_missing_tool_is_the_tools_failure_and_nothing_is_said_of_the_code(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    room = with_path(room_of(PROJECT, tmp_path), str(tmp_path / "bin"))
    found = await assess(room, Bench(packs=SHIPPED))
    assert found.status is VerdictStatus.TOOL_ERROR
    assert [one.message for one in stage(found, "syntax").findings] == [
        "python is not installed (install the Python that the project wants, or make its virtual environment in .venv)"
    ]
    assert [one.reason for one in found.skipped] == ["syntax could not be done"]
    assert stage(found, "syntax").is_lacking


async def test_a_tool_that_does_not_work_is_not_used(tmp_path: Path) -> None:
    program(tmp_path / "bin", "python3", "echo 'cannot load libpython' >&2; exit 127")
    room = with_path(room_of(PROJECT, tmp_path), f"{tmp_path / 'bin'}")
    found = await assess(room, Bench(packs=SHIPPED))
    assert found.status is VerdictStatus.TOOL_ERROR
    assert "cannot load libpython" in stage(found, "syntax").findings[0].message


async def test_an_exit_code_that_nobody_knows_is_the_tools_failure(tmp_path: Path) -> None:
    overrides = {StageName.LINT: StageOverride(run="echo 'internal error' >&2; exit 99", findings=frozenset({1}))}
    found = await assessed(PROJECT, tmp_path, overrides=overrides)
    lint = stage(found, "lint")
    assert lint.status is VerdictStatus.TOOL_ERROR
    assert "exit code 99" in lint.findings[0].message
    assert not lint.is_lacking
    assert "internal error" in lint.findings[0].detail
    assert found.status is VerdictStatus.TOOL_ERROR
    assert stage(found, "test").status is VerdictStatus.PASSED, "a linter keeps nobody from testing"


async def test_what_a_tool_prints_in_another_format_than_its_own_is_no_pass(tmp_path: Path) -> None:
    overrides = {StageName.LINT: StageOverride(run="echo '[{'", parser="ruff")}
    found = await assessed(PROJECT, tmp_path, overrides=overrides)
    assert stage(found, "lint").status is VerdictStatus.FAILED
    assert "its report is not whole" in stage(found, "lint").findings[0].message


async def test_a_test_that_hangs_is_a_timeout_of_the_tests(tmp_path: Path) -> None:
    found = await assessed(running("import threading", "threading.Event().wait()"), tmp_path, overrides=impatient(1.5))
    assert found.status is VerdictStatus.FAILED
    assert found.failure_class is FailureClass.TIMEOUT
    assert [one.message for one in stage(found, "test").findings] == ["unittest: no end within 1.5 s"]


async def test_a_run_that_ends_before_its_report_is_no_pass(tmp_path: Path) -> None:
    found = await assessed(running("import os", "os._exit(0)"), tmp_path)
    assert stage(found, "test").status is VerdictStatus.FAILED, told(found)
    assert stage(found, "test").evidence is Evidence.EXIT_CODE


async def test_an_exit_code_fails_what_the_ids_do_not(tmp_path: Path) -> None:
    files = {**PROJECT, "test_words.py": GOOD + "\nimport atexit, os\natexit.register(lambda: os._exit(1))\n"}
    found = await assessed(files, tmp_path)
    assert [test.status for test in stage(found, "test").tests] == [CaseStatus.PASSED]
    assert stage(found, "test").status is VerdictStatus.FAILED
    assert "although all 1 tests that were counted passed" in stage(found, "test").findings[0].message


async def test_output_without_end_is_cut_and_the_counted_ids_still_decide(tmp_path: Path) -> None:
    found = await assessed(running("print('x' * 100_000_000)"), tmp_path)
    assert stage(found, "test").status is VerdictStatus.PASSED, told(found)


async def test_output_that_is_too_long_to_be_judged_is_nobodys_fault(tmp_path: Path) -> None:
    script = "head -c 18000000 /dev/zero | tr '\\0' 'x'"
    found = await assessed(PROJECT, tmp_path, overrides={StageName.LINT: StageOverride(run=script)})
    lint = stage(found, "lint")
    assert lint.status is VerdictStatus.TOOL_ERROR
    assert "too long to be judged" in lint.findings[0].message
    assert len(lint.findings[0].detail) < 50_000


async def test_an_old_report_says_nothing(tmp_path: Path) -> None:
    if shutil.which("mvn") is None:
        pytest.skip("mvn is not installed")
    report = "<testsuite tests='1'><testcase classname='A' name='a'/></testsuite>"
    files = {"pom.xml": "<project/>", "target/surefire-reports/TEST-A.xml": report}
    found = await assessed(files, tmp_path, overrides={StageName.SETUP: StageOverride(enabled=False)})
    assert not [test for one in found.stages for test in one.tests]
    assert found.status is not VerdictStatus.PASSED


async def test_a_configured_command_is_run_by_its_own_words(tmp_path: Path) -> None:
    overrides = {
        StageName.TEST: StageOverride(run=("sh", "-c", "exit 5"), empty=frozenset({5})),
        StageName.FORMAT: StageOverride(enabled=False),
    }
    found = await assessed(PROJECT, tmp_path, overrides=overrides)
    assert stage(found, "test").status is VerdictStatus.EMPTY
    assert stage(found, "test").unit.pack == ""


async def test_a_score_below_what_is_wanted_ends_the_stages_after_it(tmp_path: Path) -> None:
    run = StageOverride(run="exit 1", min_score=0.9)
    found = await assessed(PROJECT, tmp_path, overrides={StageName.LINT: run})
    assert [(one.name, one.reason) for one in found.skipped] == [("test", "lint failed")]
    lenient = StageOverride(run="exit 1", min_score=0.3)
    found = await assessed(PROJECT, tmp_path, overrides={StageName.LINT: lenient}, name="lenient")
    assert not found.skipped


async def test_codes_that_are_ignored_decide_nothing(tmp_path: Path) -> None:
    line = "words.py:1:1: E501 too long"
    run = StageOverride(run=f"echo '{line}'; exit 1", parser="matchers")
    found = await assessed(PROJECT, tmp_path, overrides={StageName.LINT: run})
    assert [one.code for one in stage(found, "lint").errors] == ["E501"]
    lenient = StageOverride(run=f"echo '{line}'; exit 1", parser="matchers", ignore=frozenset({"E501"}))
    found = await assessed(PROJECT, tmp_path, overrides={StageName.LINT: lenient}, name="lenient")
    assert stage(found, "lint").status is VerdictStatus.PASSED
    assert stage(found, "lint").findings


async def test_set_up_that_fails_without_a_network_is_nobodys_fault(tmp_path: Path) -> None:
    files = {**PROJECT, "requirements.txt": "nothing-like-this==1\n"}
    overrides = {StageName.SETUP: StageOverride(run="echo 'no network' >&2; exit 1")}
    room = room_of(files, tmp_path)
    found = await assess(replace(room, setup=room.runner, is_offline=True), Bench(packs=SHIPPED, overrides=overrides))
    setup = stage(found, "setup")
    assert setup.status is VerdictStatus.TOOL_ERROR
    assert found.status is VerdictStatus.TOOL_ERROR
    assert [(one.name, one.reason) for one in found.skipped] == [("test", "set-up failed")]
    assert "sandbox.network" in setup.notes[0]


async def test_what_fetches_dependencies_is_told_when_there_is_no_network(tmp_path: Path) -> None:
    overrides = {StageName.SETUP: StageOverride(run='test "$PIP_RETRIES" = 0 && test "$npm_config_offline" = true')}
    for is_offline in (True, False):
        room = replace(room_of(PROJECT, tmp_path, name=f"offline {is_offline}"), is_offline=is_offline)
        found = await assess(replace(room, setup=room.runner), Bench(packs=SHIPPED, overrides=overrides))
        assert (stage(found, "setup").status is VerdictStatus.PASSED) == is_offline


async def test_a_program_that_dies_of_a_signal_has_failed(tmp_path: Path) -> None:
    found = await assessed(running("import os, signal", "os.kill(os.getpid(), signal.SIGSEGV)"), tmp_path)
    assert stage(found, "test").status is VerdictStatus.FAILED


async def test_only_the_projects_below_a_folder_are_judged(tmp_path: Path) -> None:
    files = {f"{name}/{path}": text for name in ("a", "b") for path, text in PROJECT.items()}
    files |= {f"{name}/pyproject.toml": "[project]\nname = 'x'\n" for name in ("a", "b")}
    found = await assessed(files, tmp_path, scope=Scope(below="b"))
    assert {one.unit.root for one in found.stages} == {"b"}
    inner = await assessed(files, tmp_path, scope=Scope(below="a/inner"), name="inner")
    assert {one.unit.root for one in inner.stages} == {"a"}
